import { elementsOf } from "../../../host/dtype.ts";
import type { TensorSpec } from "../../../host/tflite/builder.ts";
import type { Random } from "../../support/random.ts";
import type { Maker } from "../maker.ts";
import { drawScale, drawZeroPoint, leastOf, scaleOf } from "../quantizations.ts";
import {
  ACTIVATIONS,
  type Draw,
  dtypeOf,
  extentOut,
  isImage,
  outputFor,
  SAME,
  VALID,
} from "./parts.ts";

// Operators with weights.

/** What nearly all layers have, and what few do. */
function drawWindow(random: Random, shape: readonly number[]) {
  const [, height = 1, width = 1] = shape;
  const stride = random.pick([1, 1, 1, 2, 2, 3, random.integer(1, 5)]);
  const strideW = random.oneIn(10) ? random.integer(1, 4) : stride;
  const dilation = stride > 1 || strideW > 1 ? 1 : random.pick([1, 1, 1, 1, 2, 3]);
  const padding = random.pick([SAME, SAME, VALID]);
  const most = (extent: number) => {
    const reach = padding === SAME ? extent + 2 : extent;
    return Math.max(1, Math.min(7, Math.floor((reach - 1) / dilation) + 1));
  };
  const side = random.pick([1, 1, 2, 3, 3, 3, 5, random.integer(1, 7)]);
  const rows = Math.min(side, most(height));
  const columns = Math.min(random.oneIn(5) ? random.integer(1, 7) : side, most(width));
  const reach = (taps: number) => (taps - 1) * dilation + 1;
  const out = [
    extentOut(height, reach(rows), stride, padding),
    extentOut(width, reach(columns), strideW, padding),
  ];
  const options = { padding, stride_h: stride, stride_w: strideW };
  return { rows, columns, dilation, out, options };
}

/** Weights and, mostly, a bias; int8 weights may have a scale for each output channel. */
function drawWeights(
  maker: Maker,
  input: TensorSpec,
  shape: number[],
  axis: number,
): { tensors: (TensorSpec | undefined)[]; spread: number } {
  const { random } = maker;
  const dtype = dtypeOf(input);
  const units = shape[axis] as number;
  const terms = axis === 3 ? elementsOf(shape) / units : elementsOf(shape.slice(1));
  const isPerUnit = dtype === "int8" && random.oneIn(2);
  const base = drawScale(random, 0.001, 0.02);
  const range = random.pick([1.2, 4, 4, 30, 1e4]);
  const scale = Array.from({ length: isPerUnit ? units : 1 }, () =>
    Math.fround(base * drawScale(random, 1 / range, 1)),
  );
  const zero = dtype === "int8" ? 0 : drawZeroPoint(random, dtype);
  const zeroPoint = scale.map(() => zero);
  const isWild = random.oneIn(4);
  const least = leastOf(dtype);
  const weight = () => {
    if (isWild) return random.integer(least, least + 255);
    const bell = zero + random.integer(-25, 25) + random.integer(-25, 25);
    return Math.min(Math.max(bell, least), least + 255);
  };
  // int8 weights are symmetric: -128 is none of them.
  const data = Int16Array.from({ length: elementsOf(shape) }, weight).map((value) =>
    dtype === "int8" ? Math.max(value, -127) : value,
  );
  const weights = maker.constant({
    shape,
    dtype,
    quantization: { scale, zeroPoint, axis },
    data: Uint8Array.from(data),
  });
  const inputScale = scaleOf(input.quantization);
  const hasWildBias = random.oneIn(20);
  const spread = hasWildBias ? 2 ** 30 : (isWild ? 74 : 20) * 50 * Math.sqrt(terms);
  const biasScale = scale.map((one) => Math.fround(one * inputScale));
  const most = Math.round(spread);
  const bias = maker.constant({
    shape: [units],
    dtype: "int32",
    quantization: { scale: biasScale, zeroPoint: scale.map(() => 0), axis: 0 },
    data: Int32Array.from({ length: units }, () => random.integer(-most, most)),
  });
  const isWithout = random.oneIn(12);
  return {
    tensors: isWithout ? [weights, undefined] : [weights, bias],
    spread: spread * base * inputScale,
  };
}

