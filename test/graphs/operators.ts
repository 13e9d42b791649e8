import { elementsOf } from "../../host/dtype.ts";
import type { Quantization, TensorSpec } from "../../host/tflite/builder.ts";
import type { Random } from "../support/random.ts";
import type { Maker } from "./maker.ts";
import {
  type ByteType,
  drawQuantization,
  drawScale,
  drawZeroPoint,
  leastOf,
  scaleOf,
} from "./quantizations.ts";

/** Adds an operator to a network; false where no tensor is fit for it, or it would cost too much. */
type Draw = (maker: Maker) => boolean;

const ACTIVATIONS = [0, 0, 0, 1, 3, 3, 2];
const [SAME, VALID] = [0, 1];

const isImage = ({ shape }: TensorSpec) => shape.length === 4;
const dtypeOf = ({ dtype }: TensorSpec) => dtype as ByteType;
const quantizationOf = ({ quantization }: TensorSpec) => quantization as Quantization;

function extentOut(extent: number, reach: number, stride: number, padding: number): number {
  return Math.ceil((padding === SAME ? extent : extent - reach + 1) / stride);
}

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

/** Scales that some activation cuts, or none. */
function outputFor(
  maker: Maker,
  dtype: ByteType,
  spread: number,
  activation: number,
): Quantization {
  const { random } = maker;
  if (activation === 3 && random.oneIn(2)) {
    // From 6 in the middle of the range to 6 beyond it, and what lies below 0 by some.
    return { scale: drawScale(random, 0.01, 0.1), zeroPoint: drawZeroPoint(random, dtype) };
  }
  return drawQuantization(random, dtype, spread);
}

