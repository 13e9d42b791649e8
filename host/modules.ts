import { NolfetError } from "./errors.ts";
import type { ModuleLoader } from "./wasm.ts";

// The Wasm modules, each loaded and compiled once. How their bytes are found is what the
// entries for Node and for browsers differ in: each of them names its loader here.

type ModuleName = Parameters<ModuleLoader>[0];

let loader: ModuleLoader | undefined;
const modules = new Map<ModuleName, Promise<WebAssembly.Module>>();

export function loadModulesWith(found: ModuleLoader): void {
  loader = found;
  modules.clear();
}

/** Throws FILE where the module cannot be loaded; the next call tries again. */
export async function wasmModule(name: ModuleName): Promise<WebAssembly.Module> {
  let module = modules.get(name);
  if (!module) {
    if (!loader) throw new NolfetError("INTERNAL", "a loader of Wasm modules", "none");
    module = loader(name);
    modules.set(name, module);
  }
  try {
    return await module;
  } catch (error) {
    modules.delete(name);
    throw new NolfetError("FILE", `${name}.wasm`, (error as Error).message);
  }
}
