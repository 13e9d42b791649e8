import { readdirSync } from "node:fs";
import { join } from "node:path";
import type { Emulator } from "../../host/devices/emulator.ts";
import { readShared, SHARED } from "./shared.ts";

/** What another driver has submitted for a model: see the shared folder's README. */
export interface Recording {
  model: string;
  core: string;
  submits: Submission[];
}

interface Submission {
  stream: string[];
  bos: { va: string; size: number; access: number }[];
  jobs: RecordedJob[];
}

export interface RecordedJob {
  kind: "NN" | "TP";
  /** The low bits of the instruction's address: 1 where more jobs of the operation follow. */
  low: number;
  /** Index of the descriptor's buffer object. */
  bo: number;
  words: string[];
  coef?: string;
  /** The table of a function, and the buffer object and offset where it lies. */
  lut?: string;
  lut_bo?: [number, number];
  /** Buffer object and offset in it. */
  in: [number, number];
  out: [number, number];
}

/** A recording with its coefficient buffers and tables, by file name. */
export interface Replayable {
  recording: Recording;
  constants: Map<string, Uint8Array>;
}

/** The names of all recordings in a folder such as `conformance/CORE`. */
export function recordingNames(folder: string): string[] {
  return readdirSync(join(SHARED, folder)).sort();
}

/** Reads a recording; null where it submits nothing or its coefficients are not stored. */
export function readRecording(path: string): Replayable | null {
  const json = new TextDecoder().decode(readShared(`${path}/jobs.json.gz`));
  const recording = JSON.parse(json) as Recording;
  const jobs = recording.submits.flatMap((submission) => submission.jobs);
  const stored = new Set(readdirSync(join(SHARED, path)));
  const complete = jobs.every(({ kind, coef }) => kind === "TP" || stored.has(`${coef}.gz`));
  if (jobs.length === 0 || !complete) return null;
  const names = jobs.flatMap(({ coef, lut }) => coef ?? lut ?? []);
  const constants = new Map(names.map((name) => [name, readShared(`${path}/${name}.gz`)]));
  return { recording, constants };
}

/** The streams as numbers, in the order of their submission. */
export function streamsOf({ recording }: Replayable): Uint32Array[] {
  return recording.submits.map(({ stream }) => parseWords(stream));
}

const READ_ONLY = 1;

/** Maps the buffer objects of a recording and fills in its descriptors and constants. */
export function load(emulator: Emulator, { recording, constants }: Replayable): void {
  emulator.unmapAll();
  for (const { bos, jobs } of recording.submits) {
    for (const { va, size, access } of bos) {
      const address = Number.parseInt(va, 16);
      if (access === READ_ONLY) emulator.mapConstants(address, new Uint8Array(size));
      else emulator.map(address, size);
    }
    for (const job of jobs) {
      for (const [address, bytes] of contentsOf(job, bos, constants)) {
        emulator.view(address, bytes.length).set(bytes);
      }
    }
  }
}

type Content = [address: number, bytes: Uint8Array];

/** What a job finds in memory besides its input: its descriptor, coefficients and table. */
export function contentsOf(
  { bo, words, coef, lut, lut_bo }: RecordedJob,
  bos: Submission["bos"],
  constants: Replayable["constants"],
): Content[] {
  const descriptor = parseWords(words);
  const contents: Content[] = [[addressIn(bos, [bo, 0]), new Uint8Array(descriptor.buffer)]];
  const constant = (name: string) => constants.get(name) as Uint8Array;
  if (coef) contents.push([((descriptor[5] as number) & 0x03ffffff) * 64, constant(coef)]);
  if (lut && lut_bo) contents.push([addressIn(bos, lut_bo), constant(lut)]);
  return contents;
}

/** Addresses of what the first operation reads and the last one writes, on all their cores. */
export function endsOf({ recording }: Replayable): { input: number; output: number } {
  const { bos, jobs } = recording.submits.findLast(({ jobs }) => jobs.length > 0) as Submission;
  const last = jobs.slice(0, -1).findLastIndex(({ low }) => low === 0) + 1;
  return {
    input: addressIn(bos, (jobs[0] as RecordedJob).in),
    output: addressIn(bos, (jobs[last] as RecordedJob).out),
  };
}

function addressIn(bos: Submission["bos"], [index, offset]: [number, number]): number {
  return Number.parseInt((bos[index] as { va: string }).va, 16) + offset;
}

function parseWords(words: string[]): Uint32Array {
  return Uint32Array.from(words, (word) => Number.parseInt(word, 16));
}
