import { elementsOf } from "../../host/dtype.ts";
import {
  buildModel,
  type OperatorSpec,
  type Quantization,
  type TensorSpec,
} from "../../host/tflite/builder.ts";
import type { Random } from "./random.ts";

// Models of one operator with random shapes, quantization and options, one function an operator.

export type ByteType = "uint8" | "int8";

/** A model and what to feed it. */
export interface RandomModel {
  model: Uint8Array;
  inputs: Uint8Array[];
}

type Maker = (random: Random, dtype: ByteType) => RandomModel;

interface Parts {
  operator: string;
  version?: number;
  options?: OperatorSpec["options"];
  inputs: TensorSpec[];
  constants?: TensorSpec[];
  output: TensorSpec;
}

function modelOf(random: Random, parts: Parts): RandomModel {
  const { operator, version = 1, options, inputs, constants = [], output } = parts;
  const model = buildModel({
    inputs: inputs.map(({ name }) => name),
    outputs: [output.name],
    tensors: [...inputs, ...constants, output],
    operators: [
      {
        operator,
        version,
        inputs: [...inputs, ...constants].map(({ name }) => name),
        outputs: [output.name],
        ...(options ? { options } : {}),
      },
    ],
  });
  return { model, inputs: inputs.map(({ shape }) => random.bytes(elementsOf(shape))) };
}

const least = (dtype: ByteType) => (dtype === "int8" ? -128 : 0);

/** Evenly spread over orders of magnitude. */
function scale(random: Random, low: number, high: number): number {
  const share = random.integer(0, 1 << 20) / (1 << 20);
  return Math.fround(low * (high / low) ** share);
}

function quantization(random: Random, dtype: ByteType, low = 0.002, high = 0.5): Quantization {
  return {
    scale: scale(random, low, high),
    zeroPoint: random.integer(least(dtype), least(dtype) + 255),
  };
}

function tensor(name: string, dtype: ByteType, shape: number[], of: Quantization): TensorSpec {
  return { name, shape, dtype, quantization: of };
}

function integers(name: string, values: number[], shape = [values.length]): TensorSpec {
  return { name, shape, dtype: "int32", data: Int32Array.from(values) };
}

function outputExtent(extent: number, reach: number, stride: number, isSame: boolean): number {
  return Math.ceil((isSame ? extent : extent - reach + 1) / stride);
}

const ACTIVATIONS = [0, 0, 1, 2, 3];

/** Weights and bias; int8 weights may have a scale for each output channel. */
function layer(
  random: Random,
  dtype: ByteType,
  shape: number[],
  axis: number,
  input: Quantization,
): TensorSpec[] {
  const units = shape[axis] as number;
  const perUnit = dtype === "int8" && random.pick([true, false]);
  const scales = Array.from({ length: perUnit ? units : 1 }, () => scale(random, 0.001, 0.05));
  const zero = dtype === "int8" ? 0 : random.integer(0, 255);
  const zeroPoint = scales.map(() => zero);
  const biasScales = scales.map((one) => Math.fround(one * (input.scale as number)));
  return [
    {
      name: "weights",
      shape,
      dtype,
      quantization: { scale: scales, zeroPoint, axis },
      data: random.bytes(elementsOf(shape)),
    },
    {
      name: "bias",
      shape: [units],
      dtype: "int32",
      quantization: { scale: biasScales, zeroPoint: scales.map(() => 0), axis: 0 },
      data: Int32Array.from({ length: units }, () => random.integer(-3000, 3000)),
    },
  ];
}