function convolution(isDepthwise: boolean): Draw {
  return (maker) => {
    const { random } = maker;
    const input = maker.pick(isImage);
    if (!input) return false;
    const channels = input.shape[3] as number;
    const { rows, columns, dilation, out, options } = drawWindow(random, input.shape);
    const multiplier = channels > 64 ? 1 : random.pick([1, 1, 1, 2, 3]);
    const few = random.pick([1, 2, 3, 8, 16, random.integer(1, 33), random.integer(1, 300)]);
    const units = isDepthwise ? channels * multiplier : few;
    const shape = isDepthwise ? [1, rows, columns, units] : [units, rows, columns, channels];
    const outputShape = [input.shape[0] as number, ...out, units];
    if (
      !maker.affords(
        outputShape,
        elementsOf(outputShape) * rows * columns * (isDepthwise ? 1 : channels),
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

const fullyConnected: Draw = (maker) => {
  const { random } = maker;
  const input = maker.pick(({ shape }) => elementsOf(shape) <= 70_000);
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

function pairwise(operator: string): Draw {
  return (maker) => {
    const { random } = maker;
    const a = maker.pick();
    if (!a) return false;
    const dtype = dtypeOf(a);
    const isAlike = ({ shape, dtype: other }: TensorSpec) =>
      `${shape}` === `${a.shape}` && other === dtype;
    const channels = a.shape.at(-1) as number;
    const b = random.oneIn(4)
      ? broadcastConstant(maker, dtype, random.pick([a.shape, [channels], [1], []]))
      : random.pick(maker.live.filter(isAlike));
    const activation = random.pick(ACTIVATIONS);
    const [sa, sb] = [scaleOf(a.quantization), scaleOf(b.quantization)];
    const spread = operator === "MUL" ? 2500 * sa * sb : 60 * Math.max(sa, sb);
    const output = maker.activation(a.shape, dtype, outputFor(maker, dtype, spread, activation));
    const pair = random.oneIn(2) ? [a, b] : [b, a];
    maker.operate(operator, pair, [output], { fused_activation_function: activation });
    return true;
  };
}

function broadcastConstant(maker: Maker, dtype: ByteType, shape: number[]): TensorSpec {
  const data = maker.random.bytes(elementsOf(shape));
  return maker.constant({
    shape,
    dtype,
    quantization: drawQuantization(maker.random, dtype),
    data,
  });
}

/** Models with a larger one are refused. */
const LARGEST_FILTER = 65_535;

function pool(operator: string): Draw {
  return (maker) => {
    const { random } = maker;
    const input = maker.pick(isImage);
    if (!input) return false;
    const [, height = 1, width = 1, channels = 1] = input.shape;
    const isGlobal = Math.max(height, width) <= LARGEST_FILTER && random.oneIn(4);
    const padding = isGlobal ? VALID : random.pick([SAME, VALID]);
    const rows = isGlobal ? height : Math.min(height, random.integer(1, 5));
    const columns = isGlobal
      ? width
      : Math.min(width, random.oneIn(4) ? random.integer(1, 6) : rows);
    const stride = random.pick([1, 2, 2, 3]);
    const out = [
      extentOut(height, rows, stride, padding),
      extentOut(width, columns, stride, padding),
    ];
    const shape = [input.shape[0] as number, ...out, channels];
    if (!maker.affords(shape, elementsOf(shape) * rows * columns)) return false;
    const output = maker.activation(shape, input.dtype, quantizationOf(input));
    maker.operate(operator, [input], [output], {
      padding,
      stride_h: stride,
      stride_w: stride,
      filter_height: rows,
      filter_width: columns,
      fused_activation_function: random.pick([0, 0, 0, ...ACTIVATIONS]),
    });
    return true;
  };
}

const mean: Draw = (maker) => {
  const { random } = maker;
  const input = maker.pick(({ shape }) => shape.length >= 2);
  if (!input) return false;
  const rank = input.shape.length;
  const choices =
    rank === 4
      ? [[1, 2], [1, 2], [2, 1], [3], [1], [2], [-1], [1, 2, 3], [0, 1, 2, 3]]
      : [[rank - 1], [1]];
  const axes = random.pick(choices);
  const keeps = random.oneIn(2);
  const isReduced = (i: number) => axes.some((axis) => (axis + rank) % rank === i);
  const shape = keeps
    ? input.shape.map((extent, i) => (isReduced(i) ? 1 : extent))
    : input.shape.filter((_, i) => !isReduced(i));
  const dtype = dtypeOf(input);
  const quantization = random.oneIn(3)
    ? quantizationOf(input)
    : drawQuantization(random, dtype, 30 * scaleOf(input.quantization));
  const output = maker.activation(shape, dtype, quantization);
  maker.operate("MEAN", [input, maker.list(axes)], [output], { keep_dims: keeps });
  return true;
};

/** A function of one element; where it fixes the output's quantization, that. */
function unary(
  operator: string,
  fixed?: (dtype: ByteType) => Quantization,
  options?: (random: Random) => Record<string, number>,
): Draw {
  return (maker) => {
    const { random } = maker;
    const input = maker.pick();
    if (!input) return false;
    const dtype = dtypeOf(input);
    const spread = 50 * scaleOf(input.quantization);
    const output = maker.activation(
      input.shape,
      dtype,
      fixed?.(dtype) ?? outputFor(maker, dtype, spread, operator === "RELU6" ? 3 : 0),
    );
    maker.operate(operator, [input], [output], options?.(random));
    return true;
  };
}

const unitRange = (dtype: ByteType) => ({ scale: 1 / 256, zeroPoint: leastOf(dtype) });

const quantize: Draw = (maker) => {
  const { random } = maker;
  const input = maker.pick();
  if (!input) return false;
  const dtype: ByteType = random.pick(["uint8", "int8"]);
  const { scale, zeroPoint } = quantizationOf(input);
  // The same values in the other type, as converters write it; or anything else.
  const shift = leastOf(dtype) - leastOf(input.dtype);
  const quantization = random.oneIn(2)
    ? { scale, zeroPoint: Number(zeroPoint) + shift }
    : drawQuantization(random, dtype, 50 * scaleOf(input.quantization));
  maker.operate("QUANTIZE", [input], [maker.activation(input.shape, dtype, quantization)]);
  return true;
};

const dequantize: Draw = (maker) => {
  const input = maker.pick();
  if (!input) return false;
  maker.operate("DEQUANTIZE", [input], [maker.activation(input.shape, "float32")]);
  return true;
};

const argMax: Draw = (maker) => {
  const input = maker.pick(({ shape }) => shape.length >= 2);
  if (!input) return false;
  const axis = input.shape.length - 1;
  const output = maker.activation(input.shape.slice(0, -1), "int32");
  maker.operate("ARG_MAX", [input, maker.list([axis], [])], [output], { output_type: 2 });
  return true;
};

function resize(operator: string): Draw {
  return (maker) => {
    const { random } = maker;
    const input = maker.pick(isImage);
    if (!input) return false;
    const [, height = 1, width = 1, channels = 1] = input.shape;
    const times = random.integer(1, 3);
    const size = random.oneIn(2)
      ? [height * times, width * times]
      : [random.integer(1, 2 * height), random.integer(1, 2 * width)];
    const shape = [input.shape[0] as number, ...size, channels];
    if (!maker.affords(shape)) return false;
    const [align, half] = random.pick([
      [false, false],
      [true, false],
      [false, true],
    ]) as [boolean, boolean];
    const output = maker.activation(shape, input.dtype, quantizationOf(input));
    const options = { align_corners: align, half_pixel_centers: half };
    maker.operate(operator, [input, maker.list(size)], [output], options);
    return true;
  };
}

const concatenation: Draw = (maker) => {
  const { random } = maker;
  const first = maker.pick(({ shape }) => shape.length >= 2);
  if (!first) return false;
  const rank = first.shape.length;
  const axis = random.pick([rank - 1, rank - 1, random.integer(1, rank - 1)]);
  const dtype = dtypeOf(first);
  const others = (shape: readonly number[]) => shape.filter((_, i) => i !== axis).join();
  const fits = maker.live.filter(({ shape, dtype: other }) => {
    return other === dtype && shape.length === rank && others(shape) === others(first.shape);
  });
  const count = random.pick([2, 2, 3, 4]);
  let parts = [first, ...Array.from({ length: count - 1 }, () => random.pick(fits))];
  if (random.oneIn(2)) parts.reverse();
  const extent = parts.reduce((sum, { shape }) => sum + (shape[axis] as number), 0);
  const shape = first.shape.map((one, i) => (i === axis ? extent : one));
  if (!maker.affords(shape)) return false;
  const output = random.oneIn(2) ? quantizationOf(first) : drawQuantization(random, dtype);
  // TFLite requantizes uint8 only; of int8 all have one quantization.
  if (dtype === "int8" || random.oneIn(2))
    parts = parts.map((part) => requantized(maker, part, output));
  const options = { axis: random.oneIn(4) ? axis - rank : axis, fused_activation_function: 0 };
  maker.operate("CONCATENATION", parts, [maker.activation(shape, dtype, output)], options);
  return true;
};

function requantized(maker: Maker, input: TensorSpec, to: Quantization): TensorSpec {
  if (input.quantization === to) return input;
  const output = maker.activation(input.shape, input.dtype, to);
  maker.operate("QUANTIZE", [input], [output]);
  return output;
}

const split: Draw = (maker) => {
  const { random } = maker;
  const input = maker.pick(({ shape }) => shape.length >= 2);
  if (!input) return false;
  const rank = input.shape.length;
  const axis = random.pick([rank - 1, rank - 1, random.integer(1, rank - 1)]);
  const extent = input.shape[axis] as number;
  const divisors = [2, 3, 4, 5].filter((n) => extent % n === 0);
  if (divisors.length === 0) return false;
  const count = random.pick(divisors);
  const shape = input.shape.map((one, i) => (i === axis ? extent / count : one));
  const outputs = Array.from({ length: count }, () =>
    maker.activation(shape, input.dtype, quantizationOf(input)),
  );
  maker.operate("SPLIT", [maker.list([axis], []), input], outputs, { num_splits: count });
  return true;
};

const pad: Draw = (maker) => {
  const { random } = maker;
  const input = maker.pick(({ shape }) => shape.length === 4);
  if (!input) return false;
  const most = random.pick([1, 1, 3]);
  const paddings = input.shape.flatMap((_, i) => {
    const isTouched = i === 1 || i === 2 || (i === 3 && random.oneIn(4));
    return [0, 0].map(() => (isTouched ? random.integer(0, most) : 0));
  });
  const shape = input.shape.map(
    (extent, i) => extent + Number(paddings[2 * i]) + Number(paddings[2 * i + 1]),
  );
  if (!maker.affords(shape)) return false;
  const output = maker.activation(shape, input.dtype, quantizationOf(input));
  maker.operate("PAD", [input, maker.list(paddings, [4, 2])], [output]);
  return true;
};

const slice: Draw = (maker) => {
  const { random } = maker;
  const input = maker.pick(({ shape }) => shape.length >= 2);
  if (!input) return false;
  const begins = input.shape.map((extent, i) =>
    i === 0 || random.oneIn(2) ? 0 : random.integer(0, extent - 1),
  );
  const ends = input.shape.map((extent, i) =>
    i === 0 || random.oneIn(2) ? extent : random.integer((begins[i] as number) + 1, extent),
  );
  const steps = input.shape.map((_, i) => (i === 0 ? 1 : random.pick([1, 1, 1, 2, 3])));
  const shape = begins.map((begin, i) =>
    Math.ceil(((ends[i] as number) - begin) / (steps[i] as number)),
  );
  const output = maker.activation(shape, input.dtype, quantizationOf(input));
  const lists = [begins, ends, steps].map((values) => maker.list(values));
  maker.operate("STRIDED_SLICE", [input, ...lists], [output], { begin_mask: 0, end_mask: 0 });
  return true;
};

const transpose: Draw = (maker) => {
  const { random } = maker;
  const input = maker.pick(({ shape }) => shape.length === 4 || shape.length === 3);
  if (!input) return false;
  const orders =
    input.shape.length === 4
      ? [
          [0, 3, 1, 2],
          [0, 2, 3, 1],
          [0, 2, 1, 3],
          [0, 1, 3, 2],
          [3, 2, 1, 0],
        ]
      : [
          [0, 2, 1],
          [1, 0, 2],
          [2, 1, 0],
        ];
  const order = random.pick(orders);
  const shape = order.map((i) => input.shape[i] as number);
  const output = maker.activation(shape, input.dtype, quantizationOf(input));
  maker.operate("TRANSPOSE", [input, maker.list(order)], [output]);
  return true;
};

/** Another shape for the same elements. */
const reshape: Draw = (maker) => {
  const { random } = maker;
  const input = maker.pick();
  if (!input) return false;
  const elements = elementsOf(input.shape);
  const divisors = [1, 2, 3, 4, 6, 8, 16].filter((n) => elements % n === 0);
  const one = random.pick(divisors);
  const rest = elements / one;
  const two = random.pick([1, 2, 3, 4, 8].filter((n) => rest % n === 0));
  const shape = random.pick([
    [1, elements],
    [1, elements],
    [1, 1, 1, elements],
    [1, one, rest],
    [1, rest, one],
    [1, one, two, rest / two],
    [1, rest / two, two, one],
  ]);
  const output = maker.activation(shape, input.dtype, quantizationOf(input));
  maker.operate("RESHAPE", [input, maker.list(shape)], [output]);
  return true;
};

const squeeze: Draw = (maker) => {
  const input = maker.pick(({ shape }) => shape.includes(1) && shape.length > 2);
  if (!input) return false;
  const shape = input.shape.filter((extent, i) => extent !== 1 || i === 0);
  // Without a list of dimensions it takes all that are 1.
  const all = input.shape.filter((extent) => extent !== 1);
  if (all.length === 0 || shape.length === 0) return false;
  const output = maker.activation(all, input.dtype, quantizationOf(input));
  maker.operate("SQUEEZE", [input], [output]);
  return true;
};

const expandDims: Draw = (maker) => {
  const { random } = maker;
  const input = maker.pick(({ shape }) => shape.length >= 1 && shape.length < 4);
  if (!input) return false;
  const axis = random.integer(0, input.shape.length);
  const shape = input.shape.toSpliced(axis, 0, 1);
  const output = maker.activation(shape, input.dtype, quantizationOf(input));
  maker.operate("EXPAND_DIMS", [input, maker.list([axis], [])], [output]);
  return true;
};

/** Each as often as its number says. */
// biome-ignore format: a table
export const DRAWS: [operator: string, often: number, draw: Draw][] = [
  ["CONV_2D", 10, convolution(false)],
  ["DEPTHWISE_CONV_2D", 6, convolution(true)],
  ["FULLY_CONNECTED", 3, fullyConnected],
  ["ADD", 5, pairwise("ADD")],
  ["SUB", 2, pairwise("SUB")],
  ["MUL", 2, pairwise("MUL")],
  ["CONCATENATION", 4, concatenation],
  ["SPLIT", 3, split],
  ["PAD", 3, pad],
  ["AVERAGE_POOL_2D", 3, pool("AVERAGE_POOL_2D")],
  ["MAX_POOL_2D", 3, pool("MAX_POOL_2D")],
  ["MEAN", 2, mean],
  ["STRIDED_SLICE", 3, slice],
  ["RESIZE_NEAREST_NEIGHBOR", 2, resize("RESIZE_NEAREST_NEIGHBOR")],
  ["RESIZE_BILINEAR", 2, resize("RESIZE_BILINEAR")],
  ["RELU", 2, unary("RELU")],
  ["RELU6", 2, unary("RELU6")],
  ["ABS", 1, unary("ABS")],
  ["LOGISTIC", 2, unary("LOGISTIC", unitRange)],
  ["LEAKY_RELU", 1, unary("LEAKY_RELU", undefined, (random) => ({ alpha: random.pick([0.1, 0.3, 1.5]) }))],
  ["SOFTMAX", 1, unary("SOFTMAX", unitRange, () => ({ beta: 1 }))],
  ["QUANTIZE", 3, quantize],
  ["DEQUANTIZE", 1, dequantize],
  ["ARG_MAX", 1, argMax],
  ["RESHAPE", 3, reshape],
  ["SQUEEZE", 1, squeeze],
  ["EXPAND_DIMS", 1, expandDims],
  ["TRANSPOSE", 2, transpose],
];
