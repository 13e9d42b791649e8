import { Code, LocationKind } from "../diagnostics/codes";
import { fail } from "../diagnostics/failure";

/**
 * Which job the emulator is at, and what its jobs have done so far. A job is one started
 * instruction: a TP operation that is split over four cores counts as four.
 */

let started: i32 = 0;
let dry: bool = false;
/** Work of verifying, in units of about a nanosecond: what it has taken, and what it may take. */
let spent: u64 = 0;
let mostWork: u64 = 0;
let executed: f64 = 0;
let multiplications: f64 = 0;

/**
 * A submission begins: jobs are counted from 0 again. In a dry run they are read and all that
 * they would touch is checked, but nothing is computed or written, and that takes at most `work`.
 */
export function beginSubmission(isDry: bool, work: u64): void {
  started = 0;
  dry = isDry;
  spent = 0;
  mostWork = work;
}

export function isDryRun(): bool {
  return dry;
}

/** Spends work on verifying, which a few words of a stream could make endless. */
export function spend(work: u64): bool {
  if (!dry) return true;
  spent += work;
  if (spent <= mostWork) return true;
  const expected = "a blob that is verified with the work allowed for its size";
  return fail(Code.TOO_LARGE, LocationKind.JOB, max(currentJob(), 0), expected, "more");
}

/** What verifying the last stream has taken. */
export function spentWork(): f64 {
  return <f64>spent;
}

export function beginJob(): void {
  started++;
}

/** The index of the job that was started last in this submission. */
export function currentJob(): i32 {
  return started - 1;
}

export function jobDone(): void {
  if (!dry) executed++;
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