function convolution(random: Random, dtype: ByteType, isDepthwise: boolean): RandomModel {
  const [height, width] = [random.integer(1, 12), random.integer(1, 12)];
  const channels = random.integer(1, 20);
  const multiplier = random.pick([1, 1, 2, 3]);
  const units = isDepthwise ? channels * multiplier : random.integer(1, 10);
  const isSame = random.pick([true, false]);
  const stride = random.integer(1, 3);
  const dilation = stride > 1 ? 1 : random.pick([1, 1, 2]);
  const kernel = (extent: number) => {
    return random.integer(1, Math.max(1, Math.min(5, Math.ceil(extent / dilation))));
  };
  const [rows, columns] = [kernel(height), kernel(width)];
  const out = (extent: number, taps: number) =>
    outputExtent(extent, (taps - 1) * dilation + 1, stride, isSame);
  const input = quantization(random, dtype);
  const shape = isDepthwise ? [1, rows, columns, units] : [units, rows, columns, channels];
  const outputShape = [1, out(height, rows), out(width, columns), units];
  return modelOf(random, {
    operator: isDepthwise ? "DEPTHWISE_CONV_2D" : "CONV_2D",
    version: dtype === "int8" ? 3 : 1,
    options: {
      padding: isSame ? 0 : 1,
      stride_w: stride,
      stride_h: stride,
      dilation_w_factor: dilation,
      dilation_h_factor: dilation,
      fused_activation_function: random.pick(ACTIVATIONS),
      ...(isDepthwise ? { depth_multiplier: multiplier } : {}),
    },
    inputs: [tensor("x", dtype, [1, height, width, channels], input)],
    constants: layer(random, dtype, shape, isDepthwise ? 3 : 0, input),
    output: tensor("y", dtype, outputShape, quantization(random, dtype, 0.01, 2)),
  });
}

/** A convolution in groups: each kernel looks at a part of the image's channels. */
function groupedConvolution(random: Random, dtype: ByteType): RandomModel {
  const groups = random.integer(2, 5);
  const [depth, units] = [random.integer(1, 9), groups * random.integer(1, 6)];
  const [height, width] = [random.integer(3, 9), random.integer(3, 9)];
  const input = quantization(random, dtype);
  return modelOf(random, {
    operator: "CONV_2D",
    version: dtype === "int8" ? 3 : 1,
    options: {
      padding: 0,
      stride_w: 1,
      stride_h: 1,
      dilation_w_factor: 1,
      dilation_h_factor: 1,
      fused_activation_function: random.pick(ACTIVATIONS),
    },
    inputs: [tensor("x", dtype, [1, height, width, groups * depth], input)],
    constants: layer(random, dtype, [units, 3, 3, depth], 0, input),
    output: tensor("y", dtype, [1, height, width, units], quantization(random, dtype, 0.01, 2)),
  });
}

/** A matrix product: what would be weights is an input, too. */
function matrixProduct(random: Random, dtype: ByteType): RandomModel {
  const [rows, depth, units] = [random.integer(1, 5), random.integer(1, 70), random.integer(1, 20)];
  const second = { ...quantization(random, dtype), ...(dtype === "int8" ? { zeroPoint: 0 } : {}) };
  return modelOf(random, {
    operator: "FULLY_CONNECTED",
    version: dtype === "int8" ? 4 : 1,
    options: { fused_activation_function: random.pick(ACTIVATIONS) },
    inputs: [
      tensor("x", dtype, [rows, depth], quantization(random, dtype)),
      tensor("z", dtype, [units, depth], second),
    ],
    output: tensor("y", dtype, [rows, units], quantization(random, dtype, 0.01, 2)),
  });
}

function fullyConnected(random: Random, dtype: ByteType): RandomModel {
  const [rows, depth, units] = [random.integer(1, 3), random.integer(1, 70), random.integer(1, 40)];
  const input = quantization(random, dtype);
  return modelOf(random, {
    operator: "FULLY_CONNECTED",
    version: dtype === "int8" ? 4 : 1,
    options: { fused_activation_function: random.pick(ACTIVATIONS) },
    inputs: [tensor("x", dtype, [rows, depth], input)],
    constants: layer(random, dtype, [units, depth], 0, input),
    output: tensor("y", dtype, [rows, units], quantization(random, dtype, 0.01, 2)),
  });
}

function pairwise(operator: string): Maker {
  return (random, dtype) => {
    const shape = [1, random.integer(1, 6), random.integer(1, 6), random.integer(1, 10)];
    const channels = shape[3] as number;
    const other = random.pick([shape, shape, [1, 1, 1, channels], [1], [channels]]);
    return modelOf(random, {
      operator,
      version: dtype === "int8" ? 2 : 1,
      options: { fused_activation_function: random.pick(ACTIVATIONS) },
      inputs: [
        tensor("x", dtype, shape, quantization(random, dtype)),
        tensor("z", dtype, other, quantization(random, dtype)),
      ],
      output: tensor("y", dtype, shape, quantization(random, dtype, 0.01, 1)),
    });
  };
}

