import { Dtype } from "../../../tflite/schema";
import { Operator, Tensor } from "../../graph";
import { Legalization } from "../../plan/legalization";
import { LARGEST_TENSOR, LONGEST_SIDE, MOST_PLANES } from "../../plan/limits";
import { Mark } from "../../plan/mark";
import { PaddingPlan } from "../../plan/plan";
import { byteOf, sameQuantization, whyNoImage, zeroByte } from "../../plan/tensors";
import { Context } from "../context";
import { provenSize } from "../conv/strategy";

/** PAD with the zero point. */
export function legalizePadding(operator: Operator, context: Context): Legalization {
  const input = context.graph.tensors[operator.inputs[0]];
  return surround(operator, zeroByte(input), context);
}

/** PADV2 with a constant of the input's quantization. */
export function legalizePaddingWithValue(operator: Operator, context: Context): Legalization {
  const input = context.graph.tensors[operator.inputs[0]];
  const value = context.graph.tensors[operator.inputs[2]];
  if (!value.isConstant || value.elements != 1 || value.dtype != input.dtype)
    return Legalization.onCpu("the value that it pads with is not constant");
  if (value.quantization.count != 1 || !sameQuantization(value, input))
    return Legalization.onCpu("the value that it pads with is not quantized as its input");
  return surround(operator, byteOf(value), context);
}

function surround(operator: Operator, border: i32, context: Context): Legalization {
  const input = context.graph.tensors[operator.inputs[0]];
  const output = context.graph.tensors[operator.outputs[0]];
  const paddings = context.graph.tensors[operator.inputs[1]];
  const reason = whyNotPadded(input, output, paddings);
  if (reason != "") return Legalization.onCpu(reason);
  const plan = new PaddingPlan(input, output, border);
  for (let i = 0; i < 3; i++) {
    plan.before[i] = load<i32>(paddings.data.pointer + ((i + 1) << 3));
    plan.after[i] = load<i32>(paddings.data.pointer + ((i + 1) << 3), 4);
  }
  if (load<u64>(paddings.data.pointer) != 0) return Legalization.onCpu("it pads the batch");
  if (!isSound(plan)) return Legalization.onCpu("its output does not follow from its input");
  if (context.settings.compatMesa && !isFrame(plan))
    return Legalization.onCpu("Mesa pads one pixel around only");
  const square = input.fromLast(3) == input.fromLast(2) && provenSize(input.fromLast(2));
  const mark = isFrame(plan) && square ? Mark.PROVEN : Mark.EXPECTED;
  return Legalization.onNpu(plan, context.capped(mark));
}

function whyNotPadded(input: Tensor, output: Tensor, paddings: Tensor): string {
  const broken = whyNoImage(input, "input");
  if (broken != "") return broken;
  const wrong = whyNoImage(output, "output");
  if (wrong != "") return wrong;
  if (input.shape.length != 4 || output.shape.length != 4) return "it is not over an image";
  if (paddings.dtype != Dtype.INT32 || paddings.data.bytes != 32)
    return "its paddings are not constant";
  if (!sameQuantization(input, output)) return "it changes the quantization";
  return whyNotSurrounded(output);
}

/** Why no job can write an image with a border around it; "" if one can. */
export function whyNotSurrounded(image: Tensor): string {
  if (image.fromLast(1) > MOST_PLANES) return `its output has more than ${MOST_PLANES} channels`;
  const longest = max(image.fromLast(3), image.fromLast(2));
  if (longest > LONGEST_SIDE || image.elements > LARGEST_TENSOR) return "its image is too large";
  return "";
}

function isSound(plan: PaddingPlan): bool {
  for (let i = 0; i < 3; i++) {
    const before = plan.before[i];
    const after = plan.after[i];
    const added = (before as i64) + (after as i64);
    if (before < 0 || after < 0) return false;
    if ((plan.input.shape[i + 1] as i64) + added != plan.output.shape[i + 1]) return false;
  }
  return true;
}

/** Exactly one pixel on each side. */
function isFrame(plan: PaddingPlan): bool {
  for (let i = 0; i < 3; i++) {
    const wanted = i < 2 ? 1 : 0;
    if (plan.before[i] != wanted || plan.after[i] != wanted) return false;
  }
  return true;
}
