import { readFileSync } from "node:fs";
import { CORES } from "../../assembly/targets/cores.ts";
import { Emulator } from "../../host/devices/emulator.ts";

const wasm = new URL("../../dist/emulator.wasm", import.meta.url);
let compiled: WebAssembly.Module | undefined;

/** An emulator for a core by its name, from the module that `npm run build` makes. */
export function emulatorFor(core: string): Promise<Emulator> {
  compiled ??= new WebAssembly.Module(readFileSync(wasm));
  const index = CORES.findIndex(({ name }) => name === core);
  return Emulator.create(compiled, index);
}