function pool(operator: string): Maker {
  return (random, dtype) => {
    const [height, width] = [random.integer(1, 12), random.integer(1, 12)];
    const channels = random.integer(1, 20);
    const [rows, columns] = [random.integer(1, height), random.integer(1, width)];
    const stride = random.integer(1, 3);
    const isSame = random.pick([true, false]);
    const same = quantization(random, dtype);
    const out = (extent: number, filter: number) => outputExtent(extent, filter, stride, isSame);
    return modelOf(random, {
      operator,
      version: dtype === "int8" ? 2 : 1,
      options: {
        padding: isSame ? 0 : 1,
        stride_w: stride,
        stride_h: stride,
        filter_width: columns,
        filter_height: rows,
        fused_activation_function: random.pick(ACTIVATIONS),
      },
      inputs: [tensor("x", dtype, [1, height, width, channels], same)],
      output: tensor("y", dtype, [1, out(height, rows), out(width, columns), channels], same),
    });
  };
}

/** MEAN and SUM, whose output has a quantization of its own. */
function sum(operator: string): Maker {
  return (random, dtype) => sumOf(operator, random, dtype);
}

function sumOf(operator: string, random: Random, dtype: ByteType): RandomModel {
  const shape = [1, 9, 9, 20].map((most) => random.integer(1, most));
  const axes = random.pick([[1, 2], [2, 1], [3], [1], [0, 1, 2, 3], [-1], [1, 2, 3]]);
  const keeps = random.pick([true, false]);
  const isReduced = (i: number) => axes.some((axis) => (axis + 4) % 4 === i);
  const kept = shape.map((extent, i) => (isReduced(i) ? 1 : extent));
  return modelOf(random, {
    operator,
    version: dtype === "int8" ? 2 : 1,
    options: { keep_dims: keeps },
    inputs: [tensor("x", dtype, shape, quantization(random, dtype))],
    constants: [integers("axes", axes)],
    output: tensor(
      "y",
      dtype,
      keeps ? kept : shape.filter((_, i) => !isReduced(i)),
      quantization(random, dtype),
    ),
  });
}

/** A function of one value; where it fixes the output's quantization, that. */
function unary(
  operator: string,
  fixed?: (dtype: ByteType) => Quantization,
  options?: OperatorSpec["options"],
): Maker {
  return (random, dtype) => {
    const shape = [random.integer(1, 5), random.integer(1, 60)];
    return modelOf(random, {
      operator,
      version: operator === "QUANTIZE" || dtype === "int8" ? 2 : 1,
      ...(options ? { options } : {}),
      inputs: [tensor("x", dtype, shape, quantization(random, dtype, 0.005, 0.3))],
      output: tensor("y", dtype, shape, fixed?.(dtype) ?? quantization(random, dtype, 0.01, 0.2)),
    });
  };
}

const unitRange = (dtype: ByteType) => ({ scale: 1 / 256, zeroPoint: least(dtype) });

function resize(operator: string): Maker {
  return (random, dtype) => {
    const [height, width, channels] = [12, 12, 5].map((most) => random.integer(1, most));
    const size = [random.integer(1, 30), random.integer(1, 30)];
    const [align, half] = random.pick([
      [false, false],
      [true, false],
      [false, true],
    ]) as [boolean, boolean];
    const same = quantization(random, dtype);
    const shape = [1, height, width, channels] as number[];
    return modelOf(random, {
      operator,
      version: 3,
      options: { align_corners: align, half_pixel_centers: half },
      inputs: [tensor("x", dtype, shape, same)],
      constants: [integers("size", size)],
      output: tensor("y", dtype, [1, ...size, channels as number], same),
    });
  };
}

