import { type LiteRtModule, loadLiteRtWith } from "./litert/module.ts";
import { loadModulesWith } from "./modules.ts";

export { readPicture } from "./images/decode-browser.ts";
export * from "./library.ts";

/**
 * The Wasm modules are files of their own, beside the built library. Vite and webpack find them by
 * these expressions, and take them along; after esbuild they are to be put beside its bundle.
 */
const FILES = {
  compiler: () => new URL("./compiler.wasm", import.meta.url),
  emulator: () => new URL("./emulator.wasm", import.meta.url),
  cpu: () => new URL("./cpu.wasm", import.meta.url),
  importer: () => new URL("./importer.wasm", import.meta.url),
};

/** Names other locations for the Wasm modules, where they are not beside the bundle. */
export function locateModules(locations: Partial<Record<keyof typeof FILES, string | URL>>): void {
  loadModulesWith((name) => fetchModule(locations[name] ?? FILES[name]()));
}

locateModules({});

async function fetchModule(location: string | URL): Promise<WebAssembly.Module> {
  const response = await fetch(location);
  if (!response.ok) throw new Error(`${location}: HTTP status ${response.status}`);
  return WebAssembly.compile(await response.arrayBuffer());
}

/** What the package @litertjs/core exports, as far as it is used here. */
interface LiteRtPackage {
  loadLiteRt(folder: string): Promise<{ liteRtWasm: unknown }>;
  unloadLiteRt(): void;
}

/**
 * Says how to load LiteRT, which runs operators that nolfet has no kernel for: `load` imports the
 * package, such as `() => import("@litertjs/core")`, and `folder` is where its Wasm files are
 * served.
 */
export function locateLiteRt(load: () => Promise<LiteRtPackage>, folder: string): void {
  let last: Promise<unknown> = Promise.resolve();
  loadLiteRtWith((printErr, named) => {
    // The package knows of one instance at a time. Unloaded, it forgets it, and so makes a new one.
    const instance = last.then(async () => {
      const { loadLiteRt, unloadLiteRt } = await load();
      // What the package hands on to the module's glue.
      Object.assign(globalThis, { Module: { printErr } });
      const { liteRtWasm } = await loadLiteRt(named ?? folder);
      unloadLiteRt();
      return liteRtWasm as LiteRtModule;
    });
    last = instance.catch(() => {});
    return instance;
  });
}
