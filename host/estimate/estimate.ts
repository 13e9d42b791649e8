import type { Blob, Job } from "../blob/blob.ts";
import { CALIBRATION, LEAVE_ONE_OUT_ERROR, type TimeCalibration } from "./calibration.ts";
import { clockOf } from "./clocks.ts";
import { nnWork, type Work } from "./nn-work.ts";

/** What takes most of a job's time: the multiply-accumulates, the memory's traffic, or its start. */
export type Bound = "arithmetic" | "memory" | "start";

/** The parts of a job's time, in milliseconds; the first two run side by side. */
export interface Times {
  arithmetic: number;
  memory: number;
  start: number;
  milliseconds: number;
  bound: Bound;
}

/** How long a network's NPU jobs may take: computed by a model, never measured. */
export interface Estimate {
  milliseconds: number;
  megahertz: number;
  /**
   * By how much of itself it was wrong, at most, for published times that it was not fitted to;
   * undefined for a core of which no time is published.
   */
  error?: number;
}

/** What all segments' jobs together take; the CPU's part is not in it. */
export function estimateOf(blob: Blob): Estimate {
  const { megahertz, calibrated } = clockOf(blob.core);
  const jobs = blob.segments.flatMap((segment) => segment.jobs);
  const works = jobs.map((job) => timesOf(workOf(blob, job), job, megahertz));
  const milliseconds = works.reduce((total, times) => total + times.milliseconds, 0);
  return { milliseconds, megahertz, ...(calibrated ? { error: LEAVE_ONE_OUT_ERROR } : {}) };
}

/** TP jobs do no arithmetic to speak of. */
export function workOf(blob: Blob, job: Job): Work {
  if (job.kind === "NN") return nnWork(blob, job);
  return { rounds: 0, bytesRead: job.inputBytes, bytesWritten: job.outputBytes };
}

/**
 * The time for some work, by the model of docs/performance-model.md. Where several TP cores share
 * a job, the first pays the start.
 */
export function timesOf(
  { rounds, bytesRead, bytesWritten }: Work,
  { core }: Pick<Job, "core">,
  megahertz: number,
  using: TimeCalibration = CALIBRATION,
): Times {
  const arithmetic = (rounds * using.cyclesPerRound) / (megahertz * 1000);
  const memory = (bytesRead + bytesWritten) / (using.gigabytesPerSecond * 1e6);
  const start = core === 0 ? using.startMilliseconds : 0;
  const work = Math.max(arithmetic, memory);
  const bound = start >= work ? "start" : arithmetic >= memory ? "arithmetic" : "memory";
  return { arithmetic, memory, start, milliseconds: work + start, bound };
}