function concatenation(random: Random, dtype: ByteType): RandomModel {
  const shape = [1, 5, 5, 9].map((most) => random.integer(1, most));
  const axis = random.pick([1, 2, 3]);
  const other = shape.map((extent, i) => (i === axis ? random.integer(1, 6) : extent));
  const output = quantization(random, dtype);
  // TFLite requantizes uint8 only.
  const input = () =>
    dtype === "int8" ? output : random.pick([output, quantization(random, dtype)]);
  const whole = shape.map((extent, i) => (i === axis ? extent + (other[i] as number) : extent));
  return modelOf(random, {
    operator: "CONCATENATION",
    version: dtype === "int8" ? 2 : 1,
    options: { axis, fused_activation_function: 0 },
    inputs: [tensor("x", dtype, shape, input()), tensor("z", dtype, other, input())],
    output: tensor("y", dtype, whole, output),
  });
}

function pad(random: Random, dtype: ByteType): RandomModel {
  const shape = [1, 5, 5, 5].map((most) => random.integer(1, most));
  const paddings = shape.flatMap((_, i) =>
    i === 0 ? [0, 0] : [0, 0].map(() => random.integer(0, 3)),
  );
  const same = quantization(random, dtype);
  const padded = shape.map(
    (extent, i) => extent + (paddings[2 * i] as number) + (paddings[2 * i + 1] as number),
  );
  return modelOf(random, {
    operator: "PAD",
    version: 2,
    inputs: [tensor("x", dtype, shape, same)],
    constants: [integers("paddings", paddings, [4, 2])],
    output: tensor("y", dtype, padded, same),
  });
}

function slice(random: Random, dtype: ByteType): RandomModel {
  const shape = [1, 9, 9, 9].map((most) => random.integer(1, most));
  const begins = shape.map((extent) => random.integer(0, extent - 1));
  const ends = shape.map((extent, i) => random.integer((begins[i] as number) + 1, extent));
  const steps = shape.map((_, i) => (i === 0 ? 1 : random.pick([1, 1, 2, 3])));
  const same = quantization(random, dtype);
  const kept = shape.map((_, i) =>
    Math.ceil(((ends[i] as number) - (begins[i] as number)) / (steps[i] as number)),
  );
  return modelOf(random, {
    operator: "STRIDED_SLICE",
    version: 2,
    options: { begin_mask: 0, end_mask: 0 },
    inputs: [tensor("x", dtype, shape, same)],
    constants: [integers("begins", begins), integers("ends", ends), integers("steps", steps)],
    output: tensor("y", dtype, kept, same),
  });
}

function transpose(random: Random, dtype: ByteType): RandomModel {
  const shape = [1, 5, 5, 5].map((most) => random.integer(1, most));
  const order = random.pick([
    [0, 3, 1, 2],
    [0, 2, 3, 1],
    [3, 2, 1, 0],
    [1, 0, 2, 3],
  ]);
  const same = quantization(random, dtype);
  return modelOf(random, {
    operator: "TRANSPOSE",
    version: 2,
    inputs: [tensor("x", dtype, shape, same)],
    constants: [integers("order", order)],
    output: tensor(
      "y",
      dtype,
      order.map((i) => shape[i] as number),
      same,
    ),
  });
}

/** Two inputs of one shape or of shapes that go together, and an output of one quantization. */
function extreme(operator: string): Maker {
  return (random, dtype) => {
    const shape = [1, random.integer(1, 6), random.integer(1, 6), random.integer(1, 10)];
    const channels = shape[3] as number;
    const other = random.pick([shape, [1, 1, 1, channels], [1], [channels]]);
    const same = quantization(random, dtype);
    return modelOf(random, {
      operator,
      version: dtype === "int8" ? 2 : 1,
      inputs: [tensor("x", dtype, shape, same), tensor("z", dtype, other, same)],
      output: tensor("y", dtype, shape, same),
    });
  };
}

function prelu(random: Random, dtype: ByteType): RandomModel {
  const shape = [1, 6, 6, 10].map((most) => random.integer(1, most));
  const slopes = random.pick([[1, 1, shape[3] as number], shape.slice(1)]);
  const slope = tensor("slope", dtype, slopes, quantization(random, dtype, 0.001, 0.02));
  return modelOf(random, {
    operator: "PRELU",
    inputs: [tensor("x", dtype, shape, quantization(random, dtype))],
    constants: [{ ...slope, data: random.bytes(elementsOf(slopes)) }],
    output: tensor("y", dtype, shape, quantization(random, dtype, 0.01, 0.2)),
  });
}

