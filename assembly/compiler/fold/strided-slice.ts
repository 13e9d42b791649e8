import { Evaluation } from "./evaluation";
import { give, pitches, StridedBox } from "./strided";

/** Indices along one dimension: the first, and how many, `stride` apart. */
class Run {
  constructor(
    public first: i32,
    public count: i32,
  ) {}
}

/**
 * STRIDED_SLICE: begin, end and stride for the leading dimensions, each changed by a bit of the
 * masks. An ellipsis stands for all dimensions that the rest leaves over, a new axis for none, and
 * a shrunk one for a single index whose dimension goes.
 */
export function foldStridedSlice(evaluation: Evaluation): bool {
  const input = evaluation.input(0);
  const begins = evaluation.list(1);
  const ends = evaluation.list(2);
  const strides = evaluation.list(3);
  if (begins == null || ends == null || strides == null) return false;
  if (ends.length != begins.length || strides.length != begins.length) return false;
  const options = evaluation.options;
  const rank = input.shape.length;
  const steps = pitches(input.shape);
  const shape: i32[] = [];
  const box = new StridedBox();
  let dimension = 0;
  for (let i = 0; i < begins.length; i++) {
    const bit = 1 << i;
    if ((options.ellipsisMask & bit) != 0) {
      const rest = begins.length - 1 - i - bitsAbove(options.newAxisMask, i, begins.length);
      for (; dimension < rank - rest; dimension++) {
        box.add(input.shape[dimension], steps[dimension]);
        shape.push(input.shape[dimension]);
      }
      continue;
    }
    if ((options.newAxisMask & bit) != 0) {
      shape.push(1);
      continue;
    }
    if (dimension >= rank) return false;
    const isShrunk = (options.shrinkAxisMask & bit) != 0;
    const begin = (options.beginMask & bit) != 0 ? Masked.YES : begins[i];
    const end = (options.endMask & bit) != 0 ? Masked.YES : ends[i];
    const extent = input.shape[dimension];
    const run = isShrunk ? single(begin, extent) : runOf(begin, end, strides[i], extent);
    if (run == null || (isShrunk && strides[i] <= 0)) return false;
    box.base += run.first * steps[dimension];
    box.add(run.count, strides[i] * steps[dimension]);
    if (!isShrunk) shape.push(run.count);
    dimension++;
  }
  for (; dimension < rank; dimension++) {
    box.add(input.shape[dimension], steps[dimension]);
    shape.push(input.shape[dimension]);
  }
  return give(evaluation, input, box, shape);
}

/** Instead of an index: none given. */
namespace Masked {
  export const YES: i32 = i32.MIN_VALUE;
}

function bitsAbove(mask: i32, bit: i32, count: i32): i32 {
  let bits = 0;
  for (let i = bit + 1; i < count; i++) bits += (mask >> i) & 1;
  return bits;
}

function single(begin: i32, extent: i32): Run | null {
  const index = begin == Masked.YES ? 0 : begin < 0 ? begin + extent : begin;
  return index < 0 || index >= extent ? null : new Run(index, 1);
}

function runOf(begin: i32, end: i32, stride: i32, extent: i32): Run | null {
  // A stride like that leaves one index at most, and must not overflow.
  if (stride == 0 || stride < -(1 << 24) || stride > 1 << 24) return null;
  const low = stride > 0 ? 0 : -1;
  const high = stride > 0 ? extent : extent - 1;
  const first = begin == Masked.YES ? (stride > 0 ? low : high) : clamped(begin, low, high, extent);
  const last = end == Masked.YES ? (stride > 0 ? high : low) : clamped(end, low, high, extent);
  const distance = stride > 0 ? last - first : first - last;
  const pace = stride > 0 ? stride : -stride;
  return new Run(first, distance <= 0 ? 0 : (distance + pace - 1) / pace);
}

function clamped(index: i32, low: i32, high: i32, extent: i32): i32 {
  return min(max(index < 0 ? index + extent : index, low), high);
}
