import { createHash } from "node:crypto";
import type { Blob, Job, Segment } from "../../host/blob/blob.ts";
import { DESCRIPTOR_WORDS } from "../../host/blob/blob.ts";

/** What a recording of another driver holds of one submission; see the shared folder's README. */
export interface RecordedSubmission {
  stream: string[];
  jobs: RecordedJob[];
}

interface RecordedJob {
  kind: "NN" | "TP";
  words: string[];
  coef_bytes?: number;
  coef_sha256?: string;
  /** Buffer object and offset in it. */
  in: [number, number];
  out: [number, number];
}

/** Words of a descriptor that hold addresses, and which bits of them; they may differ. */
const ADDRESS_BITS: Record<Job["kind"], Record<number, number>> = {
  NN: { 5: 0x03ffffff, 6: 0xffffffff, 7: 0xffffffff },
  TP: { 10: 0xffffffff, 13: 0xffffffff },
};

/** State writes whose value is a descriptor's address; its low bits are not. */
const STARTS = new Set([0x08010428, 0x0801042e]);
const DESCRIPTOR_ADDRESS = 0xffffffc0;

/** Everything in which a blob is not what was recorded, in words. */
export function differences(blob: Blob, recorded: RecordedSubmission[]): string[] {
  const segments = blob.segments.filter(({ placement }) => placement === "NPU");
  const found = count("submission", segments, recorded);
  recorded.slice(0, segments.length).forEach((submission, s) => {
    const segment = segments[s] as Segment;
    const where = `submission ${s}`;
    found.push(...streamDifferences(segment.stream, submission.stream, where));
    found.push(...count("job", segment.jobs, submission.jobs));
    found.push(...flowDifferences(segment.jobs, submission.jobs, where));
    submission.jobs.slice(0, segment.jobs.length).forEach((job, j) => {
      found.push(...jobDifferences(blob, segment.jobs[j] as Job, job, `${where}, job ${j}`));
    });
  });
  return found;
}

function count(what: string, found: unknown[], expected: unknown[]): string[] {
  return found.length === expected.length
    ? []
    : [`${found.length} ${what}s, not ${expected.length}`];
}

function streamDifferences(found: Uint32Array, expected: string[], where: string): string[] {
  const differences = count("word", [...found], expected);
  expected.forEach((text, i) => {
    const ignored = STARTS.has(found[i - 1] as number) ? DESCRIPTOR_ADDRESS : 0;
    const difference = wordDifference(found[i] as number, text, ignored);
    if (difference) differences.push(`${where}, stream word ${i}: ${difference}`);
  });
  return differences;
}

function jobDifferences(blob: Blob, job: Job, expected: RecordedJob, where: string): string[] {
  if (job.kind !== expected.kind) return [`${where}: ${job.kind}, not ${expected.kind}`];
  const differences: string[] = [];
  const { buffer, byteOffset } = blob.constants;
  const start = byteOffset + job.descriptor;
  const words = new DataView(buffer, start, 4 * DESCRIPTOR_WORDS[job.kind]);
  expected.words.forEach((text, i) => {
    const ignored = ADDRESS_BITS[job.kind][i] ?? 0;
    const difference = wordDifference(words.getUint32(4 * i, true), text, ignored);
    if (difference) differences.push(`${where}, ${job.kind} word ${i}: ${difference}`);
  });
  if (job.kind === "NN") differences.push(...coefficientDifferences(blob, job, expected, where));
  return differences;
}

function coefficientDifferences(
  blob: Blob,
  { coefficients, coefficientBytes }: Job,
  expected: RecordedJob,
  where: string,
): string[] {
  const bytes = blob.constants.subarray(coefficients, coefficients + coefficientBytes);
  const hash = createHash("sha256").update(bytes).digest("hex");
  if (hash === expected.coef_sha256) return [];
  return [`${where}: ${bytes.length} coefficient bytes, not the recorded ${expected.coef_bytes}`];
}

function wordDifference(found: number, expected: string, ignored: number): string {
  const wanted = Number.parseInt(expected, 16);
  const agrees = ((found ^ wanted) & ~ignored) === 0;
  return agrees ? "" : `${found.toString(16).padStart(8, "0")}, not ${expected}`;
}

/** Addresses differ, but each job must read what the same job before it has written. */
function flowDifferences(jobs: Job[], expected: RecordedJob[], where: string): string[] {
  const ours = flow(jobs.map(({ input, output }) => [input.offset, output.offset]));
  const theirs = flow(expected.map((job) => [job.in.join("+"), job.out.join("+")]));
  return theirs.flatMap((source, j) =>
    j >= jobs.length || ours[j] === source
      ? []
      : [`${where}, job ${j} reads what job ${ours[j]} wrote, not job ${source}`],
  );
}

/** For each job, the last one before it that wrote to where it reads; -1 for none. */
function flow<T>(jobs: [input: T, output: T][]): number[] {
  return jobs.map(([input], j) => jobs.slice(0, j).findLastIndex(([, output]) => output === input));
}