/** HARD_SWISH, whose factor to the output TFLite keeps below 1. */
function hardSwish(random: Random, dtype: ByteType): RandomModel {
  const shape = [random.integer(1, 5), random.integer(1, 60)];
  return modelOf(random, {
    operator: "HARD_SWISH",
    inputs: [tensor("x", dtype, shape, quantization(random, dtype, 0.005, 0.3))],
    output: tensor("y", dtype, shape, quantization(random, dtype, 0.01, 0.2)),
  });
}

function transposeConvolution(random: Random, dtype: ByteType): RandomModel {
  const [height, width, depth, units] = [6, 6, 9, 7].map((most) => random.integer(1, most));
  const [stride, kernel] = [random.integer(1, 3), random.integer(1, 4)];
  const isSame = random.pick([true, false]);
  const out = (extent = 1) => (isSame ? extent * stride : (extent - 1) * stride + kernel);
  const shape = [1, out(height), out(width), units as number];
  const input = quantization(random, dtype);
  const [weights, bias] = layer(
    random,
    dtype,
    [units as number, kernel, kernel, depth as number],
    0,
    input,
  );
  const withBias = random.pick([true, false]);
  const x = tensor("x", dtype, [1, height as number, width as number, depth as number], input);
  return operatorOf(random, {
    operator: "TRANSPOSE_CONV",
    version: 3,
    options: { padding: isSame ? 0 : 1, stride_w: stride, stride_h: stride },
    inputs: [
      integers("shape", shape),
      weights as TensorSpec,
      x,
      ...(withBias ? [bias as TensorSpec] : []),
    ],
    outputs: [tensor("y", dtype, shape, quantization(random, dtype, 0.01, 2))],
  });
}

/** One operator whose inputs stand in any order, constants among them. */
function operatorOf(
  random: Random,
  parts: {
    operator: string;
    version?: number;
    options?: OperatorSpec["options"];
    inputs: TensorSpec[];
    outputs: TensorSpec[];
  },
): RandomModel {
  const { operator, version = 1, options, inputs, outputs } = parts;
  const fed = inputs.filter(({ data }) => !data);
  const names = (tensors: TensorSpec[]) => tensors.map(({ name }) => name);
  const spec = { operator, version, inputs: names(inputs), outputs: names(outputs) };
  const model = buildModel({
    inputs: names(fed),
    outputs: names(outputs),
    tensors: [...inputs, ...outputs],
    operators: [{ ...spec, ...(options ? { options } : {}) }],
  });
  return { model, inputs: fed.map(({ shape }) => random.bytes(elementsOf(shape))) };
}

/** A random shape, and what moves its elements without a look at them. */
function movement(
  operator: string,
  make: (
    random: Random,
    shape: number[],
  ) => { constants?: TensorSpec[]; options?: OperatorSpec["options"]; output: number[] },
  version = 1,
): Maker {
  return (random, dtype) => {
    const shape = [2, 6, 6, 8].map((most) => random.integer(1, most));
    const same = quantization(random, dtype);
    const { constants = [], options, output } = make(random, shape);
    return operatorOf(random, {
      operator,
      version,
      ...(options ? { options } : {}),
      inputs: [tensor("x", dtype, shape, same), ...constants],
      outputs: [tensor("y", dtype, output, same)],
    });
  };
}

const taken = movement(
  "SLICE",
  (random, shape) => {
    const begins = shape.map((extent) => random.integer(0, extent - 1));
    const sizes = shape.map((extent, i) => random.integer(1, extent - (begins[i] as number)));
    const open = sizes.map((size, i) => (size + (begins[i] as number) === shape[i] ? -1 : size));
    return { constants: [integers("begins", begins), integers("sizes", open)], output: sizes };
  },
  2,
);

const tile = movement("TILE", (random, shape) => {
  const times = shape.map(() => random.integer(1, 3));
  return {
    constants: [integers("times", times)],
    output: shape.map((extent, i) => extent * (times[i] as number)),
  };
});

