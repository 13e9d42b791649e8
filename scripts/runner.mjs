// Compiles nolfet-run, TensorFlow Lite's delegate, and the library that both use, for this machine and
// for boards. What cannot be compiled here is told; that is a failure where it is all.
import { compile, Missing } from "./shim.mjs";

let compiled = 0;
for (const arch of ["x64", "arm64"]) {
  try {
    for (const product of ["runner", "delegate"]) {
      process.stdout.write(`${compile(product, { arch })}\n`);
    }
    compiled++;
  } catch (error) {
    if (!(error instanceof Missing)) throw error;
    process.stderr.write(`no nolfet-run for linux-${arch}: ${error.message}\n`);
  }
}
if (compiled === 0) process.exitCode = 1;
