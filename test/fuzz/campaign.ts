import { type ChildProcess, fork } from "node:child_process";
import { availableParallelism } from "node:os";
import { fileURLToPath } from "node:url";
import type { Trial } from "./kinds.ts";
import type { Batch, Fault, Range } from "./worker.ts";

/** A run over many mutants, spread over processes and watched from outside. */

export interface Campaign extends Omit<Batch, "reached"> {
  /** Mutants that are done. */
  done: number;
}

const WORKER = fileURLToPath(new URL("worker.ts", import.meta.url));
/** Loading the subjects, or one mutant on a busy machine, lies between two reports at most. */
const PATIENCE = 60_000;
const MOST_OF_A_RANGE = 1000;

/**
 * Tries mutants 0 to `count` - 1. `progress` is told from time to time. A mutant that ends its
 * process, or does not come to an end, is a fault as well; the run continues after it.
 */
export async function runCampaign(
  trial: Trial,
  count: number,
  progress: (campaign: Campaign) => void = () => {},
  workers = availableParallelism(),
): Promise<Campaign> {
  const slowest = { index: 0, milliseconds: 0 };
  const campaign: Campaign = {
    done: 0,
    outcomes: {},
    faults: [],
    slowest,
    milliseconds: 0,
    memory: 0,
  };
  const size = Math.max(1, Math.min(MOST_OF_A_RANGE, Math.ceil(count / (4 * workers))));
  const ranges: Range[] = [];
  for (let from = 0; from < count; from += size) {
    ranges.push({ from, to: Math.min(count, from + size), each: false });
  }
  const take = (batch: Batch) => {
    add(campaign, batch);
    progress(campaign);
  };
  const work = async () => {
    while (ranges.length > 0) {
      const left = await watch(trial, ranges, take);
      if (!left) continue;
      if (!left.each) ranges.unshift({ ...left, each: true });
      else {
        take({ ...newFault(left.from), reached: left.from + 1 });
        campaign.done++;
        if (left.from + 1 < left.to) ranges.unshift({ ...left, from: left.from + 1, each: false });
      }
    }
  };
  await Promise.all(Array.from({ length: Math.min(workers, ranges.length) }, work));
  return campaign;

  /** Runs a process over ranges; gives what is left of the one that it did not get over. */
  function watch(trial: Trial, ranges: Range[], take: (batch: Batch) => void) {
    return new Promise<Range | undefined>((resolve, reject) => {
      const worker = fork(WORKER, [JSON.stringify(trial)], { execArgv: ["--import", "tsx"] });
      const timer = patience(worker);
      let range: Range | undefined;
      let isReady = false;
      worker.on("message", (message: Batch | "ready") => {
        timer.refresh();
        isReady = true;
        if (message !== "ready" && range) {
          campaign.done += message.reached - range.from;
          range.from = message.reached;
          take(message);
        }
        if (range && range.from < range.to) return;
        range = ranges.shift();
        if (range) worker.send(range);
        else worker.kill();
      });
      worker.on("error", reject);
      worker.on("close", () => {
        clearTimeout(timer);
        if (isReady) resolve(range);
        else reject(new Error("a worker does not come to its first mutant"));
      });
    });
  }
}

function patience(worker: ChildProcess): NodeJS.Timeout {
  return setTimeout(() => worker.kill("SIGKILL"), PATIENCE);
}

function newFault(index: number): Omit<Batch, "reached"> {
  const fault: Fault = {
    index,
    subject: "",
    fault: `the process ended, or did not within ${PATIENCE} ms`,
    changes: [],
  };
  const slowest = { index, milliseconds: PATIENCE };
  return { outcomes: { hung: 1 }, faults: [fault], slowest, milliseconds: 0, memory: 0 };
}

function add(campaign: Campaign, batch: Batch): void {
  const { outcomes, faults, slowest, milliseconds, memory } = batch;
  campaign.milliseconds += milliseconds;
  for (const [outcome, times] of Object.entries(outcomes)) {
    campaign.outcomes[outcome] = (campaign.outcomes[outcome] ?? 0) + times;
  }
  campaign.faults.push(...faults);
  if (slowest.milliseconds > campaign.slowest.milliseconds) campaign.slowest = slowest;
  campaign.memory = Math.max(campaign.memory, memory);
}
