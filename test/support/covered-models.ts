import { COVERAGE, type Covered, type Rule } from "../../assembly/tflite/coverage.ts";
import { elementsOf } from "../../host/dtype.ts";
import {
  buildModel,
  type OperatorSpec,
  type TensorSpec,
  type Dtype as TfliteDtype,
} from "../../host/tflite/builder.ts";

// For each line of the table of covered operators, a model of that operator.

/** What an operator looks like: shapes of operands, and values of those that are constants. */
interface Sample {
  inputs: number[][];
  outputs: number[][];
  /** By input. */
  constants?: Record<number, number[]>;
  options?: OperatorSpec["options"];
}

const IMAGE = [1, 4, 4, 2];
const SAME: Sample = { inputs: [IMAGE], outputs: [IMAGE] };
const PAIR: Sample = {
  inputs: [IMAGE, IMAGE],
  outputs: [IMAGE],
  options: { fused_activation_function: 0 },
};
const WINDOW = { padding: 0, stride_w: 1, stride_h: 1, fused_activation_function: 0 };
const DILATION = { dilation_w_factor: 1, dilation_h_factor: 1 };
const POOL: Sample = { ...SAME, options: { ...WINDOW, filter_width: 2, filter_height: 2 } };
const RESIZE: Sample = {
  inputs: [IMAGE, [2]],
  outputs: [[1, 8, 6, 2]],
  constants: { 1: [8, 6] },
  options: { align_corners: false, half_pixel_centers: false },
};

const REDUCTION: Sample = {
  inputs: [IMAGE, [2]],
  outputs: [[1, 1, 1, 2]],
  constants: { 1: [1, 2] },
  options: { keep_dims: true },
};