export function convolution(isDepthwise: boolean): Draw {
  return (maker) => {
    const { random } = maker;
    const input = maker.pick(isImage);
    if (!input) return false;
    const channels = input.shape[3] as number;
    const { rows, columns, dilation, out, options } = drawWindow(random, input.shape);
    const multiplier = channels > 64 ? 1 : random.pick([1, 1, 1, 2, 3]);
    const few = random.pick([1, 2, 3, 8, 16, random.integer(1, 33), random.integer(1, 300)]);
    const divisors = [2, 3, 4, 8].filter((one) => channels % one === 0);
    const isGrouped = !isDepthwise && divisors.length > 0 && random.oneIn(10);
    const groups = isGrouped ? random.pick(divisors) : 1;
    const units = isDepthwise ? channels * multiplier : few * groups;
    const depth = channels / groups;
    const shape = isDepthwise ? [1, rows, columns, units] : [units, rows, columns, depth];
    const outputShape = [input.shape[0] as number, ...out, units];
    if (
      !maker.affords(
        outputShape,
        elementsOf(outputShape) * rows * columns * (isDepthwise ? 1 : depth),
      )
    )
      return false;
    if (!maker.affords(shape)) return false;
    const activation = random.pick(ACTIVATIONS);
    const { tensors, spread } = drawWeights(maker, input, shape, isDepthwise ? 3 : 0);
    const dtype = dtypeOf(input);
    const output = maker.activation(
      outputShape,
      dtype,
      outputFor(maker, dtype, spread, activation),
    );
    maker.operate(isDepthwise ? "DEPTHWISE_CONV_2D" : "CONV_2D", [input, ...tensors], [output], {
      ...options,
      dilation_h_factor: dilation,
      dilation_w_factor: dilation,
      fused_activation_function: activation,
      ...(isDepthwise ? { depth_multiplier: multiplier } : {}),
    });
    return true;
  };
}

export const fullyConnected: Draw = (maker) => {
  const { random } = maker;
  const input = maker.pick(({ shape }) => {
    return shape.length > 0 && elementsOf(shape) > 0 && elementsOf(shape) <= 70_000;
  });
  if (!input) return false;
  const keeps = random.oneIn(4);
  const depth = keeps ? (input.shape.at(-1) as number) : elementsOf(input.shape) / batchOf(input);
  const units = random.pick([1, 2, 8, 10, random.integer(1, 40)]);
  const rows = elementsOf(input.shape) / depth;
  const outputShape = keeps ? [...input.shape.slice(0, -1), units] : [rows, units];
  if (!maker.affords(outputShape, rows * units * depth) || !maker.affords([units, depth]))
    return false;
  const activation = random.pick(ACTIVATIONS);
  const { tensors, spread } = drawWeights(maker, input, [units, depth], 0);
  const dtype = dtypeOf(input);
  const output = maker.activation(outputShape, dtype, outputFor(maker, dtype, spread, activation));
  maker.operate("FULLY_CONNECTED", [input, ...tensors], [output], {
    fused_activation_function: activation,
    keep_num_dims: keeps,
  });
  return true;
};

const batchOf = ({ shape }: TensorSpec) => (shape.length === 2 ? (shape[0] as number) : 1);

/** An image from one of fewer pixels: the output's sizes are those that strides and kernels give. */
export const transposeConvolution: Draw = (maker) => {
  const { random } = maker;
  const input = maker.pick(isImage);
  if (!input) return false;
  const [batches = 1, height = 1, width = 1, channels = 1] = input.shape;
  const [stride, kernel] = [random.integer(1, 3), random.integer(1, 4)];
  const padding = random.pick([SAME, VALID]);
  const out = (extent: number) =>
    padding === SAME ? extent * stride : (extent - 1) * stride + kernel;
  const units = random.pick([1, 2, 3, random.integer(1, 16)]);
  const shape = [batches, out(height), out(width), units];
  const weightShape = [units, kernel, kernel, channels];
  if (!maker.affords(shape, elementsOf(input.shape) * kernel * kernel * units)) return false;
  if (!maker.affords(weightShape)) return false;
  const { tensors, spread } = drawWeights(maker, input, weightShape, 0);
  const [weights, bias] = tensors;
  const dtype = dtypeOf(input);
  const output = maker.activation(shape, dtype, outputFor(maker, dtype, spread, 0));
  const operands = [maker.list(shape), weights, input, ...(bias ? [bias] : [])];
  const options = { padding, stride_h: stride, stride_w: stride };
  maker.operate("TRANSPOSE_CONV", operands, [output], options);
  return true;
};