const gather = movement(
  "GATHER",
  (random, shape) => {
    const axis = random.integer(0, 3);
    const extent = shape[axis] as number;
    const indices = Array.from({ length: random.integer(1, 5) }, () =>
      random.integer(0, extent - 1),
    );
    return {
      constants: [integers("indices", indices)],
      options: { axis, batch_dims: 0 },
      output: shape.map((one, i) => (i === axis ? indices.length : one)),
    };
  },
  2,
);

function blocks(toDepth: boolean): Maker {
  return (random, dtype) => {
    const [block, height, width, channels] = [3, 4, 4, 5].map((most) =>
      random.integer(1, most),
    ) as [number, number, number, number];
    const same = quantization(random, dtype);
    const wide = [1, height * block, width * block, channels];
    const deep = [1, height, width, channels * block * block];
    return operatorOf(random, {
      operator: toDepth ? "SPACE_TO_DEPTH" : "DEPTH_TO_SPACE",
      version: 2,
      options: { block_size: block },
      inputs: [tensor("x", dtype, toDepth ? wide : deep, same)],
      outputs: [tensor("y", dtype, toDepth ? deep : wide, same)],
    });
  };
}

function batches(deals: boolean): Maker {
  return (random, dtype) => {
    const steps = [random.integer(1, 3), random.integer(1, 3)] as [number, number];
    const dealt = [
      2 * steps[0] * steps[1],
      random.integer(2, 4),
      random.integer(2, 4),
      random.integer(1, 5),
    ];
    const edges = [0, 0, 0, 0].map(() => random.integer(0, 1)) as [number, number, number, number];
    const inner = (i: 0 | 1) =>
      (dealt[i + 1] as number) * steps[i] - (edges[2 * i] as number) - (edges[2 * i + 1] as number);
    const whole = [2, Math.max(inner(0), 1), Math.max(inner(1), 1), dealt[3] as number];
    const same = quantization(random, dtype);
    return operatorOf(random, {
      operator: deals ? "SPACE_TO_BATCH_ND" : "BATCH_TO_SPACE_ND",
      version: 2,
      inputs: [
        tensor("x", dtype, deals ? whole : dealt, same),
        integers("steps", steps),
        integers("edges", edges, [2, 2]),
      ],
      outputs: [tensor("y", dtype, deals ? dealt : whole, same)],
    });
  };
}

function stack(joins: boolean): Maker {
  return (random, dtype) => {
    const shape = [3, 4, 5].map((most) => random.integer(1, most));
    const [axis, count] = [random.integer(0, 3), random.integer(1, 4)];
    const whole = [...shape.slice(0, axis), count, ...shape.slice(axis)];
    const same = quantization(random, dtype);
    const parts = Array.from({ length: count }, (_, i) => tensor(`p${i}`, dtype, shape, same));
    const one = tensor("whole", dtype, whole, same);
    return operatorOf(random, {
      operator: joins ? "PACK" : "UNPACK",
      version: 2,
      options: joins ? { values_count: count, axis } : { num: count, axis },
      inputs: joins ? parts : [one],
      outputs: joins ? [one] : parts,
    });
  };
}

function splitByLengths(random: Random, dtype: ByteType): RandomModel {
  const shape = [1, 4, 4, 9].map((most) => random.integer(1, most));
  const axis = random.integer(1, 3);
  const lengths = Array.from({ length: random.integer(1, 3) }, () => random.integer(1, 4));
  shape[axis] = lengths.reduce((a, b) => a + b);
  const same = quantization(random, dtype);
  const part = (length: number) => shape.map((extent, i) => (i === axis ? length : extent));
  return operatorOf(random, {
    operator: "SPLIT_V",
    version: 2,
    options: { num_splits: lengths.length },
    inputs: [
      tensor("x", dtype, shape, same),
      integers("lengths", lengths),
      integers("axis", [axis], []),
    ],
    outputs: lengths.map((length, i) => tensor(`y${i}`, dtype, part(length), same)),
  });
}

