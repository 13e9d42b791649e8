// Packs the wheels of the package for Python, for this machine and for boards. What cannot be compiled
// here is told; that is a failure where it is all.
import { Missing } from "./missing.mjs";
import { packWheel } from "./wheel.mjs";

let packed = 0;
for (const arch of ["x64", "arm64"]) {
  try {
    process.stdout.write(`${packWheel(arch)}\n`);
    packed++;
  } catch (error) {
    if (!(error instanceof Missing)) throw error;
    process.stderr.write(`no wheel for linux-${arch}: ${error.message}\n`);
  }
}
if (packed === 0) process.exitCode = 1;
