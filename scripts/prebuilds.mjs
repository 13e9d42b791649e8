// Compiles the addon for every machine that the package serves. What cannot be compiled here is
// told; that is a failure unless `--if-possible` says otherwise.
import { compile, Missing } from "./shim.mjs";

for (const arch of ["x64", "arm64"]) {
  try {
    process.stdout.write(`${compile("addon", { arch })}\n`);
  } catch (error) {
    if (!(error instanceof Missing)) throw error;
    process.stderr.write(`no addon for linux-${arch}: ${error.message}\n`);
    if (!process.argv.includes("--if-possible")) process.exitCode = 1;
  }
}