function reduce(operator: string): Maker {
  return movement(
    operator,
    (random, shape) => {
      const axes = random.pick([[1, 2], [3], [1], [0, 1, 2, 3], [-1]]);
      const isReduced = (i: number) => axes.some((axis) => (axis + 4) % 4 === i);
      return {
        constants: [integers("axes", axes)],
        options: { keep_dims: true },
        output: shape.map((extent, i) => (isReduced(i) ? 1 : extent)),
      };
    },
    2,
  );
}

const mirrorPad = movement(
  "MIRROR_PAD",
  (random, shape) => {
    const mode = random.integer(0, 1);
    const pairs = shape.map((extent) =>
      [0, 0].map(() => random.integer(0, Math.min(3, extent - 1 + mode))),
    );
    return {
      constants: [integers("paddings", pairs.flat(), [4, 2])],
      options: { mode },
      output: shape.map((extent, i) => extent + (pairs[i]?.[0] ?? 0) + (pairs[i]?.[1] ?? 0)),
    };
  },
  2,
);

function padWithValue(random: Random, dtype: ByteType): RandomModel {
  const shape = [1, 5, 5, 5].map((most) => random.integer(1, most));
  const pairs = shape.map((_, i) => [0, 0].map(() => (i === 0 ? 0 : random.integer(0, 3))));
  const same = quantization(random, dtype);
  return operatorOf(random, {
    operator: "PADV2",
    version: 2,
    inputs: [
      tensor("x", dtype, shape, same),
      integers("paddings", pairs.flat(), [4, 2]),
      { ...tensor("value", dtype, [1], same), data: random.bytes(1) },
    ],
    outputs: [
      tensor(
        "y",
        dtype,
        shape.map((extent, i) => extent + (pairs[i]?.[0] ?? 0) + (pairs[i]?.[1] ?? 0)),
        same,
      ),
    ],
  });
}

export const MAKERS: Record<string, Maker> = {
  ADD: pairwise("ADD"),
  AVERAGE_POOL_2D: pool("AVERAGE_POOL_2D"),
  CONCATENATION: concatenation,
  CONV_2D: (random, dtype) => convolution(random, dtype, false),
  "CONV_2D in groups": groupedConvolution,
  DEPTHWISE_CONV_2D: (random, dtype) => convolution(random, dtype, true),
  FULLY_CONNECTED: fullyConnected,
  "FULLY_CONNECTED of two inputs": matrixProduct,
  LEAKY_RELU: unary("LEAKY_RELU", undefined, { alpha: 0.3 }),
  LOGISTIC: unary("LOGISTIC", unitRange),
  MAX_POOL_2D: pool("MAX_POOL_2D"),
  MEAN: sum("MEAN"),
  SUM: sum("SUM"),
  MUL: pairwise("MUL"),
  PAD: pad,
  QUANTIZE: unary("QUANTIZE"),
  RELU: unary("RELU"),
  RELU6: unary("RELU6"),
  RESIZE_BILINEAR: resize("RESIZE_BILINEAR"),
  RESIZE_NEAREST_NEIGHBOR: resize("RESIZE_NEAREST_NEIGHBOR"),
  SOFTMAX: unary("SOFTMAX", unitRange, { beta: 1 }),
  STRIDED_SLICE: slice,
  SUB: pairwise("SUB"),
  TRANSPOSE: transpose,
  BATCH_TO_SPACE_ND: batches(false),
  DEPTH_TO_SPACE: blocks(false),
  GATHER: gather,
  HARD_SWISH: hardSwish,
  MAXIMUM: extreme("MAXIMUM"),
  MINIMUM: extreme("MINIMUM"),
  MIRROR_PAD: mirrorPad,
  PACK: stack(true),
  PADV2: padWithValue,
  PRELU: prelu,
  REDUCE_MAX: reduce("REDUCE_MAX"),
  REDUCE_MIN: reduce("REDUCE_MIN"),
  SLICE: taken,
  SPACE_TO_BATCH_ND: batches(true),
  SPACE_TO_DEPTH: blocks(true),
  SPLIT_V: splitByLengths,
  TANH: unary("TANH", (dtype) => ({ scale: 1 / 128, zeroPoint: least(dtype) + 128 })),
  TILE: tile,
  TRANSPOSE_CONV: transposeConvolution,
  UNPACK: stack(false),
};
