import { type LiteRtModule, loadLiteRtWith } from "./litert/module.ts";
import { loadModulesWith } from "./modules.ts";

export * from "./library.ts";

/** The Wasm modules stay files of their own, which bundlers find by these expressions. */
const FILES = {
  compiler: new URL("../dist/compiler.wasm", import.meta.url),
  emulator: new URL("../dist/emulator.wasm", import.meta.url),
  cpu: new URL("../dist/cpu.wasm", import.meta.url),
};

/** Names other places for the Wasm modules, where a bundler has not kept them. */
export function locateModules(places: Partial<Record<keyof typeof FILES, string | URL>>): void {
  loadModulesWith((name) => fetchModule(places[name] ?? FILES[name]));
}

locateModules({});

async function fetchModule(place: string | URL): Promise<WebAssembly.Module> {
  const response = await fetch(place);
  if (!response.ok) throw new Error(`${place}: HTTP status ${response.status}`);
  return WebAssembly.compile(await response.arrayBuffer());
}

/** What the package @litertjs/core exports, as far as it is used here. */
interface LiteRtPackage {
  loadLiteRt(folder: string): Promise<{ liteRtWasm: unknown }>;
}

/**
 * Says how to load LiteRT, which runs operators that nolfet has no kernel for: `load` imports the
 * package, such as `() => import("@litertjs/core")`, and `folder` is where its Wasm files are
 * served.
 */
export function locateLiteRt(load: () => Promise<LiteRtPackage>, folder: string): void {
  loadLiteRtWith(async () => {
    const { liteRtWasm } = await (await load()).loadLiteRt(folder);
    return liteRtWasm as LiteRtModule;
  });
}
