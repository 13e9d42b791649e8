/**
 * Draws whole networks and judges what nolfet makes of them: `npm run graphs -- --count 20000 --seed 1`.
 * `--only INDEX` repeats one network of a seed, `--save FILE` keeps the smallest model that has its
 * fault, `--workers N` uses as many processes.
 */
import { writeFileSync } from "node:fs";
import { availableParallelism } from "node:os";
import { SingleBar } from "cli-progress";
import { Command, InvalidArgumentError } from "commander";
import { runCampaign } from "./campaign.ts";
import { drawNetwork } from "./draw.ts";
import { judge } from "./judge.ts";
import { describe, modelOf } from "./network.ts";
import { shrink } from "./shrink.ts";
import { faultText, Tally } from "./tally.ts";

interface Options {
  count: number;
  seed: number;
  workers: number;
  only?: number;
  save?: string;
}

const options = new Command("graphs")
  .description("draw networks; each must give what the CPU's kernels and LiteRT give")
  .option("--count <n>", "number of networks", number, 1000)
  .option("--seed <n>", "what the networks follow from", number, 1)
  .option("--workers <n>", "number of processes", number, availableParallelism())
  .option("--only <index>", "repeat the network with this index", number)
  .option("--save <file>", "with --only: keep the smallest model that has the fault")
  .parse()
  .opts<Options>();

process.exitCode = options.only === undefined ? await runAll(options) : await runOne(options);

function number(text: string): number {
  if (!/^\d+$/.test(text)) throw new InvalidArgumentError("expected a number from 0");
  return Number(text);
}

async function runAll({ count, seed, workers }: Options): Promise<number> {
  console.log(`${count} networks, seed ${seed}`);
  const tally = new Tally();
  const format = "{bar} {value}/{total} | {eta_formatted} left | {faults} faults";
  const bar = new SingleBar({
    format,
    hideCursor: true,
    noTTYOutput: true,
    notTTYSchedule: 60_000,
  });
  bar.start(count, 0, { faults: 0 });
  await runCampaign({ count, seed, workers: Math.max(1, workers) }, (told) => {
    tally.add(told);
    if (told.fault !== undefined) console.log(`\n${faultText(seed, told)}`);
    bar.increment({ faults: tally.faults.length });
  });
  bar.stop();
  console.log(tally.text());
  return tally.faults.length === 0 ? 0 : 1;
}

async function runOne({ seed, only = 0, save }: Options): Promise<number> {
  const network = drawNetwork(seed, only);
  const verdict = await judge(network);
  console.log(describe(network));
  console.log(`${verdict.outcome}${verdict.fault === undefined ? "" : `: ${verdict.fault}`}`);
  if (verdict.fault === undefined) return 0;
  const smallest = await shrink({ network, verdict });
  console.log(`\nsmallest:\n${describe(smallest.network)}\n${smallest.verdict.fault}`);
  if (save !== undefined) writeFileSync(save, modelOf(smallest.network));
  return 1;
}
