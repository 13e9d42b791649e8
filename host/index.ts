import { readFile } from "node:fs/promises";
import { openBlob } from "./blob/open.ts";
import { type DeviceList, Machine } from "./devices/machine.ts";
import { useDevicesOf } from "./devices/open.ts";
import { loadLiteRtWith } from "./litert/module.ts";
import { loadInstalledLiteRt } from "./litert/node.ts";
import { loadModulesWith } from "./modules.ts";

export { readPicture } from "./images/decode.ts";
export * from "./library.ts";
export type { DeviceList };

/** Found beside the bundle as well as from the sources. */
const FILES = {
  compiler: new URL("../dist/compiler.wasm", import.meta.url),
  emulator: new URL("../dist/emulator.wasm", import.meta.url),
  cpu: new URL("../dist/cpu.wasm", import.meta.url),
  importer: new URL("../dist/importer.wasm", import.meta.url),
};

/** The addon lies in the package's folder. */
const machine = new Machine(new URL("..", import.meta.url));

loadModulesWith(async (name) => WebAssembly.compile(await readFile(FILES[name])));
loadLiteRtWith(loadInstalledLiteRt);
useDevicesOf(machine);

/** Looks at the machine's devices; with a blob, also at what of them it fits. */
export function listDevices(blob?: Uint8Array): DeviceList {
  return machine.list(blob && openBlob(blob).core);
}
