import { wasmModule } from "../modules.ts";
import { mapImage } from "./emulated.ts";
import { Emulator, type JobExtents } from "./emulator.ts";
import { type Image, verifyImage } from "./verify.ts";

/** Emulated cores that only verify, by their index: making one takes longer than most blobs. */
const emulators = new Map<number, Promise<Emulator>>();

/** What a larger one holds is rather given back. */
const MOST_KEPT_BYTES = 2 ** 25;

/** Verifies an image that another than the emulator is to execute. Throws NolfetError. */
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
