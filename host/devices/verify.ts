import { WORK_OF_BLOB, WORK_OF_BYTE } from "../../assembly/targets/limits.ts";
import type { Blob, Job, Segment } from "../blob/blob.ts";
import { type Location, NolfetError } from "../errors.ts";
import type { AddressRange, Emulator, JobExtents } from "./emulator.ts";

/** The parts of a blob that a device executes, and where they lie. */
export type Image = Pick<
  Blob,
  | "coreIndex"
  | "init"
  | "segments"
  | "constantsAddress"
  | "constants"
  | "arenaAddress"
  | "arenaBytes"
>;

/**
 * Verifies what a blob would have a device do, wherever the blob comes from: `emulator` holds its
 * constants and an arena at their addresses, which needs no memory yet. Every packet, state and descriptor is understood, every
 * address stays inside the two buffers, nothing is written to the constants, and the jobs are those
 * that the blob lists. Gives the jobs of every segment; throws NolfetError with the word or job.
 */
export function verifyImage(emulator: Emulator, image: Image): JobExtents[][] {
  let work = workFor(image);
  const verified = (stream: Uint32Array) => {
    const jobs = emulator.verify(stream, work);
    work -= emulator.spentWork;
    return jobs;
  };
  const [first] = verified(image.init);
  if (first) refuse("a stream that only sets the NPU up", "one with a job", 0);
  return image.segments.map((segment) => {
    const found = verified(segment.stream);
    checkJobs(found, segment, image.constantsAddress);
    return found;
  });
}

/** The work that verifying an image may take, by its size: all of its streams share it. */
export function workFor({ constants, init, segments }: Image): number {
  const words = segments.reduce((sum, { stream }) => sum + stream.length, init.length);
  return WORK_OF_BLOB + WORK_OF_BYTE * (constants.length + 4 * words);
}

function checkJobs(found: JobExtents[], { jobs }: Segment, constantsAddress: number): void {
  if (found.length !== jobs.length) {
    refuse(`a stream of the ${jobs.length} jobs listed`, `${found.length}`, found.length);
  }
  jobs.forEach((job, i) => {
    const { kind, descriptor, words } = found[i] as JobExtents;
    if (kind !== job.kind || descriptor !== constantsAddress + job.descriptor) {
      const expected = `the ${job.kind} job listed, with its descriptor at ${job.descriptor}`;
      refuse(expected, `${kind}, ${descriptor - constantsAddress}`, i);
    }
    checkWords(words, job, constantsAddress, i);
  });
}

/** Coefficients and tables keep to the place that the blob names. */
function checkWords(
  { first, bytes }: AddressRange,
  { coefficients, coefficientBytes }: Job,
  constantsAddress: number,
  index: number,
): void {
  const offset = first - constantsAddress;
  if (bytes === 0) return;
  if (offset === coefficients && bytes <= coefficientBytes) return;
  const expected = `coefficients or a table in ${coefficientBytes} bytes from ${coefficients} on`;
  refuse(expected, `${bytes} bytes from ${offset} on`, index);
}

function refuse(expected: string, found: string, job: number): never {
  const location: Location = { kind: "JOB", at: job };
  throw new NolfetError("BAD_BLOB", expected, found, location);
}
