import { wholePages } from "../blob/pages.ts";
import { wasmModule } from "../modules.ts";
import type { Device, Image } from "./device.ts";
import { Emulator } from "./emulator.ts";

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
