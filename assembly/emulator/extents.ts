import { currentJob, isDryRun } from "./jobs";
import { Scratch } from "./memory/scratch";

/**
 * What the jobs of a dry run would touch, one record each, in the order of the stream:
 *
 * ```
 *  ┌──────┬────────────┬───────────────┬───────────────┬─────────────────────────┐
 *  │ unit │ descriptor │ input         │ output        │ coefficients or a table │   u32 each
 *  │      │            │ first │ bytes │ first │ bytes │ first │ bytes           │
 *  └──────┴────────────┴───────┴───────┴───────┴───────┴───────┴─────────────────┘
 * ```
 *
 * A job without one of the ranges has 0 bytes of it.
 */

export enum Unit {
  NN = 0,
  TP = 1,
}

/** Where a range stands in a record, in bytes. */
export enum RecordRange {
  INPUT = 8,
  OUTPUT = 16,
  WORDS = 24,
}

const RECORD_BYTES: usize = 32;

const records = new Scratch();

/** Begins the record of the current job; false where memory is short. */
export function noteJob(unit: Unit, descriptor: u32): bool {
  if (!isDryRun()) return true;
  const at = <usize>currentJob() * RECORD_BYTES;
  if (!records.reserve(at + RECORD_BYTES, at)) return false;
  memory.fill(records.pointer + at, 0, RECORD_BYTES);
  store<u32>(records.pointer + at, unit);
  store<u32>(records.pointer + at, descriptor, 4);
  return true;
}

/** Notes what the current job touches. */
export function noteRange(range: RecordRange, first: u64, bytes: u64): void {
  if (!isDryRun()) return;
  const at = records.pointer + <usize>currentJob() * RECORD_BYTES + <usize>range;
  store<u32>(at, <u32>first);
  store<u32>(at, <u32>bytes, 4);
}

/** Pointer to the records. */
export function extents(): usize {
  return records.pointer;
}
