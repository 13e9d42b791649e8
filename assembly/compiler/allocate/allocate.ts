import { Code, LocationKind } from "../../diagnostics/codes";
import { fail } from "../../diagnostics/failure";
import { MOST_ARENA_BYTES, MOST_CONSTANT_BYTES } from "../../targets/limits";
import { alignTo } from "../alignment";
import { EncodedJob } from "../encode/encode";
import { ConvolutionJob } from "../lower/jobs";
import { Lowering } from "../lower/lower";
import { allocateArena, Lifetimes } from "./arena";

/**
 * Where everything lies in the two buffers that a device allocates:
 *
 *  constants  ┌─────────────┬──────────────────────────────┐
 *             │ descriptors │ coefficients                 │   of all segments
 *             └─────────────┴──────────────────────────────┘
 *  arena      ┌──────────────────────────────┐
 *             │ buffers of one segment        │   each segment has all of it to itself
 *             └──────────────────────────────┘
 */
export class MemoryPlan {
  /** For each segment, in its jobs' order: byte offsets in `constants`. */
  segments: SegmentMemory[] = [];
  constantBytes: u32 = 0;
  arenaBytes: u32 = 0;
}

export class SegmentMemory {
  descriptors: StaticArray<u32>;
  coefficients: StaticArray<u32>;

  constructor(
    jobs: i32,
    /** Byte offsets in the arena, by the buffers' ids. */
    public buffers: StaticArray<u32>,
    public lifetimes: Lifetimes,
  ) {
    this.descriptors = new StaticArray<u32>(jobs);
    this.coefficients = new StaticArray<u32>(jobs);
  }
}

/** Both buffers' fixed GPU virtual addresses: beyond the kernel driver's reserve of 4 MiB. */
export const CONSTANTS_ADDRESS: u32 = 0x10000000;
export const ARENA_ADDRESS: u32 = 0x40000000;

const ALIGNMENT: u32 = 64;
const PAGE: u32 = 4096;

/** Null after a failure: activations or constants that their buffer cannot hold. */
export function allocateMemory(lowerings: Lowering[], encoded: EncodedJob[][]): MemoryPlan | null {
  const plan = new MemoryPlan();
  for (let i = 0; i < lowerings.length; i++) {
    const arena = allocateArena(lowerings[i]);
    if (arena.bytes > MOST_ARENA_BYTES) {
      const expected = `activations of at most ${MOST_ARENA_BYTES} bytes at a time`;
      fail(Code.TOO_LARGE, LocationKind.NONE, 0, expected, `${arena.bytes} bytes`);
      return null;
    }
    plan.arenaBytes = max(plan.arenaBytes, alignTo(arena.bytes as u32, PAGE));
    plan.segments.push(new SegmentMemory(encoded[i].length, arena.offsets, arena.lifetimes));
  }
  let end: u32 = 0;
  for (let i = 0; i < encoded.length; i++) {
    end = placeDescriptors(encoded[i], plan.segments[i].descriptors, end);
  }
  for (let i = 0; i < encoded.length; i++) {
    end = placeCoefficients(encoded[i], plan.segments[i].coefficients, end);
  }
  if (end > MOST_CONSTANT_BYTES) {
    const expected = `at most ${MOST_CONSTANT_BYTES} bytes of descriptors and coefficients`;
    fail(Code.TOO_LARGE, LocationKind.NONE, 0, expected, `${end} bytes`);
    return null;
  }
  plan.constantBytes = end;
  return plan;
}

function placeDescriptors(jobs: EncodedJob[], offsets: StaticArray<u32>, start: u32): u32 {
  let end = start;
  for (let i = 0; i < jobs.length; i++) {
    offsets[i] = end;
    end = alignTo(end + jobs[i].words.bytes, ALIGNMENT);
  }
  return end;
}

function placeCoefficients(jobs: EncodedJob[], offsets: StaticArray<u32>, start: u32): u32 {
  let end = start;
  for (let i = 0; i < jobs.length; i++) {
    const coefficients = jobs[i].coefficients;
    if (coefficients == null) continue;
    const other = sharedWith(jobs, i);
    if (other >= 0) {
      offsets[i] = offsets[other];
      continue;
    }
    offsets[i] = end;
    end = alignTo(end + coefficients.bytes, ALIGNMENT);
  }
  return end;
}

/** The earlier job that has the same coefficients; −1 if none has. */
function sharedWith(jobs: EncodedJob[], i: i32): i32 {
  const job = jobs[i].job;
  if (job instanceof ConvolutionJob) return (job as ConvolutionJob).twin;
  return i > 0 && jobs[i - 1].coefficients == jobs[i].coefficients ? i - 1 : -1;
}
