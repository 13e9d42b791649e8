/**
 * Mutates real models and compiles each: `npm run fuzz -- --count 100000 --seed 1`. Each must
 * give a blob or a typed error; with `--execute`, the emulator must also take the blob.
 * `--only INDEX` repeats one mutant of a seed, `--save FILE` keeps its bytes. Mutants follow
 * from the seed and from the models that are there: those of ../shared and models/digits, too.
 */
import { writeFileSync } from "node:fs";
import { SingleBar } from "cli-progress";
import { Command, InvalidArgumentError } from "commander";
import { type Campaign, runCampaign } from "./campaign.ts";
import { loadSubjects } from "./subjects.ts";
import { attempt, mutantOf, type Trial, type Verdict } from "./trial.ts";

interface Options extends Trial {
  count: number;
  only?: number;
  save?: string;
}

const options = new Command("fuzz")
  .description("compile mutated models; each must give a blob or a typed error")
  .option("--count <n>", "number of mutants", number, 10_000)
  .option("--seed <n>", "what the mutants follow from", number, 1)
  .option("--target <name>", "the core to compile for", "a311d")
  .option("--execute", "run on the emulator what compiles", false)
  .option("--only <index>", "repeat the mutant with this index", number)
  .option("--save <file>", "with --only: keep the mutant's bytes in a file")
  .parse()
  .opts<Options>();

process.exitCode = options.only === undefined ? await runAll(options) : await runOne(options);

function number(text: string): number {
  if (!/^\d+$/.test(text)) throw new InvalidArgumentError("expected a number from 0");
  return Number(text);
}

async function runAll({ count, ...trial }: Options): Promise<number> {
  const subjects = loadSubjects().length;
  console.log(`${count} mutants of ${subjects} models, seed ${trial.seed}, for ${trial.target}`);
  const format = "{bar} {value}/{total} | {eta_formatted} left | {faults} faults";
  const bar = new SingleBar({ format, hideCursor: true });
  let faults = 0;
  bar.start(count, 0, { faults });
  const campaign = await runCampaign(trial, count, ({ fault }) => {
    if (fault !== undefined) faults++;
    bar.increment({ faults });
  });
  bar.stop();
  report(campaign);
  for (const { index } of campaign.faults) console.log(again(trial, index));
  return campaign.faults.length === 0 ? 0 : 1;
}

/** The command that repeats one mutant. */
function again({ seed, target, execute }: Trial, index: number): string {
  const how = execute ? " --execute" : "";
  return `npm run fuzz -- --seed ${seed} --target ${target}${how} --only ${index}`;
}

function report({ outcomes, faults, slowest, memory }: Campaign): void {
  const counted = Object.entries(outcomes).sort(([, a], [, b]) => b - a);
  for (const [outcome, times] of counted) console.log(`${String(times).padStart(8)} ${outcome}`);
  if (slowest) {
    const { milliseconds, subject, index, outcome } = slowest;
    console.log(`slowest: ${Math.round(milliseconds)} ms, ${subject} (${index}, ${outcome})`);
  }
  console.log(`memory of the process: at most ${Math.round(memory / 2 ** 20)} MiB`);
  for (const verdict of faults) console.log(`\n${describe(verdict)}`);
}

function describe({ index, subject, outcome, fault, milliseconds, changes }: Verdict): string {
  const head = `mutant ${index} of ${subject}: ${outcome} after ${milliseconds.toFixed(1)} ms`;
  return [head, ...changes, ...(fault === undefined ? [] : [fault])].join("\n  ");
}

async function runOne({ only = 0, save, ...trial }: Options): Promise<number> {
  const subjects = loadSubjects();
  if (save !== undefined) writeFileSync(save, mutantOf(subjects, trial.seed, only).bytes);
  const verdict = await attempt(subjects, trial, only);
  console.log(describe(verdict));
  return verdict.fault === undefined ? 0 : 1;
}
