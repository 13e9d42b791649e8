/** A run over many mutants, watched from outside. */
import { fork } from "node:child_process";
import { fileURLToPath } from "node:url";
import { MOST_MILLISECONDS, type Trial, type Verdict } from "./trial.ts";
import type { Report, Task } from "./worker.ts";

export interface Campaign {
  /** How many mutants ended in each way. */
  outcomes: Record<string, number>;
  faults: Verdict[];
  slowest?: Verdict;
  /** The most memory that the compiling process held, in bytes. */
  memory: number;
}

const WORKER = fileURLToPath(new URL("worker.ts", import.meta.url));

/** Loading and the first compilation come on top of what a mutant may take. */
const PATIENCE = MOST_MILLISECONDS + 20_000;

/**
 * Tries mutants 0 to `count` - 1 of a seed. `progress` is told of each. A mutant that does not
 * come to an end is a fault as well; the run goes on behind it.
 */
export async function runCampaign(
  trial: Trial,
  count: number,
  progress: (verdict: Verdict) => void = () => {},
): Promise<Campaign> {
  const campaign: Campaign = { outcomes: {}, faults: [], memory: 0 };
  const record = ({ verdict, memory }: Report) => {
    campaign.outcomes[verdict.outcome] = (campaign.outcomes[verdict.outcome] ?? 0) + 1;
    if (verdict.fault !== undefined) campaign.faults.push(verdict);
    if (verdict.milliseconds > (campaign.slowest?.milliseconds ?? 0)) campaign.slowest = verdict;
    campaign.memory = Math.max(campaign.memory, memory);
    progress(verdict);
  };
  for (let next = 0; next < count; next++) {
    next = await watch({ trial, from: next, to: count }, record);
    if (next < count) record({ verdict: endless(next), memory: 0 });
  }
  return campaign;
}

/** Runs a worker over a range; gives the index that it did not get over, or the range's end. */
function watch(task: Task, record: (report: Report) => void): Promise<number> {
  return new Promise((resolve, reject) => {
    const worker = fork(WORKER, [JSON.stringify(task)], { execArgv: ["--import", "tsx"] });
    const kill = () => worker.kill("SIGKILL");
    let timer = setTimeout(kill, PATIENCE);
    let reached = task.from;
    worker.on("message", (report: Report) => {
      clearTimeout(timer);
      timer = setTimeout(kill, PATIENCE);
      reached = report.verdict.index + 1;
      record(report);
    });
    worker.on("error", reject);
    worker.on("close", () => {
      clearTimeout(timer);
      resolve(reached);
    });
  });
}

function endless(index: number): Verdict {
  const fault = `the process ended, or did not within ${PATIENCE} ms`;
  return { index, subject: "", outcome: "hung", milliseconds: PATIENCE, fault, changes: [] };
}
