import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { compileFunction } from "node:vm";
import { type LiteRtModule, PACKAGE } from "./module.ts";

// The package is written for pages. Its glue is a script in CommonJS that finds itself by `self`,
// which is given to it here as a parameter. Of the package's modules this takes the one without
// relaxed SIMD, whose results do not depend on the machine.

const GLUE = "wasm/litert_wasm_compat_internal.js";
const MODULE = "wasm/litert_wasm_compat_internal.wasm";

/** Loads LiteRT from where the package is found, seen from here or from the working folder. */
export async function loadInstalledLiteRt(): Promise<LiteRtModule> {
  return loadLiteRtFrom(dirname(findPackage()));
}

/** Loads LiteRT from a folder that holds the package. `adapt` may change its Wasm module before. */
export async function loadLiteRtFrom(
  folder: string,
  adapt: (wasm: Buffer) => Buffer = (wasm) => wasm,
): Promise<LiteRtModule> {
  const path = join(folder, GLUE);
  const glue = await readFile(path, "utf8");
  const parameters = ["require", "__dirname", "__filename", "self"];
  const factory = compileFunction(`${glue}\nreturn ModuleFactory;`, parameters)(
    createRequire(path),
    dirname(path),
    path,
    globalThis,
  );
  const wasmBinary = adapt(await readFile(join(folder, MODULE)));
  return factory({ wasmBinary, print: () => {}, printErr: () => {} });
}

function findPackage(): string {
  const name = `${PACKAGE}/package.json`;
  try {
    return createRequire(import.meta.url).resolve(name);
  } catch {
    try {
      return createRequire(join(process.cwd(), "package.json")).resolve(name);
    } catch {
      throw new Error(`it is not installed: npm install ${PACKAGE}`);
    }
  }
}
