import { Command, InvalidArgumentError } from "commander";
import { Random } from "../support/random.ts";
import { type Mutant, mutate } from "./mutate.ts";
import type { Subject } from "./subjects.ts";

/** The slowest that a mutant may be, in milliseconds of CPU. */
const MOST_MILLISECONDS = 2000;

export interface Verdict {
  mutant: Mutant;
  /** What became of it; what must not be begins with "thrown". */
  outcome: string;
  /** What must not happen, if it did. */
  fault?: string;
}

/** Mutants that are judged in this process, one after the other. */
export interface Trial {
  /** What a mutant is that is no fault and not refused. */
  good: string;
  subjects(): Subject[];
  outcomeOf(bytes: Uint8Array): string | Promise<string>;
}

export async function judge(
  trial: Trial,
  subjects: Subject[],
  seed: number,
  index: number,
): Promise<Verdict> {
  const mutant = mutate(subjects, new Random(seed, index));
  const begin = process.cpuUsage();
  const outcome = await trial.outcomeOf(mutant.bytes);
  const { user, system } = process.cpuUsage(begin);
  const milliseconds = (user + system) / 1000;
  if (milliseconds > MOST_MILLISECONDS) return { mutant, outcome, fault: `${milliseconds} ms` };
  return outcome.startsWith("thrown") ? { mutant, outcome, fault: outcome } : { mutant, outcome };
}

/** The command of such a trial: its options, and what it prints. */
export async function runTrial(name: string, description: string, trial: Trial): Promise<void> {
  const program = new Command(name)
    .description(description)
    .option("--count <n>", "number of mutants", number, 10_000)
    .option("--seed <n>", "what the mutants follow from", number, 1)
    .option("--only <index>", "repeat the mutant with this index", number)
    .parse();
  const { count, seed, only } = program.opts<{ count: number; seed: number; only?: number }>();
  const subjects = trial.subjects();
  const first = only ?? 0;
  const end = only === undefined ? count : only + 1;
  let faults = 0;
  let good = 0;
  for (let index = first; index < end; index++) {
    const { mutant, outcome, fault } = await judge(trial, subjects, seed, index);
    if (outcome === trial.good) good++;
    if (fault === undefined && only === undefined) continue;
    if (fault !== undefined) faults++;
    const title = `mutant ${index} of ${mutant.subject}: ${fault ?? outcome}`;
    console.log([title, ...mutant.changes].join("\n  "));
  }
  console.log(`seed ${seed}: ${end - first} mutants, ${good} ${trial.good}, ${faults} faults`);
  process.exitCode = faults === 0 ? 0 : 1;
}

function number(text: string): number {
  if (!/^\d+$/.test(text)) throw new InvalidArgumentError("expected a number from 0");
  return Number(text);
}
