import { Activation, Builtin, Dtype } from "../../../tflite/schema";
import { Operator, Options, Tensor } from "../../graph";
import { copyOf } from "../../plan/copy";
import { Legalization } from "../../plan/legalization";
import { sameQuantization, whyNoImage } from "../../plan/tensors";
import { Context } from "../context";
import { legalizeQuantize } from "../layout/joins";
import { PlanSequence } from "../sequence";
import { legalizeExtreme } from "./addition";
import { isWithVector, legalizeVectorProduct } from "./vectors";

/**
 * PRELU with a slope for each channel: of x and of its product with the slopes the greater, or the less
 * where no slope is below 1. Both are brought to the output's quantization first, so that each is rounded
 * once. With one slope for all it is a table (trees.ts).
 */
export function legalizePrelu(operator: Operator, context: Context): Legalization {
  const graph = context.graph;
  const input = graph.tensors[operator.inputs[0]];
  const slopes = graph.tensors[operator.inputs[1]];
  const output = graph.tensors[operator.outputs[0]];
  const reason = whyNoImage(output, "output");
  if (reason != "") return Legalization.onCpu(reason);
  if (!slopes.isConstant || !isWithVector(operator, graph))
    return Legalization.onCpu("its slopes are not one constant for each channel");
  if (slopes.quantization.count != 1) return Legalization.onCpu("its slopes have several scales");
  const isGreater = mostOf(slopes) <= 1;
  if (!isGreater && leastOf(slopes) < 1)
    return Legalization.onCpu("some of its slopes are above 1, and others below");
  const sequence = new PlanSequence(context);
  const product = like(output, context);
  const multiplication = withCode(operator, Builtin.MUL, operator.inputs, product);
  sequence.add(legalizeVectorProduct(multiplication, context));
  let scaled = input.index;
  if (!sameQuantization(input, output)) {
    scaled = like(output, context);
    sequence.add(
      legalizeQuantize(withCode(operator, Builtin.QUANTIZE, [input.index], scaled), context),
    );
  }
  const code = isGreater ? Builtin.MAXIMUM : Builtin.MINIMUM;
  const extreme = withCode(operator, code, [scaled, product], output.index);
  sequence.add(legalizeExtreme(extreme, context));
  return sequence.legalization(input, output);
}

/** An extra tensor for the NPU, numbered after the model's. */
function like(output: Tensor, context: Context): i32 {
  const tensor = new Tensor(context.graph.tensors.length);
  tensor.shape = output.shape;
  tensor.dtype = output.dtype;
  tensor.quantization = output.quantization;
  context.graph.tensors.push(tensor);
  return tensor.index;
}

function withCode(operator: Operator, code: i32, inputs: i32[], output: i32): Operator {
  const other = copyOf<Operator>(operator);
  other.code = code;
  other.inputs = inputs;
  other.outputs = [output];
  other.options = copyOf<Options>(operator.options);
  other.options.activation = Activation.NONE;
  return other;
}

function slopeAt(slopes: Tensor, index: i32): f64 {
  const at = slopes.data.pointer + index;
  const value: i64 = slopes.dtype == Dtype.INT8 ? load<i8>(at) : load<u8>(at);
  const steps = (value - slopes.quantization.zeroPoint(0)) as f64;
  return steps * (slopes.quantization.scale(0) as f64);
}

function mostOf(slopes: Tensor): f64 {
  let most = slopeAt(slopes, 0);
  for (let i = 1; i < (slopes.elements as i32); i++) most = max(most, slopeAt(slopes, i));
  return most;
}

function leastOf(slopes: Tensor): f64 {
  let least = slopeAt(slopes, 0);
  for (let i = 1; i < (slopes.elements as i32); i++) least = min(least, slopeAt(slopes, i));
  return least;
}
