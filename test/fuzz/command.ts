import { SingleBar } from "cli-progress";
import { Command, InvalidArgumentError } from "commander";
import { type Campaign, runCampaign } from "./campaign.ts";
import { attemptOf, type Trial } from "./kinds.ts";

/** The commands `npm run fuzz`, `fuzz:blobs` and `fuzz:kernels`: a campaign, told in a line that moves. */

interface Options {
  count: number;
  seed: number;
  only?: number;
  workers?: number;
  target?: string[];
  execute?: boolean;
}

export function fuzzCommand(name: string, description: string): Command {
  return new Command(name)
    .description(description)
    .argument("[count]", "number of mutants, as --count", number)
    .option("--count <n>", "number of mutants", number, 10_000)
    .option("--seed <n>", "what the mutants follow from", number, 1)
    .option("--workers <n>", "processes at a time (default: one for each processor)", number)
    .option("--only <index>", "repeat the mutant with this index", number);
}

/** Runs what the command line asks for; gives the exit code. */
export async function fuzz(command: Command, kind: Trial["kind"]): Promise<number> {
  const { count: wanted, seed, only, workers, target, execute } = command.parse().opts<Options>();
  const count = (command.processedArgs[0] as number | undefined) ?? wanted;
  const trial: Trial = {
    kind,
    seed,
    ...(target ? { targets: target } : {}),
    ...(execute ? { execute } : {}),
  };
  const again = [`npm run ${command.name()} -- --seed ${seed}`, ...(execute ? ["--execute"] : [])];
  return only === undefined ? runAll(trial, count, workers, again.join(" ")) : runOne(trial, only);
}

function number(text: string): number {
  if (!/^\d+$/.test(text)) throw new InvalidArgumentError("expected a number from 0");
  return Number(text);
}

async function runAll(
  trial: Trial,
  count: number,
  workers: number | undefined,
  again: string,
): Promise<number> {
  const format = `seed ${trial.seed} {bar} {value}/{total} | {rate}/s | {eta_formatted} left | {faults} faults`;
  const schedule = { noTTYOutput: true, notTTYSchedule: 60_000, hideCursor: true };
  const bar = new SingleBar({ format, ...schedule });
  const begin = performance.now();
  const rate = (done: number) => Math.round((1000 * done) / (performance.now() - begin));
  bar.start(count, 0, { faults: 0, rate: 0 });
  const campaign = await runCampaign(
    trial,
    count,
    ({ done, faults }) => bar.update(done, { faults: faults.length, rate: rate(done) }),
    workers,
  );
  bar.stop();
  report(campaign, again);
  const seconds = ((performance.now() - begin) / 1000).toFixed(1);
  const perSecond = Math.round((1000 * count) / Math.max(1, campaign.milliseconds));
  console.log(
    `${count} mutants of seed ${trial.seed} in ${seconds} s; ${perSecond} in a second of a processor`,
  );
  return campaign.faults.length === 0 ? 0 : 1;
}

function report({ outcomes, faults, slowest, memory }: Campaign, again: string): void {
  const counted = Object.entries(outcomes).sort(([, a], [, b]) => b - a);
  for (const [outcome, times] of counted) console.log(`${String(times).padStart(8)} ${outcome}`);
  console.log(`slowest: ${Math.round(slowest.milliseconds)} ms (${slowest.index})`);
  console.log(`memory of a process: at most ${Math.round(memory / 2 ** 20)} MiB`);
  for (const { index, subject, fault, changes } of faults) {
    console.log(`\n${[`mutant ${index} of ${subject}`, ...changes, fault].join("\n  ")}`);
    console.log(`${again} --only ${index}`);
  }
}

async function runOne(trial: Trial, index: number): Promise<number> {
  const { subject, outcomes, changes, fault } = await (await attemptOf(trial))(index);
  const lines = [`mutant ${index} of ${subject}: ${outcomes.join(", ")}`, ...changes];
  console.log([...lines, ...(fault === undefined ? [] : [fault])].join("\n  "));
  return fault === undefined ? 0 : 1;
}