export const SAMPLES: Record<string, Sample> = {
  BATCH_TO_SPACE_ND: {
    inputs: [[4, 2, 2, 2], [2], [2, 2]],
    outputs: [IMAGE],
    constants: { 1: [2, 2], 2: [0, 0, 0, 0] },
  },
  CAST: SAME,
  DEPTH_TO_SPACE: { inputs: [[1, 2, 2, 8]], outputs: [IMAGE], options: { block_size: 2 } },
  EXP: SAME,
  GATHER: {
    inputs: [IMAGE, [3]],
    outputs: [[1, 3, 4, 2]],
    constants: { 1: [0, 3, 1] },
    options: { axis: 1, batch_dims: 0 },
  },
  MAXIMUM: { inputs: [IMAGE, IMAGE], outputs: [IMAGE] },
  MINIMUM: { inputs: [IMAGE, [2]], outputs: [IMAGE] },
  MIRROR_PAD: {
    inputs: [IMAGE, [4, 2]],
    outputs: [[1, 6, 4, 2]],
    constants: { 1: [0, 0, 1, 1, 0, 0, 0, 0] },
    options: { mode: 0 },
  },
  NEG: SAME,
  PACK: {
    inputs: [
      [4, 2],
      [4, 2],
    ],
    outputs: [[4, 2, 2]],
    options: { values_count: 2, axis: 1 },
  },
  PADV2: {
    inputs: [IMAGE, [4, 2], [1]],
    outputs: [[1, 6, 4, 2]],
    constants: { 1: [0, 0, 1, 1, 0, 0, 0, 0] },
  },
  PRELU: { inputs: [IMAGE, [1, 1, 2]], outputs: [IMAGE] },
  REDUCE_MAX: REDUCTION,
  REDUCE_MIN: REDUCTION,
  RSQRT: SAME,
  SHAPE: { inputs: [IMAGE], outputs: [[4]] },
  SLICE: {
    inputs: [IMAGE, [4], [4]],
    outputs: [[1, 2, 3, 2]],
    constants: { 1: [0, 1, 1, 0], 2: [1, 2, -1, 2] },
  },
  SPACE_TO_BATCH_ND: {
    inputs: [IMAGE, [2], [2, 2]],
    outputs: [[4, 2, 2, 2]],
    constants: { 1: [2, 2], 2: [0, 0, 0, 0] },
  },
  SPACE_TO_DEPTH: { inputs: [IMAGE], outputs: [[1, 2, 2, 8]], options: { block_size: 2 } },
  SPLIT_V: {
    inputs: [IMAGE, [2], []],
    outputs: [
      [1, 1, 4, 2],
      [1, 3, 4, 2],
    ],
    constants: { 1: [1, 3], 2: [1] },
    options: { num_splits: 2 },
  },
  SQRT: SAME,
  SQUARE: SAME,
  SQUARED_DIFFERENCE: { inputs: [IMAGE, IMAGE], outputs: [IMAGE] },
  SUM: REDUCTION,
  TANH: SAME,
  TILE: { inputs: [IMAGE, [4]], outputs: [[1, 8, 4, 4]], constants: { 1: [1, 2, 1, 2] } },
  TRANSPOSE_CONV: {
    inputs: [[4], [3, 2, 2, 2], IMAGE, [3]],
    outputs: [[1, 8, 8, 3]],
    constants: { 0: [1, 8, 8, 3] },
    options: { padding: 0, stride_w: 2, stride_h: 2, fused_activation_function: 0 },
  },
  UNPACK: {
    inputs: [[4, 2, 2]],
    outputs: [
      [4, 2],
      [4, 2],
    ],
    options: { num: 2, axis: 1 },
  },
  ABS: SAME,
  ADD: PAIR,
  ARG_MAX: {
    inputs: [IMAGE, [1]],
    outputs: [[1, 4, 4]],
    constants: { 1: [3] },
    options: { output_type: 2 },
  },
  AVERAGE_POOL_2D: POOL,
  CONCATENATION: {
    inputs: [IMAGE, IMAGE],
    outputs: [[1, 4, 4, 4]],
    options: { axis: 3, fused_activation_function: 0 },
  },
  CONV_2D: {
    inputs: [IMAGE, [6, 3, 3, 1], [6]],
    outputs: [[1, 4, 4, 6]],
    options: { ...WINDOW, ...DILATION },
  },
  DEPTHWISE_CONV_2D: {
    inputs: [IMAGE, [1, 3, 3, 4], [4]],
    outputs: [[1, 4, 4, 4]],
    options: { ...WINDOW, ...DILATION, depth_multiplier: 2 },
  },
  DEQUANTIZE: SAME,
  EXPAND_DIMS: { inputs: [[4, 2], [1]], outputs: [[1, 4, 2]], constants: { 1: [0] } },
  FULLY_CONNECTED: {
    inputs: [[2, 5], [3, 5], [3]],
    outputs: [[2, 3]],
    options: { fused_activation_function: 0 },
  },
  LEAKY_RELU: { ...SAME, options: { alpha: 0.25 } },
  LOGISTIC: SAME,
  MAX_POOL_2D: POOL,
  MEAN: REDUCTION,
  MUL: PAIR,
  PAD: {
    inputs: [IMAGE, [4, 2]],
    outputs: [[1, 6, 4, 2]],
    constants: { 1: [0, 0, 1, 1, 0, 0, 0, 0] },
  },
  QUANTIZE: SAME,
  RELU: SAME,
  RELU6: SAME,
  RESHAPE: { inputs: [IMAGE, [2]], outputs: [[4, 8]], constants: { 1: [4, 8] } },
  RESIZE_BILINEAR: RESIZE,
  RESIZE_NEAREST_NEIGHBOR: RESIZE,
  SOFTMAX: { ...SAME, options: { beta: 1 } },
  SPLIT: {
    inputs: [[1], IMAGE],
    outputs: [
      [1, 4, 4, 1],
      [1, 4, 4, 1],
    ],
    constants: { 0: [3] },
    options: { num_splits: 2 },
  },
  SQUEEZE: { inputs: [[1, 4, 1, 2]], outputs: [[4, 2]] },
  STRIDED_SLICE: {
    inputs: [IMAGE, [4], [4], [4]],
    outputs: [[1, 2, 2, 2]],
    constants: { 1: [0, 1, 0, 0], 2: [1, 3, 4, 2], 3: [1, 1, 2, 1] },
    options: {
      begin_mask: 0,
      end_mask: 0,
      ellipsis_mask: 0,
      new_axis_mask: 0,
      shrink_axis_mask: 0,
    },
  },
  SUB: PAIR,
  TRANSPOSE: { inputs: [IMAGE, [4]], outputs: [[1, 2, 4, 4]], constants: { 1: [0, 3, 1, 2] } },
};

