/**
 * Mutates real models and compiles each for two cores: `npm run fuzz -- --count 100000 --seed 1`.
 * Each must give a blob or a typed error; with `--execute`, the emulator must also take the blob.
 * Mutants follow from the seed and from the models that are there: those of ../shared and
 * models/digits, too. `--only INDEX` repeats one, `--save FILE` keeps its bytes.
 */
import { writeFileSync } from "node:fs";
import { fuzz, fuzzCommand } from "../command.ts";
import { loadSubjects } from "../subjects.ts";
import { mutantOf } from "./trial.ts";

const command = fuzzCommand(
  "fuzz",
  "compile mutated models; each must give a blob or a typed error",
)
  .option("--target <names...>", "the cores to compile for (default: one of each generation)")
  .option("--execute", "run on the emulator what compiles", false)
  .option("--save <file>", "with --only: keep the mutant's bytes in a file");

process.exitCode = await fuzz(command, "models");
const { save, only = 0, seed } = command.opts<{ save?: string; only?: number; seed: number }>();
if (save !== undefined) writeFileSync(save, mutantOf(loadSubjects(), seed, only).bytes);
