import { Operator, Tensor } from "../../graph";
import { Convolution } from "../../plan/convolution";
import { flatWidth } from "../../plan/flat-image";
import { Legalization } from "../../plan/legalization";
import { LARGEST_TENSOR } from "../../plan/limits";
import { Mark } from "../../plan/mark";
import { AdditionPlan } from "../../plan/plan";
import { ProductPlan } from "../../plan/product";
import { FittedTable } from "../../plan/table";
import { sameQuantization, whyNoImage, zeroByte } from "../../plan/tensors";
import { Context } from "../context";
import { whyNotScaled } from "../conv/rules";
import { operationOf } from "../cpu-coverage";
import { weigh } from "./addition";
import { fitTable } from "./fit";
import { OperandPair } from "./operand";
import { PairArithmetic, PairError } from "./pair-error";
import { overPlanes } from "./planes";
import { quantization } from "./vectors";

/** Two planes of differences, two of squares, and the operands. */
const PLANES: u32 = 4;

/** Bytes hold weights of either sign up to here. */
const LARGEST_WEIGHT = 127;

/** SQUARED_DIFFERENCE of two tensors, either of which may be repeated along axes; one may be constant. */
export function legalizeSquaredDifference(operator: Operator, context: Context): Legalization {
  const output = context.graph.tensors[operator.outputs[0]];
  const reason = whyNoImage(output, "output");
  if (reason != "") return Legalization.onCpu(reason);
  if (output.elements > LARGEST_TENSOR / PLANES)
    return Legalization.onCpu(`its output exceeds ${LARGEST_TENSOR / PLANES} bytes`);
  if (flatWidth(output.elements) == 0)
    return Legalization.onCpu("its elements do not lie in rows of one plane");
  const operands = new OperandPair(operator, context);
  if (operands.reason != "") return Legalization.onCpu(operands.reason);
  const a = operands.first;
  const b = operands.second;
  const arithmetic = new SquaredDifference(a.tensor, b.tensor, output);
  if (a.source.dtype != output.dtype || b.source.dtype != output.dtype)
    return Legalization.onCpu("its tensors are of different types");
  const outside = whyNotScaled(arithmetic.scale, context.core);
  if (outside != "") return Legalization.onCpu(outside);
  if (!context.takesProduct()) return Legalization.onCpu("too many products come before it");
  const error = new PairError(operationOf(operator, context.graph), false);
  error.measure(arithmetic);
  if (!error.isSmall) return Legalization.onCpu(error.text);
  const plan = new ProductPlan(a.source, b.source, output, [arithmetic.table]);
  plan.operands = [a.tensor, b.tensor];
  plan.preparations = [a.preparation, b.preparation];
  plan.sums = arithmetic.differences();
  plan.combination = arithmetic.sum();
  plan.error = error.rms as f32;
  return Legalization.onNpu(plan, context.capped(Mark.EXPECTED));
}

/**
 * The positive and the negative part of the difference, each a byte, and a table that squares them into
 * steps of the output. One of the two is 0, so that their sum is the result.
 */
class SquaredDifference extends PairArithmetic {
  table: FittedTable;
  private difference: AdditionPlan;

  constructor(
    private a: Tensor,
    private b: Tensor,
    private output: Tensor,
  ) {
    super();
    const step = stepOf(a, b, output);
    this.table = fitTable(squares(step, output), 0, 0);
    this.difference = differenceOf(a, b, step);
  }

  /** Steps of the difference for one of the convolution's sums. */
  get scale(): f32 {
    return this.difference.scale;
  }

  stepsOf(a: i32, b: i32): i32 {
    const sum =
      this.difference.weightA * (a - zeroByte(this.a)) +
      this.difference.weightB * (b - zeroByte(this.b));
    const steps = Math.floor((abs(sum) as f64) * (this.scale as f64) + 0.5) as i32;
    return this.table.byteAt(min(steps, 255));
  }

  differences(): Convolution {
    const a = this.difference.weightA;
    const b = this.difference.weightB;
    const zero = max(a, -b);
    const bias = -a * zeroByte(this.a) - b * zeroByte(this.b);
    const weights: StaticArray<u8> = [
      (zero + a) as u8,
      (zero + b) as u8,
      (zero - a) as u8,
      (zero - b) as u8,
    ];
    const c = overPlanes(this.output, weights, zero, [bias, -bias]);
    c.scale = this.scale;
    return c;
  }

  /** Of both squares; the operands after them do not count. */
  sum(): Convolution {
    const weights: StaticArray<u8> = [1, 1, 0, 0];
    const c = overPlanes(this.output, weights, 0, [0]);
    c.outputZero = zeroByte(this.output);
    return c;
  }
}

/** In such steps. */
function differenceOf(a: Tensor, b: Tensor, step: f64): AdditionPlan {
  const difference = new Tensor(0);
  difference.quantization = quantization(step as f32, 0);
  const plan = new AdditionPlan(a, b, difference);
  weigh(plan, true, LARGEST_WEIGHT);
  return plan;
}

/** That of tensors quantized alike, which is exact; or one that all differences fit whose squares the output holds. */
function stepOf(a: Tensor, b: Tensor, output: Tensor): f64 {
  const scaleA = a.quantization.scale(0) as f64;
  if (sameQuantization(a, b)) return scaleA;
  const scaleB = b.quantization.scale(0) as f64;
  const least = -scaleA * (zeroByte(a) as f64) - scaleB * ((255 - zeroByte(b)) as f64);
  const most = scaleA * ((255 - zeroByte(a)) as f64) + scaleB * (zeroByte(b) as f64);
  const largest = ((256 - zeroByte(output)) as f64) * (output.quantization.scale(0) as f64);
  return min(max(most, -least), Math.sqrt(largest)) / 255;
}

function squares(step: f64, output: Tensor): StaticArray<u8> {
  const results = new StaticArray<u8>(256);
  const unit = (step * step) / (output.quantization.scale(0) as f64);
  for (let byte = 0; byte < 256; byte++) {
    results[byte] = Math.round(min<f64>(((byte * byte) as f64) * unit, 255)) as u8;
  }
  return results;
}
