import type { OperatorSpec, TensorSpec } from "../../../host/tflite/builder.ts";
import { type Network, tensorOf } from "../network.ts";
import { isBytes, leastOf, scaleOf, zeroPointOf } from "../quantizations.ts";
import { concatenation, hardSwish, logistic, ofElements, ofPairs } from "./elements.ts";
import type { Exact, Values } from "./operands.ts";
import { fullyConnected, mean, sum } from "./sums.ts";
import { averagePool, bilinear, convolution, transposedConvolution } from "./windows.ts";

// What operators amount to in real numbers, in steps of their output, before any rounding. TFLite
// rounds some of them twice and the NPU once: both may be right, one step apart.

/** Operators whose results are rounded. All others move bytes, or choose among them. */
const ROUNDED: Record<string, Exact> = {
  ABS: ofElements(Math.abs),
  ADD: ofPairs((a, b) => a + b),
  AVERAGE_POOL_2D: averagePool,
  CONCATENATION: concatenation,
  CONV_2D: convolution(false),
  DEPTHWISE_CONV_2D: convolution(true),
  FULLY_CONNECTED: fullyConnected,
  HARD_SWISH: ofElements(hardSwish),
  LEAKY_RELU: ofElements((x, { alpha }) => (x < 0 ? Number(alpha) * x : x)),
  LOGISTIC: ofElements(logistic),
  MEAN: mean,
  MUL: ofPairs((a, b) => a * b),
  PRELU: ofPairs((x, slope) => (x < 0 ? slope * x : x)),
  QUANTIZE: ofElements((x) => x),
  RELU: ofElements((x) => Math.max(x, 0)),
  RELU6: ofElements((x) => Math.min(Math.max(x, 0), 6)),
  RESIZE_BILINEAR: bilinear,
  SUB: ofPairs((a, b) => a - b),
  SUM: sum,
  TANH: ofElements(Math.tanh),
  TRANSPOSE_CONV: transposedConvolution,
};

/** Whether an operator rounds to steps of its output, rather than move bytes of what it reads. */
export function isRounded({ operator }: OperatorSpec): boolean {
  return Object.hasOwn(ROUNDED, operator);
}

/** By the number of a fused activation: real values that it lets through. */
const LIMITS: Record<number, [low: number, high: number]> = {
  1: [0, Infinity],
  2: [-1, 1],
  3: [0, 6],
};

/** An operator's results in steps of its output, unrounded, within its range; undefined where unknown. */
export function exactResults(
  network: Network,
  operator: OperatorSpec,
  values: Values,
): Float64Array | undefined {
  const exact = ROUNDED[operator.operator];
  const output = tensorOf(network, operator.outputs[0] as string);
  if (!exact || !isBytes(output.dtype)) return undefined;
  const [low, high] = rangeOf(output, Number(operator.options?.fused_activation_function ?? 0));
  const [scale, zeroPoint] = [scaleOf(output.quantization), zeroPointOf(output.quantization)];
  const steps = (real: number) => real / scale + zeroPoint;
  return exact(network, operator, values).map((real) => Math.min(Math.max(steps(real), low), high));
}

function rangeOf({ dtype, quantization }: TensorSpec, activation: number): [number, number] {
  const least = leastOf(dtype);
  const [from, to] = LIMITS[activation] ?? [-Infinity, Infinity];
  const step = (real: number) =>
    zeroPointOf(quantization) + Math.round(real / scaleOf(quantization));
  return [Math.max(least, step(from)), Math.min(least + 255, step(to))];
}
