import { wasmModule } from "../modules.ts";
import { mapImage } from "./emulated.ts";
import { Emulator, type JobExtents } from "./emulator.ts";
import { type Image, verifyImage } from "./verify.ts";

/** Emulators that only verify, by core index. Kept, because creating one takes longer than verifying most blobs. */
const emulators = new Map<number, Promise<Emulator>>();

/** An emulator with more memory than this is not kept. */
const MOST_KEPT_BYTES = 2 ** 25;

/** Verifies an image that a device will execute. Throws NolfetError. */
export async function verifyApart(image: Image): Promise<JobExtents[][]> {
  const { coreIndex } = image;
  const made = emulators.get(coreIndex) ?? newEmulator(coreIndex);
  emulators.set(coreIndex, made);
  const emulator = await made;
  try {
    mapImage(emulator, image);
    return verifyImage(emulator, image);
  } finally {
    emulator.unmapAll();
    if (emulator.memoryBytes > MOST_KEPT_BYTES) emulators.delete(coreIndex);
  }
}

async function newEmulator(coreIndex: number): Promise<Emulator> {
  try {
    return await Emulator.create(await wasmModule("emulator"), coreIndex);
  } catch (error) {
    emulators.delete(coreIndex);
    throw error;
  }
}
