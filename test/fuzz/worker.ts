import { attemptOf, type Trial } from "./kinds.ts";

/** Tries ranges of mutants in a process of its own, which can be ended if one hangs. */

/** Mutants `from` to `to` - 1. Where each is told at once, the last one told of is the culprit. */
export interface Range {
  from: number;
  to: number;
  each: boolean;
}

/** What the worker tells, from time to time, of the mutants since it did so last. */
export interface Batch {
  /** All of the range below this index are done. */
  reached: number;
  outcomes: Record<string, number>;
  faults: Fault[];
  slowest: { index: number; milliseconds: number };
  /** Time of the processor that all of them took. */
  milliseconds: number;
  /** The most bytes that the process has held. */
  memory: number;
}

export interface Fault {
  index: number;
  subject: string;
  fault: string;
  changes: string[];
}

/** What one outcome of a mutant may take: time of the processor, and memory of the process. */
export const MOST_MILLISECONDS = 2_000;
export const MOST_BYTES = 2 ** 30;
const BATCH_MILLISECONDS = 500;

const attempt = await attemptOf(JSON.parse(process.argv[2] ?? "") as Trial);
let batch = newBatch();
process.on("message", (range: Range) => run(range));
process.send?.("ready");

async function run({ from, to, each }: Range): Promise<void> {
  let told = performance.now();
  for (let index = from; index < to; index++) {
    await tryOne(index);
    const isDue = each || performance.now() - told > BATCH_MILLISECONDS;
    if (!isDue && index + 1 < to) continue;
    tell(index + 1);
    told = performance.now();
  }
}

async function tryOne(index: number): Promise<void> {
  const begin = process.cpuUsage();
  const { subject, outcomes, fault, changes } = await attempt(index);
  const { user, system } = process.cpuUsage(begin);
  const milliseconds = (user + system) / 1000;
  for (const outcome of outcomes) batch.outcomes[outcome] = (batch.outcomes[outcome] ?? 0) + 1;
  batch.milliseconds += milliseconds;
  if (milliseconds > batch.slowest.milliseconds) batch.slowest = { index, milliseconds };
  const wrong = fault ?? excess(milliseconds / outcomes.length);
  if (wrong !== undefined) batch.faults.push({ index, subject, fault: wrong, changes });
}

function excess(milliseconds: number): string | undefined {
  if (milliseconds > MOST_MILLISECONDS) return `${Math.round(milliseconds)} ms of the processor`;
  const { maxRSS } = process.resourceUsage();
  if (maxRSS * 1024 <= MOST_BYTES) return undefined;
  // What a process has held once counts to its end: another one goes on.
  setImmediate(() => process.exit());
  return `${Math.round(maxRSS / 1024)} MiB of memory`;
}

function newBatch(): Batch {
  const slowest = { index: 0, milliseconds: 0 };
  return { reached: 0, outcomes: {}, faults: [], slowest, milliseconds: 0, memory: 0 };
}

function tell(reached: number): void {
  const memory = process.resourceUsage().maxRSS * 1024;
  process.send?.({ ...batch, reached, memory });
  batch = newBatch();
}
