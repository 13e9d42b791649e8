import { isCovered } from "../../../tflite/covers";
import { Operator, Tensor } from "../../graph";
import { flatWidth } from "../../plan/flat-image";
import { Legalization } from "../../plan/legalization";
import { LARGEST_TENSOR } from "../../plan/limits";
import { Mark } from "../../plan/mark";
import { ProductPlan, SUMS } from "../../plan/product";
import { isRectified, whyNoImage, whyNotFused, zeroByte } from "../../plan/tensors";
import { Context } from "../context";
import { whyNotScaled } from "../conv/rules";
import { operationOf } from "../cpu-coverage";
import { ElementOperand, OperandPair } from "./operand";
import { PairError } from "./pair-error";
import { QuarterSquares } from "./quarter-squares";

/** Tables that a product may take. */
const MOST_TABLES = 4;

/** MUL of two tensors, either of which may be repeated along axes; one may be constant. */
export function legalizeComputedProduct(operator: Operator, context: Context): Legalization {
  const output = context.graph.tensors[operator.outputs[0]];
  const reason = whyNotMultiplied(operator, output, context);
  if (reason != "") return Legalization.onCpu(reason);
  const operands = new OperandPair(operator, context);
  if (operands.reason != "") return Legalization.onCpu(operands.reason);
  const first = operands.first;
  const second = operands.second;
  // The one with the smaller zero point first, so that all weights are bytes.
  const isSwapped = zeroByte(first.tensor) > zeroByte(second.tensor);
  return isSwapped
    ? multiply(operator, second, first, true, output, context)
    : multiply(operator, first, second, false, output, context);
}

const MOST_PLANES: u32 = MOST_TABLES * SUMS + 2;

function whyNotMultiplied(operator: Operator, output: Tensor, context: Context): string {
  if (operator.inputs[0] == operator.inputs[1]) return "it squares a tensor";
  const reason = whyNoImage(output, "output");
  if (reason != "") return reason;
  if (output.elements > LARGEST_TENSOR / MOST_PLANES)
    return `its output exceeds ${LARGEST_TENSOR / MOST_PLANES} bytes`;
  if (flatWidth(output.elements) == 0) return "its elements do not lie in rows of one plane";
  if (!isCovered(operationOf(operator, context.graph))) return "TFLite has no such operator";
  return whyNotFused(operator.options.activation, output);
}

/** With as few tables as the result's error permits. */
function multiply(
  operator: Operator,
  a: ElementOperand,
  b: ElementOperand,
  isSwapped: bool,
  output: Tensor,
  context: Context,
): Legalization {
  const squares = new QuarterSquares(a.tensor, b.tensor, output);
  const outside = whyNotScaled(squares.scale as f32, context.core);
  if (outside != "") return Legalization.onCpu(outside);
  if (!context.takesProduct()) return Legalization.onCpu("too many products come before it");
  const error = new PairError(operationOf(operator, context.graph), isSwapped);
  for (let tables = 1; tables <= MOST_TABLES; tables *= 2) {
    squares.divide(tables);
    error.measure(squares);
    if (!error.isSmall) continue;
    const plan = new ProductPlan(a.source, b.source, output, squares.tables);
    plan.operands = [a.tensor, b.tensor];
    plan.preparations = [a.preparation, b.preparation];
    plan.sums = squares.sums();
    plan.combination = squares.combination();
    plan.combination.relu = isRectified(operator.options.activation);
    plan.error = error.rms as f32;
    return Legalization.onNpu(plan, context.capped(Mark.EXPECTED));
  }
  return Legalization.onCpu(error.text);
}
