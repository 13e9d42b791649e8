/**
 * Mutates blobs and loads each: `npm run fuzz:blobs -- 1000000`. Each must load or give a typed
 * error; what loads is executed on the emulator, and may touch nothing but what was foretold.
 * `--only INDEX` repeats one mutant of a seed.
 */
import { SingleBar } from "cli-progress";
import { Command, InvalidArgumentError } from "commander";
import { Random } from "../random.ts";
import { type Campaign, runCampaign } from "./campaign.ts";
import { blobSubjects } from "./subjects.ts";
import { blobMutant, judge } from "./trial.ts";

const program = new Command("fuzz:blobs")
  .description("load mutated blobs; each must load or give a typed error")
  .argument("[count]", "number of mutants", number, 10_000)
  .option("--seed <n>", "what the mutants follow from", number, 1)
  .option("--only <index>", "repeat the mutant with this index", number)
  .parse();
const [count] = program.processedArgs as [number];
const { seed, only } = program.opts<{ seed: number; only?: number }>();

process.exitCode = only === undefined ? await runAll() : await runOne(only);

function number(text: string): number {
  if (!/^\d+$/.test(text)) throw new InvalidArgumentError("expected a number from 0");
  return Number(text);
}

async function runAll(): Promise<number> {
  const format = "{bar} {value}/{total} | {eta_formatted} left | {faults} faults";
  const bar = new SingleBar({ format, hideCursor: true });
  bar.start(count, 0, { faults: 0 });
  const campaign = await runCampaign(seed, count, (done, faults) => bar.update(done, { faults }));
  bar.stop();
  report(campaign);
  return campaign.faults.length === 0 ? 0 : 1;
}

function report({ outcomes, faults, slowest, memory }: Campaign): void {
  const counted = Object.entries(outcomes).sort(([, a], [, b]) => b - a);
  for (const [outcome, times] of counted) console.log(`${String(times).padStart(8)} ${outcome}`);
  console.log(`slowest: ${Math.round(slowest.milliseconds)} ms (${slowest.index})`);
  console.log(`memory of the process: at most ${Math.round(memory / 2 ** 20)} MiB`);
  for (const { index, subject, fault, changes } of faults) {
    console.log(`\n${[`mutant ${index} of ${subject}`, ...changes, fault].join("\n  ")}`);
    console.log(`npm run fuzz:blobs -- --seed ${seed} --only ${index}`);
  }
}

async function runOne(index: number): Promise<number> {
  const { subject, bytes, changes } = blobMutant(await blobSubjects(), seed, index);
  const { outcome, fault } = await judge(bytes, new Random(seed + 1, index));
  console.log([`mutant ${index} of ${subject}: ${outcome}`, ...changes, fault].join("\n  "));
  return fault === undefined ? 0 : 1;
}
