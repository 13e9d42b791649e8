import type { Blob, Job, Segment } from "../blob/blob.ts";
import type { JobExtents } from "../devices/emulator.ts";
import { DESCRIPTORS } from "../inspect/descriptors.ts";
import { descriptorWords } from "../inspect/document.ts";
import { decodeFields, type FieldValues } from "../inspect/fields.ts";

/** The first job that does not leave the bytes that it should. */
export interface JobDifference {
  /** Its index in the stream, and what it is. */
  job: number;
  kind: Job["kind"];
  purpose: string;
  operator: string;
  mark: Job["mark"];
  /** The fields of its descriptor that are not 0. */
  fields: FieldValues;
  /** False where the byte lies beside all that the job writes. */
  inOutput: boolean;
  /** Of the first byte, in the job's output, or else in the arena. */
  offset: number;
  expected: number;
  found: number;
  /** In the arena, after the job. */
  differing: number;
  /** The most that two bytes are apart. */
  largest: number;
}

/**
 * Compares two arenas after a group of jobs; undefined where they are equal, byte by byte. All of
 * the arena counts: what is not written must be as it was.
 */
export function differenceIn(
  [expected, found]: [Uint8Array, Uint8Array],
  blob: Blob,
  segment: Segment,
  extents: JobExtents[],
  jobs: number[],
): JobDifference | undefined {
  let first = -1;
  let differing = 0;
  let largest = 0;
  for (let i = 0; i < expected.length; i++) {
    const distance = Math.abs((expected[i] as number) - (found[i] as number));
    if (distance === 0) continue;
    if (first < 0) first = i;
    differing++;
    largest = Math.max(largest, distance);
  }
  if (first < 0) return undefined;
  const address = blob.arenaAddress + first;
  const writer = jobs.find((index) => {
    const { output } = extents[index] as JobExtents;
    return address >= output.first && address < output.first + output.bytes;
  });
  const index = writer ?? jobs.at(-1) ?? 0;
  const base = writer === undefined ? blob.arenaAddress : (extents[index]?.output.first ?? 0);
  return {
    ...describe(blob, segment, index),
    inOutput: writer !== undefined,
    offset: address - base,
    expected: expected[first] as number,
    found: found[first] as number,
    differing,
    largest,
  };
}

function describe(blob: Blob, { jobs }: Segment, index: number) {
  const job = jobs[index] as Job;
  const { kind, purpose, mark } = job;
  const { fields } = decodeFields(descriptorWords(blob, job), DESCRIPTORS[kind]);
  const set = Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== 0));
  const operator = `${job.operator} ${blob.operators[job.operator]?.name}`;
  return { job: index, kind, purpose, operator, mark, fields: set };
}
