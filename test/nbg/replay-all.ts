/**
 * Replays every job of the vendor's networks, with random bytes, against its definition:
 * `npm run replay`. `--seed` repeats a run; names select files.
 */
import { Command } from "commander";
import { Random } from "../support/random.ts";
import { type Replayed, replay } from "./replay.ts";
import { VENDOR_FILES } from "./streams.ts";

const MOST_WORK = 100_000_000;

const program = new Command("replay")
  .description("execute every job of the vendor's networks and compare it with its definition")
  .argument("[names...]", "files, or parts of their names")
  .option("--seed <n>", "what the bytes follow from", Number, 1)
  .parse();

const names = program.args;
let failures = 0;
for (const [i, file] of VENDOR_FILES.entries()) {
  if (names.length > 0 && !names.some((name) => file.name.includes(name))) continue;
  const jobs = await replay(file, new Random(program.opts().seed, i), MOST_WORK);
  for (const kind of ["NN", "TP"] as const)
    console.log(`${file.name} ${kind}: ${summary(jobs.filter((job) => job.kind === kind))}`);
  for (const { operation, result, reason } of jobs) {
    if (result !== "different" && result !== "refused") continue;
    failures++;
    console.log(`  operation ${operation} ${result}: ${reason}`);
  }
}
if (failures > 0) process.exitCode = 1;

function summary(jobs: Replayed[]): string {
  const counts = new Map<string, number>();
  for (const { result } of jobs) counts.set(result, (counts.get(result) ?? 0) + 1);
  return [...counts].map(([result, count]) => `${count} ${result}`).join(", ") || "none";
}
