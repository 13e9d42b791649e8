/**
 * Mutates network files of the vendor's format and reads each: `npm run fuzz:networks -- --count
 * 100000`. Each must be read or give a typed error. `--only INDEX` repeats one mutant of a seed.
 */
import { Command, InvalidArgumentError } from "commander";
import { judgeNetwork, networkSubjects } from "./trial.ts";

const program = new Command("fuzz:networks")
  .description("read mutated .nb files; each must be read or give a typed error")
  .option("--count <n>", "number of mutants", number, 10_000)
  .option("--seed <n>", "what the mutants follow from", number, 1)
  .option("--only <index>", "repeat the mutant with this index", number)
  .parse();
const { count, seed, only } = program.opts<{ count: number; seed: number; only?: number }>();

const subjects = networkSubjects();
const first = only ?? 0;
const end = only === undefined ? count : only + 1;
let faults = 0;
let read = 0;
for (let index = first; index < end; index++) {
  const { mutant, outcome, fault } = judgeNetwork(subjects, seed, index);
  if (outcome === "read") read++;
  if (fault === undefined && only === undefined) continue;
  if (fault !== undefined) faults++;
  const title = `mutant ${index} of ${mutant.subject}: ${fault ?? outcome}`;
  console.log([title, ...mutant.changes].join("\n  "));
}
console.log(`seed ${seed}: ${end - first} mutants, ${read} read, ${faults} faults`);
process.exitCode = faults === 0 ? 0 : 1;

function number(text: string): number {
  if (!/^\d+$/.test(text)) throw new InvalidArgumentError("expected a number from 0");
  return Number(text);
}
