import { isCovered } from "../../../tflite/covers";
import { Builtin, Dtype, Padding } from "../../../tflite/schema";
import { Graph, Operator, Options, Quantization, Span, Tensor } from "../../graph";
import { copyOf } from "../../plan/copy";
import { Legalization } from "../../plan/legalization";
import { sameShape } from "../../plan/tensors";
import { Context } from "../context";
import { legalizeConvolution } from "../conv/convolution";
import { operationOf } from "../cpu-coverage";
import { legalizeComputedProduct } from "./product";

// MUL, ADD and SUB with a constant for each channel are depthwise convolutions of one tap: the constants
// are weights, or biases. As such they are legalized, and follow permutations of their channels.

/** MUL of two tensors, or by constants. One of a single element is a table's (trees.ts). */
export function legalizeProduct(operator: Operator, context: Context): Legalization {
  if (!isWithVector(operator, context.graph)) return legalizeComputedProduct(operator, context);
  const depthwise = legalizeVectorProduct(operator, context);
  return depthwise.isOnNpu ? depthwise : legalizeComputedProduct(operator, context);
}

/** MUL with a constant for each channel, rounded once. */
export function legalizeVectorProduct(operator: Operator, context: Context): Legalization {
  const constant = vectorOf(operator, context.graph) as Tensor;
  return legalizeDepthwise(operator, weightsOf(constant, context.graph), -1, context);
}

/** Whether an operator of two tensors is with a constant for each channel. */
export function isWithVector(operator: Operator, graph: Graph): bool {
  return vectorOf(operator, graph) != null;
}

/** ADD and SUB with such constants: weights of 1 or −1, in steps of a 127th of the input's. */
export function legalizeVectorSum(operator: Operator, context: Context): Legalization {
  const graph = context.graph;
  const constant = vectorOf(operator, graph) as Tensor;
  const input = graph.tensors[computedInput(operator, graph)];
  if (input.quantization.count != 1 || constant.quantization.count != 1)
    return Legalization.onCpu("its tensors are not of 8 bits and one quantization");
  const isNegative = operator.code == Builtin.SUB && constant.index == operator.inputs[0];
  const sign = operator.code == Builtin.SUB && !isNegative ? -1 : 1;
  const unit = (constant.quantization.scale(0) as f64) / (input.quantization.scale(0) as f64);
  if (!(unit * ((WEIGHT * MOST_STEPS) as f64) < (MOST_BIAS as f64)))
    return Legalization.onCpu("its constants are too large for biases");
  const output = graph.tensors[operator.outputs[0]].quantization;
  const steps = (input.quantization.scale(0) as f64) / (output.scale(0) as f64);
  if (!(steps <= MOST_STEEPNESS))
    return Legalization.onCpu("its input's steps are too coarse for constants as biases");
  const weights = add(graph, ones(input, isNegative));
  const bias = add(graph, biasesOf(constant, unit * ((sign * WEIGHT) as f64)));
  return legalizeDepthwise(operator, weights, bias, context);
}

const WEIGHT = 127;
const MOST_STEPS = 255;
const MOST_BIAS = 1 << 30;
/** Output steps for a step of the input: a bias is then right to a quarter of an output step. */
const MOST_STEEPNESS: f64 = WEIGHT / 2.0;

/** The constant input, of one byte for each channel and of more than one; null if there is none. */
function vectorOf(operator: Operator, graph: Graph): Tensor | null {
  if (operator.inputs.length != 2 || operator.outputs.length != 1) return null;
  if (operator.inputs[0] < 0 || operator.inputs[1] < 0) return null;
  const first = graph.tensors[operator.inputs[0]];
  const second = graph.tensors[operator.inputs[1]];
  if (first.isConstant == second.isConstant) return null;
  const constant = first.isConstant ? first : second;
  const image = first.isConstant ? second : first;
  const channels = image.fromLast(1);
  if (!sameShape(image, graph.tensors[operator.outputs[0]]) || channels < 2) return null;
  const isVector = constant.elements == (channels as u32) && constant.fromLast(1) == channels;
  return isVector && constant.dtype == image.dtype ? constant : null;
}

function computedInput(operator: Operator, graph: Graph): i32 {
  return operator.inputs[graph.tensors[operator.inputs[0]].isConstant ? 1 : 0];
}

function legalizeDepthwise(
  operator: Operator,
  weights: i32,
  bias: i32,
  context: Context,
): Legalization {
  const operation = operationOf(operator, context.graph);
  if (!isCovered(operation)) return Legalization.onCpu("TFLite has no such operator");
  const depthwise = copyOf<Operator>(operator);
  depthwise.code = Builtin.DEPTHWISE_CONV_2D;
  depthwise.inputs = [computedInput(operator, context.graph), weights, bias];
  depthwise.options = copyOf<Options>(operator.options);
  depthwise.options.padding = Padding.SAME;
  return legalizeConvolution(depthwise, context);
}

/** The constant as a depthwise layer's kernels. */
function weightsOf(constant: Tensor, graph: Graph): i32 {
  const weights = copyOf<Tensor>(constant);
  weights.shape = [1, 1, 1, constant.fromLast(1)];
  return add(graph, weights);
}

/** Extra tensors for the NPU are numbered after the model's. */
function add(graph: Graph, tensor: Tensor): i32 {
  tensor.index = graph.tensors.length;
  graph.tensors.push(tensor);
  return tensor.index;
}

/** Weights that stand for 1, or −1. */
function ones(input: Tensor, areNegative: bool): Tensor {
  const channels = input.fromLast(1);
  const zero = input.dtype == Dtype.INT8 ? 0 : 128;
  const bytes = new StaticArray<u8>(channels);
  bytes.fill((zero + (areNegative ? -WEIGHT : WEIGHT)) as u8);
  const weights = new Tensor(0);
  weights.shape = [1, 1, 1, channels];
  weights.dtype = input.dtype;
  weights.data = new Span(changetype<usize>(bytes), channels);
  weights.quantization = quantization(1.0 / (WEIGHT as f32), zero);
  return weights;
}

/** Of tensors that only the NPU has. */
export function quantization(scale: f32, zeroPoint: i64): Quantization {
  const scales: StaticArray<f32> = [scale];
  const zeroPoints: StaticArray<i64> = [zeroPoint];
  const quantization = new Quantization();
  quantization.count = 1;
  quantization.scales = new Span(changetype<usize>(scales), 4);
  quantization.zeroPoints = new Span(changetype<usize>(zeroPoints), 8);
  return quantization;
}

/** The constants in steps of the sums, `unit` of them for one of its own. */
function biasesOf(constant: Tensor, unit: f64): Tensor {
  const channels = constant.fromLast(1);
  const biases = new StaticArray<i32>(channels);
  const zero = constant.quantization.zeroPoint(0);
  for (let i = 0; i < channels; i++) {
    const at = constant.data.pointer + i;
    const value: i64 = constant.dtype == Dtype.INT8 ? load<i8>(at) : load<u8>(at);
    biases[i] = Math.round(((value - zero) as f64) * unit) as i32;
  }
  const bias = new Tensor(0);
  bias.shape = [channels];
  bias.dtype = Dtype.INT32;
  bias.data = new Span(changetype<usize>(biases), channels << 2);
  return bias;
}
