import { execFileSync } from "node:child_process";
import { resolve } from "node:path";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { compile, Missing } from "../../scripts/shim.mjs";

// The addons as the package has them: found by node-gyp-build, and loadable where Node 20 is.

const MACHINES: Record<string, RegExp> = { x64: /X86-64/, arm64: /AArch64/ };

/** What Node itself brings along. */
const LIBRARIES = ["libc.so.6", "libgcc_s.so.1", "libm.so.6", "libstdc++.so.6"];
/** On arm64, what checks stacks has its secret from the loader. */
const LOADER = "ld-linux-aarch64.so.1";

/** The newest versions of symbols that may be asked for, those of Debian 12 and Ubuntu 22.04. */
const NEWEST: Record<string, number[]> = { GLIBC: [2, 32], GLIBCXX: [3, 4, 21] };

for (const [arch, machine] of Object.entries(MACHINES)) {
  test(`the addon for linux-${arch}`, () => {
    const path = compiled(arch);
    if (!path) return;
    assert.is(found(arch), path);
    const told = (options: string) =>
      execFileSync("readelf", [options, path], { encoding: "utf8" });
    assert.match(told("-h"), machine);
    const needed = [...told("-d").matchAll(/NEEDED.*\[(.*)\]/g)].map(([, name]) => name as string);
    assert.ok(needed.includes("libc.so.6"));
    for (const name of needed) assert.ok([...LIBRARIES, LOADER].includes(name), name);
    for (const [, name = "", version = ""] of told("-V").matchAll(/Name: (\w+?)_([\d.]+)/g)) {
      const newest = NEWEST[name];
      if (newest) assert.ok(isAtMost(version.split(".").map(Number), newest), `${name}_${version}`);
    }
  });
}

test("what has no compiler is told as missing", () => {
  assert.throws(
    () => compile("addon", { arch: "riscv64" }),
    (error: Error) =>
      error instanceof Missing && /no C\+\+ compiler for riscv64/.test(error.message),
  );
});

function compiled(arch: string): string | undefined {
  try {
    return resolve(compile("addon", { arch }));
  } catch (error) {
    if (!(error instanceof Missing)) throw error;
    console.log(`skipped: the addon for linux-${arch} (${error.message})`);
    return undefined;
  }
}

/** What is loaded on such a machine. */
function found(arch: string): string {
  const script = `process.stdout.write(require("node-gyp-build").resolve("."))`;
  const env = { ...process.env, npm_config_arch: arch };
  return execFileSync(process.execPath, ["-e", script], { encoding: "utf8", env });
}

function isAtMost(version: number[], limit: number[]): boolean {
  const i = limit.findIndex((part, at) => part !== (version[at] ?? 0));
  return i < 0 || (version[i] ?? 0) < (limit[i] as number);
}

test.run();
