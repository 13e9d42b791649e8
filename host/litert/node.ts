import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { dirname, join, resolve } from "node:path";
import { compileFunction } from "node:vm";
import { type LiteRtLoader, type LiteRtModule, PACKAGE } from "./module.ts";

// The package is written for pages. Its glue is a script in CommonJS that finds itself by `self`,
// which is given to it here as a parameter. Of the package's modules this takes the one without
// relaxed SIMD, whose results do not depend on the machine.

const GLUE = "wasm/litert_wasm_compat_internal.js";
const MODULE = "wasm/litert_wasm_compat_internal.wasm";

/** What the glue makes instances with. */
type Factory = (settings: object) => Promise<LiteRtModule>;

/** By the folder of the package. */
const loaders = new Map<string, LiteRtLoader>();

/**
 * Loads LiteRT from the folder that is named, or else from where nolfet itself finds packages.
 * Nothing is taken from the working folder, which may be anybody's.
 */
export const loadInstalledLiteRt: LiteRtLoader = async (printErr, named) => {
  const folder = named === undefined ? installedPackage() : packageIn(named);
  const loader = loaders.get(folder) ?? loaderFrom(folder);
  loaders.set(folder, loader);
  return loader(printErr);
};

/** Makes instances from a folder that holds the package. `adapt` may change its Wasm module before. */
export function loaderFrom(
  folder: string,
  adapt: (wasm: Buffer) => Buffer = (wasm) => wasm,
): LiteRtLoader {
  let parts: ReturnType<typeof compileParts> | undefined;
  return async (printErr) => {
    parts ??= compileParts(folder, adapt);
    parts.catch(() => {
      parts = undefined;
    });
    const { factory, wasm } = await parts;
    return factory({
      print: () => {},
      printErr,
      instantiateWasm(imports: WebAssembly.Imports, done: (...made: unknown[]) => void) {
        WebAssembly.instantiate(wasm, imports).then((instance) => done(instance, wasm));
        return {};
      },
    });
  };
}

/** Compiles the package's glue and module, once for all instances. */
async function compileParts(folder: string, adapt: (wasm: Buffer) => Buffer) {
  const path = join(folder, GLUE);
  const glue = await readFile(path, "utf8");
  const parameters = ["require", "__dirname", "__filename", "self"];
  const factory: Factory = compileFunction(`${glue}\nreturn ModuleFactory;`, parameters)(
    createRequire(path),
    dirname(path),
    path,
    globalThis,
  );
  const wasm = new Uint8Array(adapt(await readFile(join(folder, MODULE))));
  return { factory, wasm: await WebAssembly.compile(wasm) };
}

function installedPackage(): string {
  try {
    return dirname(createRequire(import.meta.url).resolve(`${PACKAGE}/package.json`));
  } catch {
    throw new Error(
      `it is not installed beside nolfet: npm install ${PACKAGE}, or name its folder`,
    );
  }
}

/** The folder itself, or what is installed there. */
function packageIn(named: string): string {
  const folders = [named, join(named, "node_modules", PACKAGE)].map((folder) => resolve(folder));
  const found = folders.find((folder) => existsSync(join(folder, GLUE)));
  if (!found) throw new Error(`it is not in ${named}`);
  return found;
}
