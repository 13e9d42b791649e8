import { Operator, Tensor } from "../../graph";
import { Move } from "../../plan/movement";
import { MovementPlan } from "../../plan/plan";
import { whyNoImage } from "../../plan/tensors";
import { Context } from "../context";
import { placeMoves } from "../layout/movement";

/**
 * An operand that is repeated along axes, as TFLite broadcasts it: jobs that read an element again and
 * again, as their address does not advance along such an axis.
 */
export class Repetition {
  /** Null where the operand is not repeated. */
  plan: MovementPlan | null = null;
  /** What the operator reads: the repeated operand, or the operand itself. */
  tensor: Tensor;
  /** Why it cannot be read, "" if it can. */
  reason: string = "";

  constructor(public source: Tensor) {
    this.tensor = source;
  }

  static to(output: Tensor, source: Tensor, name: string, context: Context): Repetition {
    const repetition = new Repetition(source);
    repetition.reason = whyNoImage(source, name);
    if (repetition.reason == "" && source.elements != output.elements) {
      repetition.repeat(output, context);
    }
    return repetition;
  }

  private repeat(output: Tensor, context: Context): void {
    const repeated = new Tensor(context.nameIntermediate());
    repeated.shape = output.shape;
    repeated.dtype = this.source.dtype;
    repeated.quantization = this.source.quantization;
    const moves = [repeating(this.source, output)];
    const placement = placeMoves([this.source], [repeated], moves, context, true);
    this.reason = placement.reason;
    if (!placement.isOnNpu) return;
    this.plan = placement.plan as MovementPlan;
    this.tensor = repeated;
  }
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

/** Both operands of an operator over its output's shape; the first reason against either, "" if none. */
export class Operands {
  first: Repetition;
  second: Repetition;

  constructor(operator: Operator, context: Context) {
    const tensors = context.graph.tensors;
    const output = tensors[operator.outputs[0]];
    this.first = Repetition.to(output, tensors[operator.inputs[0]], "first input", context);
    this.second = Repetition.to(output, tensors[operator.inputs[1]], "second input", context);
  }

  get reason(): string {
    return this.first.reason != "" ? this.first.reason : this.second.reason;
  }
}
