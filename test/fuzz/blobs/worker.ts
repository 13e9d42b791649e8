import { Random } from "../random.ts";
import { blobSubjects } from "./subjects.ts";
import { blobMutant, judge } from "./trial.ts";

/** Tries a range of mutants in a process of its own, which can be ended if one hangs. */

export interface Task {
  seed: number;
  from: number;
  to: number;
}

/** What the worker tells, from time to time, of the mutants since it did so last. */
export interface Batch {
  /** All below this index are done. */
  reached: number;
  outcomes: Record<string, number>;
  faults: { index: number; subject: string; fault: string; changes: string[] }[];
  slowest: { index: number; milliseconds: number };
  memory: number;
}

const BATCH_MILLISECONDS = 500;
/** Of the process's time, for opening, verifying and executing a mutant. */
const MOST_MILLISECONDS = 2000;

const { seed, from, to } = JSON.parse(process.argv[2] ?? "") as Task;
const subjects = await blobSubjects();
let batch = newBatch(from);
let reported = performance.now();

for (let index = from; index < to; index++) {
  const { subject, bytes, changes } = blobMutant(subjects, seed, index);
  const begin = process.cpuUsage();
  const { outcome, fault } = await judge(bytes, new Random(seed + 1, index));
  const { user, system } = process.cpuUsage(begin);
  const milliseconds = (user + system) / 1000;
  batch.outcomes[outcome] = (batch.outcomes[outcome] ?? 0) + 1;
  if (milliseconds > batch.slowest.milliseconds) batch.slowest = { index, milliseconds };
  const slow = milliseconds > MOST_MILLISECONDS ? `${Math.round(milliseconds)} ms` : undefined;
  const wrong = fault ?? slow;
  if (wrong !== undefined) batch.faults.push({ index, subject, fault: wrong, changes });
  if (performance.now() - reported > BATCH_MILLISECONDS) report(index + 1);
}
report(to);
process.disconnect();

function newBatch(reached: number): Batch {
  const slowest = { index: reached, milliseconds: 0 };
  return { reached, outcomes: {}, faults: [], slowest, memory: 0 };
}

function report(reached: number): void {
  process.send?.({ ...batch, reached, memory: process.memoryUsage.rss() });
  batch = newBatch(reached);
  reported = performance.now();
}
