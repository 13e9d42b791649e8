import type { Blob, Mark, Segment } from "../blob/blob.ts";
import { checksum } from "../blob/checksum.ts";
import { openBlob } from "../blob/open.ts";
import { compile } from "../compile.ts";
import type { Device } from "../devices/device.ts";
import { openEmulator } from "../devices/emulated.ts";
import type { JobExtents } from "../devices/emulator.ts";
import { verifyApart } from "../devices/verifier.ts";
import { NolfetError } from "../errors.ts";
import { hex } from "../inspect/document.ts";
import { differenceIn, type JobDifference } from "./difference.ts";
import { groupsOf } from "./groups.ts";
import { Noise } from "./noise.ts";
import type { Pattern } from "./patterns.ts";
import type { Variant } from "./variants.ts";

/** How a pattern fared. */
export interface PatternResult {
  name: string;
  /**
   * "refused" where the device, or its kernel driver, does not execute it to the end; "skipped"
   * where nolfet gives it to the NPU of this core not at all, or only with unproven jobs.
   */
  status: "pass" | "fail" | "refused" | "skipped";
  /** The weakest of its jobs'. */
  mark?: Mark;
  jobs?: number;
  /** Why it was refused or skipped. */
  reason?: string;
  difference?: JobDifference;
  /** Of the arena after each of its groups of jobs, as the device left it, up to the first that differs. */
  checksums?: string[];
  /** That the device was at work, as the host sees it, over all that it was given. */
  milliseconds?: number;
}

/** How one form of a job fared whose forms differ in a field. */
export interface VariantResult extends PatternResult {
  field: string;
  value: string;
}

/** What loads a blob into the device that is tested. */
export type Opener = (blob: Blob) => Promise<Device>;

const MARKS: Mark[] = ["proven", "expected", "unproven"];

/** Compiles a pattern, and compares the device with the emulator after each of its jobs. */
export async function testPattern(
  pattern: Pattern,
  target: string,
  allowUnproven: boolean,
  open: Opener,
): Promise<PatternResult> {
  const blob = openBlob(await compile(pattern.model(), { target, allowUnproven }));
  return testBlob(pattern.name, blob, open);
}

/** The same for a form of a job. Unproven ones are tested, too: they are why there are forms. */
export async function testVariant(
  variant: Variant,
  target: string,
  open: Opener,
): Promise<VariantResult> {
  const { name, field, value } = variant;
  const compiled = openBlob(await compile(variant.model(), { target, allowUnproven: true }));
  const blob = await variant.edit(compiled, target);
  if (!blob) return { name, field, value, status: "skipped", reason: "this core has no such job" };
  return { ...(await testBlob(name, blob, open)), field, value };
}

async function testBlob(name: string, blob: Blob, open: Opener): Promise<PatternResult> {
  const jobs = blob.segments.flatMap((segment) => segment.jobs);
  const mark = MARKS[Math.max(...jobs.map((job) => MARKS.indexOf(job.mark)))];
  if (!mark) return { name, status: "skipped", reason: blob.operators[0]?.reason ?? "" };
  const about = { name, mark, jobs: jobs.length };
  const extents = await verifyApart(blob);
  const reference = await openEmulator(blob);
  const checksums: string[] = [];
  let device: Device | undefined;
  try {
    device = await open(blob);
    const difference = await compareAll([reference, device], blob, extents, name, checksums);
    const milliseconds = device.busyMilliseconds;
    if (!difference) return { ...about, status: "pass", checksums, milliseconds };
    return { ...about, status: "fail", difference, checksums, milliseconds };
  } catch (error) {
    if (!(error instanceof NolfetError) || error.code === "NO_DEVICE") throw error;
    const reason = `${error.message} [${error.code}]`;
    return { ...about, status: "refused", reason, checksums };
  } finally {
    await device?.release();
    await reference.release();
  }
}

/** Both devices do the same, job by job from the start each time; gives the first difference. */
async function compareAll(
  pair: [Device, Device],
  blob: Blob,
  extents: JobExtents[][],
  seed: string,
  checksums: string[],
): Promise<JobDifference | undefined> {
  for (const [i, segment] of blob.segments.entries()) {
    if (segment.placement === "CPU") continue;
    const cuts = pair.map(({ image }) => groupsOf((image.segments[i] as Segment).stream));
    for (const [g, { jobs }] of (cuts[0] ?? []).entries()) {
      for (const [which, device] of pair.entries()) {
        new Noise(seed).fill(device.arena());
        await device.submit(cuts[which]?.[g]?.stream ?? new Uint32Array());
      }
      const arenas: [Uint8Array, Uint8Array] = [pair[0].arena(), pair[1].arena()];
      checksums.push(hex(checksum(wholeWords(arenas[1]), -1)));
      const difference = differenceIn(arenas, blob, segment, extents[i] ?? [], jobs);
      if (difference) return difference;
    }
  }
  return undefined;
}

function wholeWords(bytes: Uint8Array): Uint8Array {
  return bytes.subarray(0, bytes.length & ~3);
}
