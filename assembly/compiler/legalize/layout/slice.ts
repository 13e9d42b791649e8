import { Dtype } from "../../../tflite/schema";
import { Operator, Options, Tensor } from "../../graph";
import { Legalization } from "../../plan/legalization";
import { LARGEST_TENSOR, LONGEST_WINDOW, WIDEST_PITCH } from "../../plan/limits";
import { Mark } from "../../plan/mark";
import { SlicePlan } from "../../plan/plan";
import { sameQuantization, whyNoImage } from "../../plan/tensors";
import { Context } from "../context";
import { legalizeMovement } from "./movement";

/**
 * STRIDED_SLICE of an image: rows, columns and channels, the first two with any step forward. Any
 * other is a block of elements.
 */
export function legalizeSlice(operator: Operator, context: Context): Legalization {
  const legalization = legalizeImageSlice(operator, context);
  return legalization.isOnNpu ? legalization : legalizeMovement(operator, context);
}

function legalizeImageSlice(operator: Operator, context: Context): Legalization {
  const tensors = context.graph.tensors;
  const input = tensors[operator.inputs[0]];
  const output = tensors[operator.outputs[0]];
  const reason = whyNotImages(input, output, operator.options);
  if (reason != "") return Legalization.onCpu(reason);
  for (let i = 1; i < 4; i++) {
    const list = tensors[operator.inputs[i]];
    if (list.dtype != Dtype.INT32 || list.data.bytes != 16)
      return Legalization.onCpu(
        "its begins, ends and strides are not constant, one for each dimension",
      );
  }
  const plan = new SlicePlan(input, output);
  for (let i = 0; i < 4; i++) {
    const range = new Range(operator, i, context);
    if (!range.isInside(output.shape[i]))
      return Legalization.onCpu("its output does not follow from its input");
    if (i == 0) continue;
    plan.begins[i - 1] = range.begin;
    if (i < 3) plan.steps[i - 1] = range.step;
    else if (range.step != 1) return Legalization.onCpu("it leaves out channels between others");
  }
  return legalizeSlicing(plan, context);
}

/** For a slice whose kept range is known. */
export function legalizeSlicing(plan: SlicePlan, context: Context): Legalization {
  // A step past the end leaves one row or column, and could be any length.
  for (let i = 0; i < 2; i++) plan.steps[i] = min(plan.steps[i], plan.input.fromLast(3 - i));
  const pitch = (plan.steps[1] as i64) * (plan.input.fromLast(1) as i64);
  if (pitch > WIDEST_PITCH)
    return Legalization.onCpu(`the pixels that it keeps are more than ${WIDEST_PITCH} bytes apart`);
  return Legalization.onNpu(plan, context.capped(Mark.EXPECTED));
}

function whyNotImages(input: Tensor, output: Tensor, options: Options): string {
  if (options.ellipsisMask != 0 || options.newAxisMask != 0 || options.shrinkAxisMask != 0)
    return "it changes the dimensions";
  return whyNotRearranged(input, output);
}

/** Why one image is not another's pixels rearranged. */
export function whyNotRearranged(input: Tensor, output: Tensor): string {
  const broken = whyNoImage(input, "input");
  if (broken != "") return broken;
  const wrong = whyNoImage(output, "output");
  if (wrong != "") return wrong;
  if (input.shape.length != 4 || output.shape.length != 4) return "it is not over an image";
  if (!sameQuantization(input, output)) return "it changes the quantization";
  if (max(longest(input), longest(output)) > LONGEST_WINDOW)
    return `its image exceeds ${LONGEST_WINDOW} pixels on a side`;
  return max(input.elements, output.elements) > LARGEST_TENSOR ? "its image is too large" : "";
}

function longest(tensor: Tensor): i32 {
  return max(tensor.fromLast(3), tensor.fromLast(2));
}

/** What is kept along a dimension: begin, begin + step, … before the end. */
class Range {
  begin: i32;
  step: i32;
  private end: i32;

  constructor(operator: Operator, dimension: i32, context: Context) {
    const tensors = context.graph.tensors;
    const extent = tensors[operator.inputs[0]].shape[dimension];
    const bit = 1 << dimension;
    const options = operator.options;
    const begin = entry(tensors[operator.inputs[1]], dimension);
    const end = entry(tensors[operator.inputs[2]], dimension);
    this.begin = (options.beginMask & bit) != 0 ? 0 : clamp(begin, extent);
    this.end = (options.endMask & bit) != 0 ? extent : clamp(end, extent);
    this.step = entry(tensors[operator.inputs[3]], dimension);
  }

  /** Whether it goes forward and keeps so many. */
  isInside(count: i32): bool {
    if (this.step < 1 || count < 1 || this.begin >= this.end) return false;
    return (this.end - this.begin - 1) / this.step + 1 == count;
  }
}

function entry(list: Tensor, index: i32): i32 {
  return load<i32>(list.data.pointer + ((index as usize) << 2));
}

/** A position that may be counted from the end. */
function clamp(position: i32, extent: i32): i32 {
  return min(max(position < 0 ? position + extent : position, 0), extent);
}
