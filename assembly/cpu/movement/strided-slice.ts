import { Kernel } from "../kernel";
import { Operation } from "../operation";
import { Option } from "../option";
import { Tensor } from "../tensor";
import { StridedCopy } from "./strided-copy";

/** STRIDED_SLICE. Inputs: the tensor, constant begins, ends and strides of its first dimensions. */
export function prepareStridedSlice(operation: Operation): Kernel | null {
  if (!operation.wants(4, 1)) return null;
  const input = operation.inputs[0];
  const output = operation.outputs[0];
  const rank = input.shape.length;
  if (!operation.wantsDtype(output, input.dtype, "an output")) return null;
  if (operation.flag(Option.ELLIPSIS_MASK) || operation.flag(Option.NEW_AXIS_MASK)) {
    operation.refuse("neither an ellipsis nor new axes", "one of them");
    return null;
  }
  const ranges = new Ranges();
  for (let i = 0; i < rank; i++) if (!ranges.add(operation, i)) return null;
  let elements: u64 = 1;
  for (let i = 0; i < rank; i++) elements *= ranges.counts[i] as u64;
  if (!operation.wantsElements(output, elements, "an output")) return null;
  let from = input.pointer;
  let pitch: isize = output.elementBytes;
  const fromSteps: isize[] = [];
  const toSteps: isize[] = [];
  for (let i = 0; i < rank; i++) {
    const bytes = (input.pitch(i) as isize) * input.elementBytes;
    from += (ranges.begins[i] as isize) * bytes;
    fromSteps.push((ranges.strides[i] as isize) * bytes);
  }
  for (let i = rank - 1; i >= 0; i--) {
    toSteps.unshift(pitch);
    pitch *= ranges.counts[i];
  }
  const bytes = input.elementBytes;
  return new StridedCopy(from, output.pointer, ranges.counts, fromSteps, toSteps, bytes);
}

/** What is taken of each dimension. */
class Ranges {
  begins: i32[] = [];
  strides: i32[] = [];
  counts: i32[] = [];

  /** Adds the next dimension; false with a refusal recorded. */
  add(operation: Operation, dimension: i32): bool {
    const extent = operation.inputs[0].shape[dimension];
    const lists = operation.inputs;
    for (let i = 1; i < 4; i++) {
      if (!operation.wantsConstant(lists[i], "begins, ends and strides")) return false;
    }
    if ((dimension as u64) >= shortest(lists)) {
      this.begins.push(0);
      this.strides.push(1);
      this.counts.push(extent);
      return true;
    }
    const stride = lists[3].integerAt(dimension);
    if (stride == 0 || stride < i32.MIN_VALUE || stride > i32.MAX_VALUE) {
      return operation.refuse("strides other than 0", `${stride}`);
    }
    const bit = 1 << dimension;
    const back = stride < 0;
    // Going backwards, a range ends at -1, before the first element.
    const low: i64 = back ? -1 : 0;
    const high: i64 = back ? extent - 1 : extent;
    let begin = clampIndex(lists[1].integerAt(dimension), extent, low, high);
    let end = clampIndex(lists[2].integerAt(dimension), extent, low, high);
    if ((operation.integer(Option.BEGIN_MASK) & bit) != 0) begin = back ? high : low;
    if ((operation.integer(Option.END_MASK) & bit) != 0) end = back ? low : high;
    if ((operation.integer(Option.SHRINK_AXIS_MASK) & bit) != 0) end = begin + (back ? -1 : 1);
    const distance = back ? begin - end : end - begin;
    const step = back ? -stride : stride;
    this.begins.push(begin as i32);
    this.strides.push(stride as i32);
    this.counts.push(max<i64>((distance + step - 1) / step, 0) as i32);
    const last = begin + (this.counts[dimension] - 1) * stride;
    if (this.counts[dimension] == 0 || (begin >= 0 && begin < extent && last < extent)) return true;
    return operation.refuse(`begins below ${extent}`, `${begin}`);
  }
}

function shortest(lists: Tensor[]): u64 {
  return min(lists[1].elements, min(lists[2].elements, lists[3].elements));
}

function clampIndex(index: i64, extent: i32, low: i64, high: i64): i64 {
  return min(max(index < 0 ? index + extent : index, low), high);
}
