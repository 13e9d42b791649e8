/**
 * Mutates ONNX models and imports each: `npm run fuzz:onnx -- --count
 * 100000`. Each must be imported or give a typed error. `--only INDEX` repeats one mutant of a seed.
 */
import { Command, InvalidArgumentError } from "commander";
import { judgeOnnx, onnxSubjects } from "./trial.ts";

const program = new Command("fuzz:onnx")
  .description("import mutated ONNX models; each must become a .tflite or give a typed error")
  .option("--count <n>", "number of mutants", number, 10_000)
  .option("--seed <n>", "what the mutants follow from", number, 1)
  .option("--only <index>", "repeat the mutant with this index", number)
  .parse();
const { count, seed, only } = program.opts<{ count: number; seed: number; only?: number }>();

const subjects = onnxSubjects();
const first = only ?? 0;
const end = only === undefined ? count : only + 1;
let faults = 0;
let imported = 0;
for (let index = first; index < end; index++) {
  const { mutant, outcome, fault } = await judgeOnnx(subjects, seed, index);
  if (outcome === "imported") imported++;
  if (fault === undefined && only === undefined) continue;
  if (fault !== undefined) faults++;
  const title = `mutant ${index} of ${mutant.subject}: ${fault ?? outcome}`;
  console.log([title, ...mutant.changes].join("\n  "));
}
console.log(`seed ${seed}: ${end - first} mutants, ${imported} imported, ${faults} faults`);
process.exitCode = faults === 0 ? 0 : 1;

function number(text: string): number {
  if (!/^\d+$/.test(text)) throw new InvalidArgumentError("expected a number from 0");
  return Number(text);
}
