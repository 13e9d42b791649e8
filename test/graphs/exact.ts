import { elementsOf, type TypedArray } from "../../host/dtype.ts";
import type { OperatorSpec, TensorSpec } from "../../host/tflite/builder.ts";
import { type Network, tensorOf } from "./network.ts";
import { leastOf, scaleOf, zeroPointOf } from "./quantizations.ts";

// What operators amount to in real numbers, in steps of their output, before any rounding. TFLite
// rounds some of them twice and the NPU once: both may be right, one step apart.

type Values = (name: string) => ArrayLike<number>;
type Exact = (network: Network, operator: OperatorSpec, values: Values) => Float64Array;

/** Real numbers of an operand. */
function realsOf(network: Network, name: string, values: Values): Float64Array {
  const { quantization } = tensorOf(network, name);
  const [scale, zeroPoint] = [scaleOf(quantization), zeroPointOf(quantization)];
  return Float64Array.from(values(name), (value) => scale * (value - zeroPoint));
}

function ofElements(at: (x: number) => number): Exact {
  return (network, { inputs }, values) => realsOf(network, inputs[0] as string, values).map(at);
}

/** Means over the windows of an image; padding is no part of them. */
const averagePool: Exact = (network, { inputs, outputs, options = {} }, values) => {
  const reals = realsOf(network, inputs[0] as string, values);
  const [, height = 1, width = 1, channels = 1] = tensorOf(network, inputs[0] as string).shape;
  const { shape } = tensorOf(network, outputs[0] as string);
  const [batches = 1, rows = 1, columns = 1] = shape;
  const span = (at: number, extent: number, out: number, filter: number, stride: number) => {
    const padding = Math.max(0, (out - 1) * stride + filter - extent);
    const from = at * stride - (options.padding === 0 ? Math.floor(padding / 2) : 0);
    return [Math.max(0, from), Math.min(extent, from + filter)] as const;
  };
  const [filterH, filterW] = [Number(options.filter_height), Number(options.filter_width)];
  const [strideH, strideW] = [Number(options.stride_h), Number(options.stride_w)];
  const results = new Float64Array(elementsOf(shape));
  let to = 0;
  for (let b = 0; b < batches; b++)
    for (let y = 0; y < rows; y++)
      for (let x = 0; x < columns; x++) {
        const [top, bottom] = span(y, height, rows, filterH, strideH);
        const [left, right] = span(x, width, columns, filterW, strideW);
        for (let channel = 0; channel < channels; channel++) {
          let sum = 0;
          for (let i = top; i < bottom; i++)
            for (let j = left; j < right; j++)
              sum += reals[((b * height + i) * width + j) * channels + channel] as number;
          results[to++] = sum / ((bottom - top) * (right - left));
        }
      }
  return results;
};

/** Rows of each part after the other, as many as lie before the axis. */
const concatenation: Exact = (network, { inputs, outputs, options = {} }, values) => {
  const { shape } = tensorOf(network, outputs[0] as string);
  const axis = (Number(options.axis) + shape.length) % shape.length;
  const rows = elementsOf(shape.slice(0, axis));
  const parts = inputs.map((name) => realsOf(network, name as string, values));
  const results = new Float64Array(elementsOf(shape));
  let to = 0;
  for (let row = 0; row < rows; row++)
    for (const part of parts) {
      const length = part.length / rows;
      results.set(part.subarray(row * length, (row + 1) * length), to);
      to += length;
    }
  return results;
};

const EXACT: Record<string, Exact> = {
  ABS: ofElements(Math.abs),
  AVERAGE_POOL_2D: averagePool,
  CONCATENATION: concatenation,
  QUANTIZE: ofElements((x) => x),
  RELU: ofElements((x) => Math.max(x, 0)),
  RELU6: ofElements((x) => Math.min(Math.max(x, 0), 6)),
};

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
  const exact = EXACT[operator.operator];
  const output = tensorOf(network, operator.outputs[0] as string);
  if (!exact || (output.dtype !== "uint8" && output.dtype !== "int8")) return undefined;
  const [low, high] = rangeOf(output, Number(operator.options?.fused_activation_function ?? 0));
  const [scale, zeroPoint] = [scaleOf(output.quantization), zeroPointOf(output.quantization)];
  const steps = (real: number) => real / scale + zeroPoint;
  return exact(network, operator, values).map((real) => Math.min(Math.max(steps(real), low), high));
}

function rangeOf({ dtype, quantization }: TensorSpec, activation: number): [number, number] {
  const [least, greatest] = [leastOf(dtype), leastOf(dtype) + 255];
  const [from, to] = LIMITS[activation] ?? [-Infinity, Infinity];
  const step = (real: number) =>
    zeroPointOf(quantization) + Math.round(real / scaleOf(quantization));
  return [Math.max(least, step(from)), Math.min(greatest, step(to))];
}

/** What half floats of tables leave of 255 steps; factors of 16 bits leave far less. */
const TOLERANCE = 1 / 8;

/** The share of results that are neither TFLite's nor the nearest to what is exact. */
export function shareAstray(found: TypedArray, truth: TypedArray, exact: Float64Array): number {
  let count = 0;
  exact.forEach((value, i) => {
    if (found[i] === truth[i]) return;
    if (Math.abs(Number(found[i]) - value) > 0.5 + TOLERANCE) count++;
  });
  return count / Math.max(1, exact.length);
}
