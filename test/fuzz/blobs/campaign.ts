import { fork } from "node:child_process";
import { fileURLToPath } from "node:url";
import type { Batch, Task } from "./worker.ts";

/** A run over many mutated blobs, watched from outside. */

export type Campaign = Omit<Batch, "reached">;

const WORKER = fileURLToPath(new URL("worker.ts", import.meta.url));
/** Compiling the subjects and one slow mutant lie between two reports at most. */
const PATIENCE = 60_000;
const MOST_BYTES = 2 ** 30;

/** Tries mutants 0 to `count` - 1 of a seed; `progress` is told how many are done. */
export function runCampaign(
  seed: number,
  count: number,
  progress: (done: number, faults: number) => void = () => {},
): Promise<Campaign> {
  const slowest = { index: 0, milliseconds: 0 };
  const campaign: Campaign = { outcomes: {}, faults: [], slowest, memory: 0 };
  let reached = 0;
  const task: Task = { seed, from: 0, to: count };
  return new Promise((resolve, reject) => {
    const worker = fork(WORKER, [JSON.stringify(task)], { execArgv: ["--import", "tsx"] });
    const kill = () => worker.kill("SIGKILL");
    let timer = setTimeout(kill, PATIENCE);
    worker.on("message", (batch: Batch) => {
      clearTimeout(timer);
      timer = setTimeout(kill, PATIENCE);
      ({ reached } = batch);
      take(campaign, batch);
      progress(reached, campaign.faults.length);
    });
    worker.on("error", reject);
    worker.on("close", () => {
      clearTimeout(timer);
      if (reached < count) {
        const fault = `the process ended, or did not within ${PATIENCE} ms`;
        campaign.faults.push({ index: reached, subject: "", fault, changes: [] });
      }
      if (campaign.memory > MOST_BYTES) {
        const fault = `${campaign.memory} bytes of memory taken`;
        campaign.faults.push({ index: reached, subject: "", fault, changes: [] });
      }
      resolve(campaign);
    });
  });
}

function take(campaign: Campaign, { outcomes, faults, slowest, memory }: Batch): void {
  for (const [outcome, times] of Object.entries(outcomes)) {
    campaign.outcomes[outcome] = (campaign.outcomes[outcome] ?? 0) + times;
  }
  campaign.faults.push(...faults);
  if (slowest.milliseconds > campaign.slowest.milliseconds) campaign.slowest = slowest;
  campaign.memory = Math.max(campaign.memory, memory);
}
