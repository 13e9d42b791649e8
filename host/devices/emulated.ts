import { wasmModule } from "../modules.ts";
import type { Device, Image } from "./device.ts";
import { Emulator } from "./emulator.ts";

const PAGE_BYTES = 4096;

/** Sets up an emulated core that holds the image, as its driver would. */
export async function openEmulator(image: Image): Promise<Device> {
  const { constantsAddress, constants, arenaAddress, arenaBytes } = image;
  const emulator = await Emulator.create(await wasmModule("emulator"), image.coreIndex);
  emulator.map(constantsAddress, wholePages(constants.length));
  emulator.view(constantsAddress, constants.length).set(constants);
  emulator.map(arenaAddress, wholePages(arenaBytes));
  emulator.submit(image.init);
  return {
    name: "emulator",
    arena: () => emulator.view(arenaAddress, arenaBytes),
    submit: async (stream) => emulator.submit(stream),
    release: async () => {},
  };
}

/** A driver's buffers are whole pages, at least one. */
function wholePages(bytes: number): number {
  return Math.max(1, Math.ceil(bytes / PAGE_BYTES)) * PAGE_BYTES;
}
