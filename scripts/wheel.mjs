// Packs the package for Python with the library inside, as a wheel in build/wheels.
import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { Missing } from "./missing.mjs";
import { compile } from "./shim.mjs";

/** Python's names of machines, by Node's. */
const MACHINES = { x64: "x86_64", arm64: "aarch64" };
const FOLDER = "build/wheels";

/** Packs the wheel for a machine, and gives its path. Throws Missing as `compile` does. */
export function packWheel(arch) {
  const { version } = JSON.parse(readFileSync("package.json", "utf8"));
  const library = compile("library", { arch });
  const args = ["python/build_wheel.py", library, MACHINES[arch], version, FOLDER];
  const { status, stdout, stderr } = spawnSync("python3", args, { encoding: "utf8" });
  if (status === null) throw new Missing("no python3");
  if (status !== 0) throw new Error(`build_wheel.py: ${stderr}`);
  return stdout.trim();
}
