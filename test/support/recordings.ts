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
  /** Index of the descriptor's buffer object. */
  bo: number;
  words: string[];
  coef?: string;
  /** Buffer object and offset in it. */
  in: [number, number];
  out: [number, number];
}

/** A recording with its coefficient buffers, by file name. */
export interface Replayable {
  recording: Recording;
  coefficients: Map<string, Uint8Array>;
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
  const names = jobs.flatMap((job) => job.coef ?? []);
  const complete = names.every((name) => stored.has(`${name}.gz`));
  if (names.length === 0 || !complete) return null;
  const coefficients = new Map(names.map((name) => [name, readShared(`${path}/${name}.gz`)]));
  return { recording, coefficients };
}

/** The streams as numbers, in the order of their submission. */
export function streamsOf({ recording }: Replayable): Uint32Array[] {
  return recording.submits.map(({ stream }) => parseWords(stream));
}

/** Maps the buffer objects of a recording and fills in its descriptors and coefficients. */
export function load(emulator: Emulator, { recording, coefficients }: Replayable): void {
  emulator.unmapAll();
  for (const { bos, jobs } of recording.submits) {
    for (const { va, size } of bos) emulator.map(Number.parseInt(va, 16), size);
    const write = (address: number, bytes: Uint8Array) =>
      emulator.view(address, bytes.length).set(bytes);
    for (const job of jobs) {
      const words = parseWords(job.words);
      write(addressIn(bos, [job.bo, 0]), new Uint8Array(words.buffer));
      if (job.coef) {
        const address = ((words[5] as number) & 0x03ffffff) * 64;
        write(address, coefficients.get(job.coef) as Uint8Array);
      }
    }
  }
}

/** Addresses of what the first job reads and the last job writes. */
export function endsOf({ recording }: Replayable): { input: number; output: number } {
  const { bos, jobs } = recording.submits.findLast(({ jobs }) => jobs.length > 0) as Submission;
  return {
    input: addressIn(bos, (jobs[0] as RecordedJob).in),
    output: addressIn(bos, (jobs.at(-1) as RecordedJob).out),
  };
}

function addressIn(bos: Submission["bos"], [index, offset]: [number, number]): number {
  return Number.parseInt((bos[index] as { va: string }).va, 16) + offset;
}

function parseWords(words: string[]): Uint32Array {
  return Uint32Array.from(words, (word) => Number.parseInt(word, 16));
}
