/**
 * Mutates what blobs have the CPU's kernels do, and has them do it: `npm run fuzz:kernels -- --count
 * 1000000`. Each must run or give a typed error.
 */
import { fuzz, fuzzCommand } from "../command.ts";

const command = fuzzCommand(
  "fuzz:kernels",
  "run mutated operators on the CPU; each must run or give a typed error",
);
process.exitCode = await fuzz(command, "kernels");
