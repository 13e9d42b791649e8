import { Dtype } from "../../../tflite/schema";
import { Operator, Tensor } from "../../graph";
import { LARGEST_TENSOR, LONGEST_SIDE } from "../../plan/limits";
import { Mark } from "../../plan/mark";
import { Placement } from "../../plan/placement";
import { PaddingPlan } from "../../plan/plan";
import { sameQuantization, whyNoImage } from "../../plan/tensors";
import { Context } from "../context";
import { provenSize } from "../conv/strategy";

/** The most that the pattern is known for, on each side. */
const MOST = 2;

/** PAD with the zero point. */
export function legalizePadding(operator: Operator, context: Context): Placement {
  const input = context.graph.tensors[operator.inputs[0]];
  const output = context.graph.tensors[operator.outputs[0]];
  const paddings = context.graph.tensors[operator.inputs[1]];
  const reason = whyNotPadded(input, output, paddings);
  if (reason != "") return Placement.onCpu(reason);
  const plan = new PaddingPlan(input, output);
  for (let i = 0; i < 3; i++) {
    plan.before[i] = load<i32>(paddings.data.pointer + ((i + 1) << 3));
    plan.after[i] = load<i32>(paddings.data.pointer + ((i + 1) << 3), 4);
  }
  if (load<u64>(paddings.data.pointer) != 0) return Placement.onCpu("it pads the batch");
  if (!isSound(plan)) return Placement.onCpu("its output does not follow from its input");
  const most = amount(plan);
  if (most > MOST)
    return Placement.onCpu(`it adds ${most} on a side; up to ${MOST} have a pattern`);
  if (context.settings.compatMesa && !isFrame(plan))
    return Placement.onCpu("Mesa pads one pixel around only");
  const square = input.fromLast(3) == input.fromLast(2) && provenSize(input.fromLast(2));
  const mark = isFrame(plan) && square ? Mark.PROVEN : Mark.EXPECTED;
  return Placement.onNpu(plan, context.capped(mark));
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
  const longest = max(output.fromLast(3), output.fromLast(2));
  if (longest > LONGEST_SIDE || output.elements > LARGEST_TENSOR) return "its image is too large";
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

function amount(plan: PaddingPlan): i32 {
  let most = 0;
  for (let i = 0; i < 3; i++) most = max(most, max(plan.before[i], plan.after[i]));
  return most;
}

/** Exactly one pixel on each side. */
function isFrame(plan: PaddingPlan): bool {
  for (let i = 0; i < 3; i++) {
    const wanted = i < 2 ? 1 : 0;
    if (plan.before[i] != wanted || plan.after[i] != wanted) return false;
  }
  return true;
}
