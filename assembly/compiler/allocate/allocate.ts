import { Code, PlaceKind } from "../../diagnostics/codes";
import { fail } from "../../diagnostics/failure";
import { MOST_ARENA_BYTES, MOST_CONSTANT_BYTES } from "../../targets/limits";
import { alignTo } from "../alignment";
import { EncodedJob } from "../encode/encode";
import { Lowering } from "../lower/lower";
import { allocateArena, Lives } from "./arena";

/**
 * Where everything lies in the two buffers that a device allocates:
 *
 *  constants  ┌─────────────┬──────────────────────────────┐
 *             │ descriptors │ coefficients                 │   of all segments
 *             └─────────────┴──────────────────────────────┘
 *  arena      ┌──────────────────────────────┐
 *             │ values of one segment        │   each segment has all of it to itself
 *             └──────────────────────────────┘
 */
export class Layout {
  /** For each segment, in its jobs' order: byte offsets in `constants`. */
  segments: SegmentLayout[] = [];
  constantBytes: u32 = 0;
  arenaBytes: u32 = 0;
}

export class SegmentLayout {
  descriptors: StaticArray<u32>;
  coefficients: StaticArray<u32>;

  constructor(
    jobs: i32,
    /** Byte offsets in the arena, by the values' ids. */
    public values: StaticArray<u32>,
    public lives: Lives,
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
export function place(lowerings: Lowering[], encoded: EncodedJob[][]): Layout | null {
  const layout = new Layout();
  for (let i = 0; i < lowerings.length; i++) {
    const arena = allocateArena(lowerings[i]);
    if (arena.bytes > MOST_ARENA_BYTES) {
      const expected = `activations of at most ${MOST_ARENA_BYTES} bytes at a time`;
      fail(Code.TOO_LARGE, PlaceKind.NONE, 0, expected, `${arena.bytes} bytes`);
      return null;
    }
    layout.arenaBytes = max(layout.arenaBytes, alignTo(arena.bytes as u32, PAGE));
    layout.segments.push(new SegmentLayout(encoded[i].length, arena.offsets, arena.lives));
  }
  let end: u32 = 0;
  for (let i = 0; i < encoded.length; i++) {
    end = placeDescriptors(encoded[i], layout.segments[i].descriptors, end);
  }
  for (let i = 0; i < encoded.length; i++) {
    end = placeCoefficients(encoded[i], layout.segments[i].coefficients, end);
  }
  if (end > MOST_CONSTANT_BYTES) {
    const expected = `at most ${MOST_CONSTANT_BYTES} bytes of descriptors and coefficients`;
    fail(Code.TOO_LARGE, PlaceKind.NONE, 0, expected, `${end} bytes`);
    return null;
  }
  layout.constantBytes = end;
  return layout;
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
    if (i > 0 && jobs[i - 1].coefficients == coefficients) {
      offsets[i] = offsets[i - 1];
      continue;
    }
    offsets[i] = end;
    end = alignTo(end + coefficients.bytes, ALIGNMENT);
  }
  return end;
}
