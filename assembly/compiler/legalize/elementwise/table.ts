import { Operator, Tensor } from "../../graph";
import { ELEMENTWISE, ElementwiseFunction } from "../../plan/elementwise";
import { Legalization } from "../../plan/legalization";
import { LARGEST_TENSOR } from "../../plan/limits";
import { Mark } from "../../plan/mark";
import { TablePlan } from "../../plan/plan";
import { FunctionTable } from "../../plan/table";
import { sameShape, saturatesAt, whyNoBytes, zeroByte } from "../../plan/tensors";
import { Context } from "../context";

/** The shift is seven bits, signed: well within it. */
const LEAST_FACTOR: f32 = 5.9604645e-8; // 2^-24
const LARGEST_FACTOR: f32 = 16777216; // 2^24

/** Functions of one element through the TP unit's table. */
export function legalizeElementwise(operator: Operator, context: Context): Legalization {
  const elementwise = ELEMENTWISE.find(operator.code) as ElementwiseFunction;
  const input = context.graph.tensors[operator.inputs[0]];
  const output = context.graph.tensors[operator.outputs[0]];
  const reason = whyNotElementwise(input, output);
  if (reason != "") return Legalization.onCpu(reason);
  if (!saturatesAt(elementwise.limit, output))
    return Legalization.onCpu(
      `${elementwise.name} would cut below the largest value of its output`,
    );
  const from = input.quantization.scale(0);
  const to = output.quantization.scale(0);
  const table = new FunctionTable(elementwise, zeroByte(input), from, to);
  if (table.factor < LEAST_FACTOR || table.factor > LARGEST_FACTOR)
    return Legalization.onCpu(
      `its effective scale of ${table.factor} exceeds what the shift field holds`,
    );
  return Legalization.onNpu(new TablePlan(input, output, table), context.capped(Mark.EXPECTED));
}

/** Why the operator is no function of single bytes, "" if it is. */
export function whyNotElementwise(input: Tensor, output: Tensor): string {
  const broken = whyNoBytes(input, "input");
  if (broken != "") return broken;
  const wrong = whyNoBytes(output, "output");
  if (wrong != "") return wrong;
  if (!sameShape(input, output)) return "its output is not of its input's shape";
  return input.elements > LARGEST_TENSOR ? `it exceeds ${LARGEST_TENSOR} bytes` : "";
}
