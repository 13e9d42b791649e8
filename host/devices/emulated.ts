import { wholePages } from "../blob/pages.ts";
import { wasmModule } from "../modules.ts";
import type { Device } from "./device.ts";
import { Emulator } from "./emulator.ts";
import { type Image, verifyImage } from "./verify.ts";

/** Sets up an emulated core that holds the image, as its driver would. */
export async function openEmulator(image: Image): Promise<Device> {
  const { arenaAddress, arenaBytes } = image;
  const emulator = await Emulator.create(await wasmModule("emulator"), image.coreIndex);
  mapImage(emulator, image);
  verifyImage(emulator, image);
  emulator.back(arenaAddress, wholePages(arenaBytes));
  emulator.submit(image.init);
  let busyMilliseconds = 0;
  return {
    name: "emulator",
    image,
    isShared: false,
    get busyMilliseconds() {
      return busyMilliseconds;
    },
    arena: () => emulator.view(arenaAddress, arenaBytes),
    async submit(stream) {
      const begin = performance.now();
      emulator.submit(stream);
      busyMilliseconds += performance.now() - begin;
    },
    release: async () => {},
  };
}

/** Gives an emulator the image's constants, and the addresses of its arena: that needs no memory yet. */
export function mapImage(emulator: Emulator, image: Image): void {
  emulator.mapConstants(image.constantsAddress, image.constants);
  emulator.reserve(image.arenaAddress, wholePages(image.arenaBytes));
}
