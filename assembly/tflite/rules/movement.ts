import { Operation } from "../operation";
import { Option } from "../option";
import { Tensor } from "../tensor";
import { areParts, axisOf } from "./parts";

/** Inputs side by side along an axis; TFLite brings uint8 ones to the output's scale, no others. */
export function isConcatenation(operation: Operation): bool {
  const output = operation.outputs[0];
  const axis = axisOf(operation, operation.integer(Option.AXIS), output.shape.length);
  if (axis < 0 || !areParts(operation, operation.inputs, output, axis)) return false;
  const activation = operation.integer(Option.ACTIVATION);
  if (activation != 0) return operation.refuse("no activation", `number ${activation}`);
  for (let i = 0; i < operation.inputs.length; i++) {
    const part = operation.inputs[i];
    if (!part.isByte || part.isQuantizedAs(output)) continue;
    if (part.least == 0 && part.scales.length == 1 && output.scales.length == 1) continue;
    return operation.refuse("inputs quantized as its output", `others for input ${i}`);
  }
  return true;
}

/** A constant axis, then the tensor, whose parts along it are the outputs. */
export function isSplit(operation: Operation): bool {
  const axis = splitAxis(operation);
  return axis >= 0 && areParts(operation, operation.outputs, operation.inputs[1], axis);
}

/** The tensor, the lengths of its parts and an axis, both constant. */
export function isSplitByLengths(operation: Operation): bool {
  const axis = lengthsAxis(operation);
  if (axis < 0 || !areParts(operation, operation.outputs, operation.inputs[0], axis)) return false;
  const lengths = operation.inputs[1];
  const count = operation.outputs.length;
  if (!operation.wantsElements(lengths, count, "lengths")) return false;
  for (let i = 0; i < count; i++) {
    const length = lengths.integerAt(i);
    const extent = operation.outputs[i].shape[axis];
    if (length < 0 || length == extent) continue;
    return operation.contradict(`a length of ${extent}`, `${length}`);
  }
  return true;
}

/** The axis of a SPLIT; -1 with a refusal recorded. */
export function splitAxis(operation: Operation): i32 {
  return onlyAxis(operation, operation.inputs[0], operation.inputs[1]);
}

/** That of a SPLIT_V. */
export function lengthsAxis(operation: Operation): i32 {
  return onlyAxis(operation, operation.inputs[2], operation.inputs[0]);
}

function onlyAxis(operation: Operation, axes: Tensor, tensor: Tensor): i32 {
  if (!operation.wantsElements(axes, 1, "an axis")) return -1;
  return axisOf(operation, axes.integerAt(0), tensor.shape.length);
}

/** The tensor, constant pairs of before and after for each of its dimensions. */
export function isPad(operation: Operation): bool {
  const input = operation.inputs[0];
  const paddings = operation.inputs[1];
  const output = operation.outputs[0];
  const rank = input.shape.length;
  if (!operation.wantsElements(paddings, (2 * rank) as u64, "paddings")) return false;
  if (!operation.wantsRank(output, rank, "output")) return false;
  for (let i = 0; i < rank; i++) {
    const before = paddings.integerAt(2 * i);
    const after = paddings.integerAt(2 * i + 1);
    const room = (output.shape[i] as i64) - input.shape[i];
    if (before >= 0 && after >= 0 && before <= room && before + after == room) continue;
    const expected = `paddings that fill ${output.describeShape()}`;
    return operation.contradict(expected, `${before} and ${after}`);
  }
  return true;
}

/** The same, and a value to pad with. */
export function isPadWithValue(operation: Operation): bool {
  return operation.wantsElements(operation.inputs[2], 1, "a value") && isPad(operation);
}

/** The same, no further from an edge than the tensor reaches to be mirrored. */
export function isMirrorPad(operation: Operation): bool {
  if (!isPad(operation)) return false;
  const paddings = operation.inputs[1];
  const gap = operation.flag(Option.SYMMETRIC) ? 0 : 1;
  for (let i = 0; i < (paddings.elements as i32); i++) {
    const most = operation.inputs[0].shape[i / 2] - gap;
    const padding = paddings.integerAt(i);
    if (padding > most) return operation.contradict(`paddings up to ${most}`, `${padding}`);
  }
  return true;
}

/** The tensor, a constant permutation of its dimensions. */
export function isTranspose(operation: Operation): bool {
  const input = operation.inputs[0];
  const permutation = operation.inputs[1];
  const rank = input.shape.length;
  if (!operation.wantsElements(permutation, rank, "a permutation")) return false;
  const shape: i32[] = [];
  let used = 0;
  for (let i = 0; i < rank; i++) {
    const axis = axisOf(operation, permutation.integerAt(i), rank);
    if (axis < 0) return false;
    used |= 1 << axis;
    shape.push(input.shape[axis]);
  }
  if (used != (1 << rank) - 1) {
    return operation.contradict("each dimension once in its permutation", "one twice");
  }
  return operation.wantsShape(operation.outputs[0], shape, "an output");
}

/** The tensor, constant begins, ends and strides of its first dimensions. */
export function isStridedSlice(operation: Operation): bool {
  const ranges = SliceRanges.of(operation);
  if (ranges == null) return false;
  return operation.wantsElements(operation.outputs[0], ranges.elements, "an output");
}

/** What a STRIDED_SLICE takes of each dimension. */
export class SliceRanges {
  begins: i32[] = [];
  strides: i32[] = [];
  counts: i32[] = [];

  /** Null with a refusal recorded. */
  static of(operation: Operation): SliceRanges | null {
    if (operation.flag(Option.ELLIPSIS_MASK) || operation.flag(Option.NEW_AXIS_MASK)) {
      operation.refuse("neither an ellipsis nor new axes", "one of them");
      return null;
    }
    const ranges = new SliceRanges();
    const rank = operation.inputs[0].shape.length;
    for (let i = 0; i < rank; i++) if (!ranges.add(operation, i)) return null;
    return ranges;
  }

  get elements(): u64 {
    let product: u64 = 1;
    for (let i = 0; i < this.counts.length; i++) product *= this.counts[i] as u64;
    return product;
  }

  /** Adds the next dimension; false with a refusal recorded. */
  private add(operation: Operation, dimension: i32): bool {
    const extent = operation.inputs[0].shape[dimension];
    const lists = operation.inputs;
    if ((dimension as u64) >= shortest(lists)) {
      this.begins.push(0);
      this.strides.push(1);
      this.counts.push(extent);
      return true;
    }
    const stride = lists[3].integerAt(dimension);
    if (stride == 0 || stride < i32.MIN_VALUE || stride > i32.MAX_VALUE) {
      return operation.contradict("strides other than 0", `${stride}`);
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
    return operation.contradict(`begins below ${extent}`, `${begin}`);
  }
}

function shortest(lists: Tensor[]): u64 {
  return min(lists[1].elements, min(lists[2].elements, lists[3].elements));
}

function clampIndex(index: i64, extent: i32, low: i64, high: i64): i64 {
  return min(max(index < 0 ? index + extent : index, low), high);
}