/** An operator and its tensors, to be changed and then built. */
export interface Draft {
  inputs: (TensorSpec | undefined)[];
  outputs: TensorSpec[];
  operator: OperatorSpec;
}

/** The sample of another operator with the same operands and rule. */
function sampleOf(operands: string, rule: Rule): Sample | undefined {
  if (operands === "N -> N") return SAME;
  const alike = COVERAGE.filter((one) => one.operands === operands && one.rule === rule);
  return alike.flatMap(({ operator }) => SAMPLES[operator] ?? [])[0];
}

/** The operator of a line with data of a type, as the line and the sample of its name have it. */
export function draftOf({ operator, operands, rule }: Covered, dtype: TfliteDtype): Draft {
  const sample = SAMPLES[operator] ?? sampleOf(operands, rule);
  if (!sample) throw new Error(`no sample of ${operator}`);
  const [ins = "", outs = ""] = operands.split(" -> ");
  const word = (words: string, i: number) => {
    const list = words.split(" ");
    return list[Math.min(i, list.length - 1)] as string;
  };
  const inputs = sample.inputs.map((shape, i) => {
    const beyond = i >= ins.split(" ").length && !ins.includes("*");
    return tensorOf(`i${i}`, beyond ? "index!" : word(ins, i), dtype, shape, sample.constants?.[i]);
  });
  const outputs = sample.outputs.map((shape, i) => tensorOf(`o${i}`, word(outs, i), dtype, shape));
  if (operator === "SOFTMAX") for (const output of outputs) fixUnit(output);
  const { options } = sample;
  const spec = { operator, inputs: [], outputs: [], ...(options ? { options } : {}) };
  return { inputs, outputs, operator: spec };
}

function tensorOf(
  name: string,
  word: string,
  dtype: TfliteDtype,
  shape: number[],
  values?: number[],
): TensorSpec {
  const kind = word.replace(/[!?*]$/, "");
  const type = (
    {
      N: dtype,
      E: dtype,
      W: dtype,
      number: dtype,
      byte: "int8",
      plain: "int32",
      index: "int32",
    } as Record<string, TfliteDtype>
  )[kind];
  const tensor: TensorSpec = { name, shape, dtype: type ?? (kind as TfliteDtype) };
  if (tensor.dtype === "int8" || tensor.dtype === "uint8") {
    tensor.quantization = { scale: 0.5, zeroPoint: tensor.dtype === "int8" ? 0 : 128 };
  }
  if (values || kind === "W" || word === "int32?" || word === "float32?") {
    tensor.data = constant(tensor.dtype, values ?? new Array(elementsOf(shape)).fill(1));
  }
  return tensor;
}

function fixUnit(tensor: TensorSpec): void {
  if (!tensor.quantization) return;
  tensor.quantization = { scale: 1 / 256, zeroPoint: tensor.dtype === "int8" ? -128 : 0 };
}

/** Elements of a type, as many as there are values. */
export function constant(dtype: TfliteDtype, values: number[]): ArrayBufferView {
  if (dtype === "int64") return BigInt64Array.from(values, BigInt);
  if (dtype === "int32") return Int32Array.from(values);
  if (dtype === "float32") return Float32Array.from(values);
  if (dtype === "int16" || dtype === "float16") return Int16Array.from(values);
  return Uint8Array.from(values);
}

/** The model of an operator; a quantized one beside it makes it a model for nolfet. */
export function modelOf({ inputs, outputs, operator }: Draft): Uint8Array {
  const quantization = { scale: 0.5, zeroPoint: 0 };
  const side = (name: string): TensorSpec => ({ name, shape: [4], dtype: "int8", quantization });
  const given = inputs.filter((input) => input !== undefined);
  const fed = given.filter(({ data }) => !data).map(({ name }) => name);
  return buildModel({
    tensors: [...given, ...outputs, side("side"), side("rectified")],
    operators: [
      {
        ...operator,
        inputs: inputs.map((input) => input?.name ?? -1),
        outputs: outputs.map(({ name }) => name),
      },
      { operator: "RELU", inputs: ["side"], outputs: ["rectified"] },
    ],
    inputs: [...fed, "side"],
    outputs: [...outputs.map(({ name }) => name), "rectified"],
  });
}
