import { Builtin, Dtype } from "../../tflite/schema";
import { Constant } from "../graph/constant";
import { Node, Quantization, Value } from "../graph/graph";
import { innerOf } from "../graph/reals";
import { inBytes, inReals } from "./constants";

// Layers with weights: their biases are whole numbers of 32 bits, in steps of the input's scale times
// that of the weights.

export function isLayer(code: i32): bool {
  return (
    code == Builtin.CONV_2D ||
    code == Builtin.DEPTHWISE_CONV_2D ||
    code == Builtin.FULLY_CONNECTED ||
    code == Builtin.TRANSPOSE_CONV
  );
}

/** Where such an operator has what it weighs. */
export function dataInput(code: i32): i32 {
  return code == Builtin.TRANSPOSE_CONV ? 2 : 0;
}

function biasInput(code: i32): i32 {
  return code == Builtin.TRANSPOSE_CONV ? 3 : 2;
}

const GREATEST_BIAS: f64 = 2147483647;
/** Room that a bias leaves for the products that are added to it. */
const WIDE_BIAS: f64 = 1073741824;

/** Weights of 8 bits and biases of 32 for a layer whose input is quantized. */
export function quantizeLayer(node: Node, dtype: Dtype): void {
  const weights = inBytes(node.inputs[1] as Value, dtype);
  node.inputs[1] = weights;
  const at = biasInput(node.code);
  const bias = node.input(at);
  if (bias == null) return;
  const input = (node.inputs[dataInput(node.code)] as Value).quantization as Quantization;
  const isWhole = !(bias.constant as Constant).isReal;
  if (isWhole && bias.quantization == null) {
    node.inputs[at] = withScale(
      bias,
      bias.constant as Constant,
      input,
      weights.quantization as Quantization,
    );
    return;
  }
  const real = inReals(bias).constant as Constant;
  widen(node, weights, real, input);
  const scaled = (node.inputs[1] as Value).quantization as Quantization;
  const whole = Constant.make(Dtype.INT32, real.shape);
  for (let i = 0; i < real.count; i++) {
    const step = (input.scales[0] as f64) * (scaled.scaleAt(i) as f64);
    const steps = Math.round(real.get(i) / step);
    whole.set(i, Math.min(Math.max(steps, -GREATEST_BIAS), GREATEST_BIAS));
  }
  node.inputs[at] = withScale(bias, whole, input, scaled);
}

function withScale(
  bias: Value,
  whole: Constant,
  input: Quantization,
  weights: Quantization,
): Value {
  const scales: f32[] = [];
  const zeroPoints: i32[] = [];
  for (let i = 0; i < weights.scales.length; i++) {
    scales.push(input.scales[0] * weights.scales[i]);
    zeroPoints.push(0);
  }
  const result = Value.known(bias.name, whole);
  result.quantization = new Quantization(Dtype.INT32, scales, zeroPoints, 0);
  return result;
}

/**
 * Channels that are as good as dead have scales down to 1e-14, in which a bias needs more than 32
 * bits: their weights get a wider scale, in which they are smaller, or nothing.
 */
function widen(node: Node, weights: Value, bias: Constant, input: Quantization): void {
  const own = weights.quantization as Quantization;
  if (own.scales.length != bias.count) return;
  const scales = own.scales.slice(0);
  let isWider = false;
  for (let i = 0; i < scales.length; i++) {
    const step = (input.scales[0] as f64) * (scales[i] as f64);
    if (Math.abs(bias.get(i)) <= WIDE_BIAS * step) continue;
    scales[i] = (Math.abs(bias.get(i)) / (WIDE_BIAS * (input.scales[0] as f64))) as f32;
    isWider = true;
  }
  if (!isWider) return;
  const constant = weights.constant as Constant;
  const result = Constant.make(constant.dtype, constant.shape);
  const inner = innerOf(constant, own.axis);
  for (let i = 0; i < constant.count; i++) {
    const channel = (i / inner) % scales.length;
    const zero = own.zeroPointAt(channel) as f64;
    const ratio = (own.scaleAt(channel) as f64) / (scales[channel] as f64);
    result.set(i, Math.round((constant.get(i) - zero) * ratio) + zero);
  }
  const wider = Value.known(weights.name, result);
  wider.quantization = new Quantization(own.dtype, scales, own.zeroPoints, own.axis);
  node.inputs[1] = wider;
}

/** Real weights and biases for a layer that computes with real numbers. */
export function realLayer(node: Node): void {
  const weights = node.inputs[1] as Value;
  const at = biasInput(node.code);
  const bias = node.input(at);
  const input = (node.inputs[dataInput(node.code)] as Value).quantization;
  node.inputs[1] = inReals(weights);
  if (bias == null) return;
  const isImplied = !(bias.constant as Constant).isReal && bias.quantization == null;
  const own = weights.quantization;
  node.inputs[at] =
    isImplied && input != null && own != null
      ? inReals(withScale(bias, bias.constant as Constant, input, own))
      : inReals(bias);
}
