import { difference } from "../../host/compare/difference.ts";
import type { TypedArray } from "../../host/dtype.ts";
import type { OperatorReport } from "../../host/report.ts";
import type { OperatorSpec } from "../../host/tflite/builder.ts";
import { exactResults, isRounded } from "./exact/exact.ts";
import type { Values } from "./exact/operands.ts";
import { type Network, tensorOf } from "./network.ts";
import { leastOf, scaleOf, scalesOf, zeroPointOf } from "./quantizations.ts";

// How far results of the NPU may be off. What an operator amounts to in real numbers lies between two
// steps of its output. TFLite takes one of them, and the NPU that one or the other:
//
//     ───┼──────●────┼───────┼──▶  steps
//        ╰ either of ╯
//
// Whoever rounds to the nearest step is half a step off at most, and so on the average of squares.

/** The bounds for an operator's results, in steps. */
export interface Law {
  /** From what is exact or from TFLite's result, whichever is nearer: tables follow the latter. */
  largest: number;
  /** From what is exact: the root mean square, in which TFLite's results count nothing. */
  rms: number;
}

/** Of an operator that rounds once. */
const NEAREST: Law = { largest: 1, rms: 0.5 };

/** A mean over fewer elements, or fewer different ones, says nothing. */
const LEAST_ELEMENTS = 200;
const LEAST_DIFFERENT = 16;

/** What of results is beyond the bounds, in words; undefined where nothing is. */
export function faultOfOperator(
  network: Network,
  operator: OperatorSpec,
  output: string,
  found: TypedArray,
  truth: TypedArray,
  values: Values,
  expected: Expected,
): string | undefined {
  const result = difference(found, truth);
  if (result.largest === 0) return undefined;
  if (!isRounded(operator)) return `${JSON.stringify(result)} of bytes that are only moved`;
  const exact = exactResults(network, operator, values);
  const law = lawOf(network, operator, expected, values);
  const off = distanceFrom(exact as Float64Array, found, truth);
  const isMean = truth.length >= LEAST_ELEMENTS && new Set(exact).size >= LEAST_DIFFERENT;
  const isOften = isMean && off.rms > law.rms;
  if (off.largest <= law.largest && !isOften) return undefined;
  return `${output}: ${JSON.stringify(off)} from the exact results, at most ${JSON.stringify(law)}`;
}

/** What the compiler expects of an operator on the NPU. */
export type Expected = Pick<OperatorReport, "error" | "groups">;

export function lawOf(
  network: Network,
  operator: OperatorSpec,
  { error, groups }: Expected,
  values: Values,
): Law {
  if (error === undefined) return NEAREST;
  if (groups === undefined) return lawOfProduct(network, operator, error, values);
  return lawOfChannels(network, operator, error, values);
}

/** Products of one step of either operand that a step of a table of quarter squares is worth. */
const LARGEST_UNIT = 64;
/** Products farther from TFLite's are left to the CPU. */
const FARTHEST_PRODUCT = 2;

/**
 * Of two tensors: the difference of two quarter squares, each of which is rounded to such a unit. Tables
 * end at a difference of 255. One pair of bytes, 255 and 0, is 256 apart: its square is two units more.
 */
function lawOfProduct(
  network: Network,
  { inputs, outputs }: OperatorSpec,
  error: number,
  values: Values,
): Law {
  const [a, b, to] = [...inputs, ...outputs].map((name) => {
    return scaleOf(tensorOf(network, name as string).quantization);
  }) as [number, number, number];
  const [first, second] = inputs as [string, string];
  const holds = (name: string, byte: number) =>
    Array.from(values(name)).includes(byte + leastOf(tensorOf(network, name).dtype));
  const isBeyond =
    (holds(first, 255) && holds(second, 0)) || (holds(first, 0) && holds(second, 255));
  const units = isBeyond ? 3 : 1;
  const largest = NEAREST.largest + (units * LARGEST_UNIT * a * b) / to;
  return { largest: Math.min(largest, FARTHEST_PRODUCT), rms: NEAREST.rms + error };
}

/** How far results that are not TFLite's are from what is exact. */
function distanceFrom(exact: Float64Array, found: TypedArray, truth: TypedArray): Law {
  let [largest, squares] = [0, 0];
  for (let i = 0; i < exact.length; i++) {
    if (found[i] === truth[i]) continue;
    const off = Math.abs(Number(found[i]) - (exact[i] as number));
    squares += off * off;
    largest = Math.max(largest, Math.min(off, Math.abs(Number(found[i]) - Number(truth[i]))));
  }
  return { largest, rms: Math.sqrt(squares / Math.max(1, exact.length)) };
}

/** Deviation of inputs from 0 that the compiler assumes where it has no statistics: the least of all. */
const ASSUMED_DEVIATION = 17;
/**
 * The bias makes up for what rounding does to a mean that the compiler assumes, up to the middle of a byte. Where
 * inputs are all 0, just that is the error.
 */
const LARGEST_MEAN = 128;
/** What is expected of a layer is right within such a factor. */
const MOST_ERRORS = 2;
/** Of a normal distribution, nothing is farther out than so many deviations. */
const FARTHEST_DEVIATIONS = 6;

/**
 * Of weights that are quantized per channel. On the whole they are off as the compiler says, for inputs that
 * deviate from 0 as it assumes. Each weight is off by half a unit of the coarsest scale at most, and by a
 * deviation of 1/√12 of it; a bias is off by half a unit of the sums.
 */
function lawOfChannels(
  network: Network,
  operator: OperatorSpec,
  error: number,
  values: Values,
): Law {
  const [input, filter] = inputAndWeights(operator);
  const { shape } = tensorOf(network, filter);
  const zeroPoint = zeroPointOf(tensorOf(network, input).quantization);
  const steps = Float64Array.from(values(input), (value) => Math.abs(value - zeroPoint));
  const squares = steps.reduce((sum, step) => sum + step * step, 0);
  const deviation = Math.sqrt(squares / steps.length);
  const isDepthwise = operator.operator === "DEPTHWISE_CONV_2D";
  const terms = shape.slice(1, isDepthwise ? 3 : undefined).reduce((product, n) => product * n, 1);
  const unit =
    (Math.max(...scalesOf(tensorOf(network, filter).quantization)) *
      scaleOf(tensorOf(network, input).quantization)) /
    scaleOf(tensorOf(network, operator.outputs[0] as string).quantization);
  const most = steps.reduce((most, step) => Math.max(most, step), LARGEST_MEAN);
  return {
    largest: 1 + unit * (1 / 2 + FARTHEST_DEVIATIONS * most * Math.sqrt(terms / 12)),
    rms: 0.5 + MOST_ERRORS * error * Math.max(1, deviation / ASSUMED_DEVIATION),
  };
}

function inputAndWeights({ operator, inputs }: OperatorSpec): [string, string] {
  const [first, filter, third] = inputs as [string, string, string];
  return [operator === "TRANSPOSE_CONV" ? third : first, filter];
}
