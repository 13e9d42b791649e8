import { Dtype } from "../../../tflite/schema";
import { Operator, Tensor } from "../../graph";
import { whyNoLayout } from "../../plan/layout";
import { Legalization } from "../../plan/legalization";
import { Mark } from "../../plan/mark";
import { Plan, PlanKind, ViewPlan } from "../../plan/plan";
import { isQuantizedByte, sameQuantization, sameShape } from "../../plan/tensors";
import { Context } from "../context";
import { legalizeMovement } from "./movement";

/** Operators that need no job, or only copies: their outputs are other names for the same bytes. */
export function keepsBytes(plan: Plan): bool {
  return (
    plan.kind == PlanKind.VIEW ||
    plan.kind == PlanKind.CONCATENATION ||
    plan.kind == PlanKind.SPLIT ||
    plan.kind == PlanKind.CONVERSION
  );
}

/** Operators that compute nothing, but move bytes to other positions. */
export function reorders(plan: Plan): bool {
  if (plan.kind != PlanKind.VIEW) return plan.kind == PlanKind.MOVEMENT;
  return (plan as ViewPlan).inputIsPlanar || (plan as ViewPlan).outputIsPlanar;
}

export function legalizeView(operator: Operator, context: Context): Legalization {
  const input = context.graph.tensors[operator.inputs[0]];
  const output = context.graph.tensors[operator.outputs[0]];
  if (input.isConstant) return Legalization.onCpu("its input is constant");
  if (!isQuantizedByte(input) || !isQuantizedByte(output) || !sameQuantization(input, output))
    return Legalization.onCpu("its tensors are not of 8 bits and one quantization");
  if (input.elements != output.elements || input.elements == 0)
    return Legalization.onCpu("its output does not hold as many elements as its input");
  const reason = whyNoLayout(input, "input");
  if (reason != "") return Legalization.onCpu(reason);
  const other = whyNoLayout(output, "output");
  if (other != "") return Legalization.onCpu(other);
  const plan = new ViewPlan(input, output);
  plan.keepsShape = sameShape(input, output);
  return Legalization.onNpu(plan, context.capped(viewMark(input)));
}

/** TRANSPOSE between the two orders of an image is another name for its bytes; any other moves them. */
export function legalizeTranspose(operator: Operator, context: Context): Legalization {
  const legalization = legalizeOrderChange(operator, context);
  return legalization.isOnNpu ? legalization : legalizeMovement(operator, context);
}

/** NHWC to NCHW, or back. */
function legalizeOrderChange(operator: Operator, context: Context): Legalization {
  const legalization = legalizeView(operator, context);
  const plan = legalization.plan;
  if (plan == null) return legalization;
  const order = context.graph.tensors[operator.inputs[1]];
  const view = plan as ViewPlan;
  view.keepsShape = false;
  if (plan.input.shape.length != 4 || plan.output.shape.length != 4 || plan.input.shape[0] != 1)
    return Legalization.onCpu("it is not over one image");
  view.inputIsPlanar = isOrder(order, 3, 1, 2);
  view.outputIsPlanar = isOrder(order, 2, 3, 1);
  if (!view.inputIsPlanar && !view.outputIsPlanar)
    return Legalization.onCpu("it is no change between interleaved and planar order");
  const from = plan.input.shape;
  const to = plan.output.shape;
  for (let i = 1; i < 4; i++) {
    if (to[i] != from[load<i32>(order.data.pointer + (i << 2))])
      return Legalization.onCpu("its output does not follow from its input");
  }
  return legalization;
}

/** Whether a constant is [0, a, b, c]. */
function isOrder(order: Tensor, a: i32, b: i32, c: i32): bool {
  if (order.dtype != Dtype.INT32 || order.data.bytes != 16) return false;
  const at = order.data.pointer;
  return (
    load<i32>(at) == 0 && load<i32>(at, 4) == a && load<i32>(at, 8) == b && load<i32>(at, 12) == c
  );
}

/** A view of what may have to be moved first: proven where images are square, or need no move. */
function viewMark(input: Tensor): Mark {
  const isSquare = input.fromLast(2) == input.fromLast(3);
  return isSquare || input.elements == (input.fromLast(1) as u32) ? Mark.PROVEN : Mark.EXPECTED;
}
