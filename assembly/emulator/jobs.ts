/**
 * Which job the emulator is at, and what its jobs have done so far. A job is one started
 * instruction: a TP operation that is split over four cores counts as four.
 */

let started: i32 = 0;
let executed: f64 = 0;
let multiplications: f64 = 0;

/** A submission begins: jobs are counted from 0 again. */
export function beginSubmission(): void {
  started = 0;
}

export function beginJob(): void {
  started++;
}

/** The index of the job that was started last in this submission. */
export function currentJob(): i32 {
  return started - 1;
}

export function jobDone(): void {
  executed++;
}

export function countMultiplications(count: u64): void {
  multiplications += <f64>count;
}

/** Jobs that have been executed since the instance was made. */
export function executedJobs(): f64 {
  return executed;
}

/** Multiplications by weights other than zero since the instance was made. */
export function executedMultiplications(): f64 {
  return multiplications;
}
