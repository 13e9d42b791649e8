import { readFile } from "node:fs/promises";
import { loadLiteRtWith } from "./litert/module.ts";
import { loadInstalledLiteRt } from "./litert/node.ts";
import { loadModulesWith } from "./modules.ts";

export { readPicture } from "./images/decode.ts";
export * from "./library.ts";

/** Found beside the bundle as well as from the sources. */
const FILES = {
  compiler: new URL("../dist/compiler.wasm", import.meta.url),
  emulator: new URL("../dist/emulator.wasm", import.meta.url),
  cpu: new URL("../dist/cpu.wasm", import.meta.url),
};

loadModulesWith(async (name) => WebAssembly.compile(await readFile(FILES[name])));
loadLiteRtWith(loadInstalledLiteRt);
