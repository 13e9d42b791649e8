/** A run over many networks on several processes, each watched from here. */
import { fork } from "node:child_process";
import { fileURLToPath } from "node:url";
import type { Task, Told } from "./worker.ts";

export interface Campaign {
  seed: number;
  count: number;
  workers: number;
}

const WORKER = fileURLToPath(new URL("worker.ts", import.meta.url));
/** Milliseconds that one network may take, its shrinking included. */
const PATIENCE = 180_000;

/** Judges networks 0 to `count` - 1 of a seed; `hear` is told of each, in no order. */
export async function runCampaign(
  { seed, count, workers }: Campaign,
  hear: (told: Told) => void,
): Promise<void> {
  const tasks = Array.from({ length: workers }, (_, from) => ({
    seed,
    from,
    to: count,
    step: workers,
  }));
  await Promise.all(tasks.map((task) => runTask(task, hear)));
}

async function runTask(task: Task, hear: (told: Told) => void): Promise<void> {
  for (let from = task.from; from < task.to; ) {
    const reached = await watch({ ...task, from }, hear);
    if (reached < task.to) hear(lost(reached));
    from = reached + task.step;
  }
}

/** Gives the index that a worker did not get over, or at least the task's end. */
function watch(task: Task, hear: (told: Told) => void): Promise<number> {
  return new Promise((resolve, reject) => {
    const worker = fork(WORKER, [JSON.stringify(task)], { execArgv: ["--import", "tsx"] });
    const kill = () => worker.kill("SIGKILL");
    let timer = setTimeout(kill, PATIENCE);
    let reached = task.from;
    worker.on("message", (told: Told) => {
      clearTimeout(timer);
      timer = setTimeout(kill, PATIENCE);
      reached = told.index + task.step;
      hear(told);
    });
    worker.on("error", reject);
    worker.on("close", () => {
      clearTimeout(timer);
      resolve(reached);
    });
  });
}

function lost(index: number): Told {
  const fault = `the process ended, or did not within ${PATIENCE} ms`;
  return {
    index,
    outcome: "lost",
    operators: 0,
    onNpu: 0,
    isOnLiteRt: false,
    milliseconds: PATIENCE,
    fault,
  };
}
