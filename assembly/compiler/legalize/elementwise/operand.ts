import { isPair } from "../../../tflite/rules/elementwise";
import { Operator, Tensor } from "../../graph";
import { LARGEST_TENSOR } from "../../plan/limits";
import { Move } from "../../plan/movement";
import { MovementPlan } from "../../plan/plan";
import { sameShape, whyNoImage, whyNotQuantized } from "../../plan/tensors";
import { Context } from "../context";
import { operationOf } from "../cpu-coverage";
import { legalizeMoves } from "../layout/movement";

/**
 * What an element-wise operator reads: a tensor of its output's shape. Where the operand is repeated
 * along axes, as TFLite broadcasts it, or constant, jobs write that tensor first: they read an element
 * again and again, as their address does not advance along such an axis.
 */
export class ElementOperand {
  /** What writes the tensor; null where it is the operand itself. */
  preparation: MovementPlan | null = null;
  tensor: Tensor;
  /** Why it cannot be read, "" if it can. */
  reason: string = "";

  constructor(public source: Tensor) {
    this.tensor = source;
  }

  static of(source: Tensor, output: Tensor, name: string, context: Context): ElementOperand {
    const operand = new ElementOperand(source);
    operand.reason = whyNotRead(source, name);
    const isThere = !source.isConstant && source.elements == output.elements;
    if (operand.reason == "" && !isThere) operand.prepare(output, context);
    return operand;
  }

  private prepare(output: Tensor, context: Context): void {
    const tensor = new Tensor(context.nameIntermediate());
    tensor.shape = output.shape;
    tensor.dtype = this.source.dtype;
    tensor.quantization = this.source.quantization;
    const legalization = legalizeMoves(
      [this.source],
      [tensor],
      [repeating(this.source, output)],
      context,
      true,
    );
    this.reason = legalization.reason;
    if (!legalization.isOnNpu) return;
    this.preparation = legalization.plan as MovementPlan;
    this.tensor = tensor;
  }
}

function whyNotRead(source: Tensor, name: string): string {
  if (!source.isConstant) return whyNoImage(source, name);
  // With one value, the operator is a table.
  return source.elements == 1 ? `its ${name} is one constant` : whyNotQuantized(source, name);
}

function repeating(operand: Tensor, output: Tensor): Move {
  const move = new Move(0, 0, 0, 0);
  let from = 1;
  let to = 1;
  for (let i = 1; i <= output.shape.length; i++) {
    const count = output.fromLast(i);
    const own = operand.fromLast(i);
    move.along(count, own == 1 ? 0 : from, to);
    from *= own;
    to *= count;
  }
  return move;
}

/** Both operands of an operator. */
export class OperandPair {
  first: ElementOperand;
  second: ElementOperand;
  /** Why one cannot be read, "" if both can. */
  reason: string = "";

  constructor(operator: Operator, context: Context) {
    const tensors = context.graph.tensors;
    const output = tensors[operator.outputs[0]];
    const a = tensors[operator.inputs[0]];
    const b = tensors[operator.inputs[1]];
    const reason = whyNoPair(operator, a, b, output, context);
    this.first =
      reason == "" ? ElementOperand.of(a, output, "first input", context) : new ElementOperand(a);
    this.second =
      reason == "" ? ElementOperand.of(b, output, "second input", context) : new ElementOperand(b);
    this.reason = reason;
    if (this.reason == "") this.reason = this.first.reason;
    if (this.reason == "") this.reason = this.second.reason;
  }
}

function whyNoPair(
  operator: Operator,
  a: Tensor,
  b: Tensor,
  output: Tensor,
  context: Context,
): string {
  if (a.isConstant && b.isConstant) return "both of its inputs are constant";
  if (output.elements > LARGEST_TENSOR) return `its output exceeds ${LARGEST_TENSOR} bytes`;
  if (sameShape(a, output) && sameShape(b, output)) return "";
  return isPair(operationOf(operator, context.graph)) ? "" : "its shapes do not go together";
}
