/**
 * Writes small `.tflite` models: `buildModel` any graph, `convolutionModel` one
 * convolution. Tensors are named, and operators refer to them by name.
 */
import { Builder, type Offset } from "flatbuffers";
import { OPERATOR_NAMES } from "../../assembly/compiler/read/operators.ts";
import {
  BufferSlot,
  ModelSlot,
  OperatorCodeSlot,
  OperatorSlot,
  OptionsType,
  QuantizationSlot,
  SubgraphSlot,
  TensorSlot,
} from "../../assembly/compiler/read/slots.ts";

/** Element types in the order of TFLite's schema. */
// biome-ignore format: a table
const DTYPES = [
  "float32", "float16", "int32", "uint8", "int64", "string", "bool", "int16", "complex64", "int8",
] as const;
const ACTIVATIONS = ["NONE", "RELU", "RELU_N1_TO_1", "RELU6", "TANH", "SIGN_BIT"] as const;
const PADDINGS = ["SAME", "VALID"] as const;
const CUSTOM = OPERATOR_NAMES.indexOf("CUSTOM");
/** Codes from here on do not fit the schema's old field, which then holds this one. */
const LAST_OLD_CODE = 127;

export type Dtype = (typeof DTYPES)[number];
export type Activation = (typeof ACTIVATIONS)[number];
export type Padding = (typeof PADDINGS)[number];

export interface Quantization {
  scale: number | number[];
  /** One for each scale. */
  zeroPoint: number | number[];
  /** The dimension that several scales belong to. */
  axis?: number;
}

export interface TensorSpec {
  name: string;
  shape: number[];
  dtype: Dtype;
  quantization?: Quantization;
  /** A constant's elements, little-endian. Tensors given the same object share a buffer. */
  data?: ArrayBufferView;
  /** Instead of `data`: where the elements lie in the file, behind what is built here. */
  dataAt?: { offset: number; size: number };
  isVariable?: boolean;
  isSparse?: boolean;
  /** The number of a buffer in another file. */
  externalBuffer?: number;
}

/** A tensor's name; or a number, written as it is, whether or not there is such a tensor. */
export type TensorReference = string | number;

export interface OperatorSpec {
  /** A builtin operator's name; any other is that of a custom operator. */
  operator: string;
  version?: number;
  inputs: TensorReference[];
  outputs: TensorReference[];
  /** By the schema's names; what is left out has the schema's default. */
  options?: Record<string, number | boolean>;
  customOptions?: Uint8Array;
}

export interface ModelSpec {
  tensors: TensorSpec[];
  operators: OperatorSpec[];
  inputs: TensorReference[];
  outputs: TensorReference[];
  /** Of the schema. */
  version?: number;
}

/** The fields of an operator's options in the order of their slots, each with its type. */
interface OptionsLayout {
  type: OptionsType;
  fields: string;
}

const ACTIVATION_ONLY = "fused_activation_function:byte";
const WINDOW = "padding:byte stride_w:int stride_h:int";
const DILATION = "dilation_w_factor:int dilation_h_factor:int";
const MASKS =
  "begin_mask:int end_mask:int ellipsis_mask:int new_axis_mask:int shrink_axis_mask:int";
const POOL_2D = `${WINDOW} filter_width:int filter_height:int ${ACTIVATION_ONLY}`;
const DEPTHWISE = `${WINDOW} depth_multiplier:int ${ACTIVATION_ONLY} ${DILATION}`;
const DENSE = `${ACTIVATION_ONLY} weights_format:byte keep_num_dims:byte`;
const RESIZE = "align_corners:byte half_pixel_centers:byte";

const OPTIONS: Record<string, OptionsLayout> = {
  ADD: { type: OptionsType.ADD, fields: ACTIVATION_ONLY },
  ARG_MAX: { type: OptionsType.ARG_MAX, fields: "output_type:byte" },
  AVERAGE_POOL_2D: { type: OptionsType.POOL_2D, fields: POOL_2D },
  CONCATENATION: { type: OptionsType.CONCATENATION, fields: `axis:int ${ACTIVATION_ONLY}` },
  CONV_2D: { type: OptionsType.CONV_2D, fields: `${WINDOW} ${ACTIVATION_ONLY} ${DILATION}` },
  DEPTHWISE_CONV_2D: { type: OptionsType.DEPTHWISE_CONV_2D, fields: DEPTHWISE },
  FULLY_CONNECTED: { type: OptionsType.FULLY_CONNECTED, fields: DENSE },
  LEAKY_RELU: { type: OptionsType.LEAKY_RELU, fields: "alpha:float" },
  MAX_POOL_2D: { type: OptionsType.POOL_2D, fields: POOL_2D },
  MEAN: { type: OptionsType.REDUCER, fields: "keep_dims:byte" },
  MUL: { type: OptionsType.MUL, fields: ACTIVATION_ONLY },
  RESIZE_BILINEAR: {
    type: OptionsType.RESIZE_BILINEAR,
    fields: `new_height:int new_width:int ${RESIZE}`,
  },
  RESIZE_NEAREST_NEIGHBOR: { type: OptionsType.RESIZE_NEAREST_NEIGHBOR, fields: RESIZE },
  SOFTMAX: { type: OptionsType.SOFTMAX, fields: "beta:float" },
  SPLIT: { type: OptionsType.SPLIT, fields: "num_splits:int" },
  STRIDED_SLICE: { type: OptionsType.STRIDED_SLICE, fields: MASKS },
  SUB: { type: OptionsType.SUB, fields: ACTIVATION_ONLY },
};

/**
 * The bytes of a `.tflite` file. Nothing of the specification is checked. Equal names, and
 * the same objects as data or quantization, are written once.
 */
export function buildModel(spec: ModelSpec): Uint8Array<ArrayBuffer> {
  const b = new Builder(1024);
  const names = new Map(spec.tensors.map(({ name }, index) => [name, index]));
  const indices = (references: TensorReference[]) => {
    const numbers = references.map((reference) => {
      const index = typeof reference === "number" ? reference : names.get(reference);
      if (index === undefined) throw new Error(`no tensor is named ${reference}`);
      return index;
    });
    return intVector(b, numbers);
  };
  // Buffer 0 is the empty one, for tensors without data.
  const data = [undefined, ...new Set(spec.tensors.map(dataOf).filter((one) => one !== undefined))];
  const buffers = data.map((one) => addBuffer(b, one));
  const quantizations = new Map<Quantization | undefined, Offset>([[undefined, 0]]);
  for (const { quantization } of spec.tensors) {
    if (quantization && !quantizations.has(quantization)) {
      quantizations.set(quantization, addQuantization(b, quantization));
    }
  }
  const tensors = spec.tensors.map((tensor) =>
    addTensor(b, tensor, data.indexOf(dataOf(tensor)), quantizations.get(tensor.quantization) ?? 0),
  );
  const kinds = [...new Set(spec.operators.map(kindOf))];
  const codes = kinds.map((kind) => addOperatorCode(b, kind));
  const operators = spec.operators.map((operator) =>
    addOperator(b, operator, kinds.indexOf(kindOf(operator)), indices),
  );
  const subgraph = addTable(b, [
    [SubgraphSlot.TENSORS, offsetVector(b, tensors)],
    [SubgraphSlot.INPUTS, indices(spec.inputs)],
    [SubgraphSlot.OUTPUTS, indices(spec.outputs)],
    [SubgraphSlot.OPERATORS, offsetVector(b, operators)],
  ]);
  const parts: [number, Offset][] = [
    [ModelSlot.OPERATOR_CODES, offsetVector(b, codes)],
    [ModelSlot.SUBGRAPHS, offsetVector(b, [subgraph])],
    [ModelSlot.BUFFERS, offsetVector(b, buffers)],
  ];
  const root = addTable(b, parts, () => b.addFieldInt32(ModelSlot.VERSION, spec.version ?? 3, 0));
  b.finish(root, "TFL3");
  return b.asUint8Array().slice();
}

type Data = TensorSpec["data"] | TensorSpec["dataAt"];

function dataOf(tensor: TensorSpec): Data {
  return tensor.data ?? tensor.dataAt;
}

/** Adds a table of references to what was written before, and of whatever `more` adds. */
function addTable(b: Builder, parts: [slot: number, at: Offset][], more = () => {}): Offset {
  b.startObject(16);
  for (const [slot, at] of parts) if (at) b.addFieldOffset(slot, at, 0);
  more();
  return b.endObject();
}

function vector<T>(b: Builder, values: T[], width: number, add: (value: T) => void): Offset {
  b.startVector(width, values.length, width);
  for (const value of values.toReversed()) add(value);
  return b.endVector();
}

function intVector(b: Builder, values: number[]): Offset {
  return vector(b, values, 4, (value) => b.addInt32(value));
}

function offsetVector(b: Builder, values: Offset[]): Offset {
  return vector(b, values, 4, (value) => b.addOffset(value));
}

function addBuffer(b: Builder, data: Data): Offset {
  if (!data) return addTable(b, []);
  if ("offset" in data) {
    return addTable(b, [], () => {
      b.addFieldInt64(BufferSlot.OFFSET, BigInt(data.offset), 0n);
      b.addFieldInt64(BufferSlot.SIZE, BigInt(data.size), 0n);
    });
  }
  const bytes = new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
  b.prep(16, bytes.length);
  return addTable(b, [[BufferSlot.DATA, b.createByteVector(bytes)]]);
}

function addTensor(b: Builder, tensor: TensorSpec, buffer: number, quantization: Offset): Offset {
  const parts: [number, Offset][] = [
    [TensorSlot.NAME, b.createSharedString(tensor.name)],
    [TensorSlot.SHAPE, intVector(b, tensor.shape)],
    [TensorSlot.QUANTIZATION, quantization],
    [TensorSlot.SPARSITY, tensor.isSparse ? addTable(b, []) : 0],
  ];
  return addTable(b, parts, () => {
    b.addFieldInt8(TensorSlot.TYPE, DTYPES.indexOf(tensor.dtype), 0);
    b.addFieldInt32(TensorSlot.BUFFER, buffer, 0);
    b.addFieldInt8(TensorSlot.IS_VARIABLE, Number(tensor.isVariable ?? false), 0);
    b.addFieldInt32(TensorSlot.EXTERNAL_BUFFER, tensor.externalBuffer ?? 0, 0);
  });
}

function addQuantization(b: Builder, { scale, zeroPoint, axis = 0 }: Quantization): Offset {
  const parts: [number, Offset][] = [
    [QuantizationSlot.SCALE, vector(b, [scale].flat(), 4, (value) => b.addFloat32(value))],
    [
      QuantizationSlot.ZERO_POINT,
      vector(b, [zeroPoint].flat(), 8, (value) => b.addInt64(BigInt(value))),
    ],
  ];
  return addTable(b, parts, () => b.addFieldInt32(QuantizationSlot.AXIS, axis, 0));
}

/** What operators have in common that share an operator code. */
function kindOf({ operator, version = 1 }: OperatorSpec): string {
  return `${operator} ${version}`;
}

function addOperatorCode(b: Builder, kind: string): Offset {
  const [name = "", version] = kind.split(" ");
  const builtin = OPERATOR_NAMES.indexOf(name);
  const code = builtin < 0 ? CUSTOM : builtin;
  const customName = builtin < 0 ? b.createString(name) : 0;
  return addTable(b, [[OperatorCodeSlot.CUSTOM_CODE, customName]], () => {
    b.addFieldInt8(OperatorCodeSlot.DEPRECATED_BUILTIN_CODE, Math.min(code, LAST_OLD_CODE), 0);
    b.addFieldInt32(OperatorCodeSlot.VERSION, Number(version), 1);
    b.addFieldInt32(OperatorCodeSlot.BUILTIN_CODE, code, 0);
  });
}

function addOperator(
  b: Builder,
  spec: OperatorSpec,
  code: number,
  indices: (references: TensorReference[]) => Offset,
): Offset {
  const layout = OPTIONS[spec.operator];
  const options = layout && spec.options ? addOptions(b, layout, spec.options) : 0;
  const parts: [number, Offset][] = [
    [OperatorSlot.INPUTS, indices(spec.inputs)],
    [OperatorSlot.OUTPUTS, indices(spec.outputs)],
    [OperatorSlot.OPTIONS, options],
    [OperatorSlot.CUSTOM_OPTIONS, spec.customOptions ? b.createByteVector(spec.customOptions) : 0],
  ];
  return addTable(b, parts, () => {
    b.addFieldInt32(OperatorSlot.CODE_INDEX, code, 0);
    b.addFieldInt8(OperatorSlot.OPTIONS_TYPE, options && layout ? layout.type : 0, 0);
  });
}

function addOptions(
  b: Builder,
  { fields }: OptionsLayout,
  values: Record<string, number | boolean>,
): Offset {
  const slots = fields.split(" ").map((field) => field.split(":"));
  return addTable(b, [], () => {
    for (const [name, value] of Object.entries(values)) {
      const slot = slots.findIndex(([known]) => known === name);
      if (slot < 0) throw new Error(`no option is named ${name}`);
      const type = slots[slot]?.[1];
      // The default given is no number, so that the value is written whatever it is.
      if (type === "byte") b.addFieldInt8(slot, Number(value), Number.NaN);
      else if (type === "int") b.addFieldInt32(slot, Number(value), Number.NaN);
      else b.addFieldFloat32(slot, Number(value), Number.NaN);
    }
  });
}

/** One convolution. Sizes in the order rows, columns; one number stands for both. */
export interface ConvolutionSpec {
  dtype?: "uint8" | "int8";
  height: number;
  width: number;
  channels: number;
  /** For depthwise ones a multiple of `channels`, which is also its default. */
  outputChannels?: number;
  depthwise?: boolean;
  kernel?: number | [number, number];
  stride?: number | [number, number];
  dilation?: number | [number, number];
  padding?: Padding;
  activation?: Activation;
  input?: Quantization;
  /** Several scales are one for each output channel. */
  weights?: Quantization;
  output?: Quantization;
  /** The weight at a position of the weights in the model's order; its low byte counts. */
  weightAt?: (position: number) => number;
  biasAt?: (outputChannel: number) => number;
}

/**
 * A model of one CONV_2D or DEPTHWISE_CONV_2D: tensors `input`, `weights`, `bias`, `output`.
 * Quantization, weights and bias that are left out are those of the golden vectors in
 * hardware.md 14.2, for int8 the same numbers less 128.
 */
export function convolutionModel(spec: ConvolutionSpec): Uint8Array<ArrayBuffer> {
  const { dtype = "uint8", height, width, channels, depthwise = false } = spec;
  const { padding = "SAME", activation = "NONE" } = spec;
  const { weightAt = (n) => 37 * n + 11, biasAt = (channel) => 1000 * (channel + 1) } = spec;
  const [kernelHeight, kernelWidth] = both(spec.kernel ?? 3);
  const [strideHeight, strideWidth] = both(spec.stride ?? 1);
  const [dilationHeight, dilationWidth] = both(spec.dilation ?? 1);
  const outputChannels = spec.outputChannels ?? channels;
  const shift = dtype === "int8" ? 128 : 0;
  const input = spec.input ?? { scale: 0.02, zeroPoint: 100 - shift };
  const weights = spec.weights ?? { scale: 0.03, zeroPoint: 120 - shift };
  const output = spec.output ?? { scale: 0.5, zeroPoint: 90 - shift };
  const weightShape = depthwise
    ? [1, kernelHeight, kernelWidth, outputChannels]
    : [outputChannels, kernelHeight, kernelWidth, channels];
  const weightCount = weightShape.reduce((product, extent) => product * extent);
  const outputShape = [
    1,
    outputExtent(height, kernelHeight, strideHeight, dilationHeight, padding),
    outputExtent(width, kernelWidth, strideWidth, dilationWidth, padding),
    outputChannels,
  ];
  return buildModel({
    inputs: ["input"],
    outputs: ["output"],
    tensors: [
      { name: "input", shape: [1, height, width, channels], dtype, quantization: input },
      {
        name: "weights",
        shape: weightShape,
        dtype,
        quantization: { axis: depthwise ? 3 : 0, ...weights },
        data: Uint8Array.from({ length: weightCount }, (_, n) => weightAt(n) - shift),
      },
      {
        name: "bias",
        shape: [outputChannels],
        dtype: "int32",
        quantization: biasQuantization(input, weights),
        data: Int32Array.from({ length: outputChannels }, (_, channel) => biasAt(channel)),
      },
      { name: "output", shape: outputShape, dtype, quantization: output },
    ],
    operators: [
      {
        operator: depthwise ? "DEPTHWISE_CONV_2D" : "CONV_2D",
        inputs: ["input", "weights", "bias"],
        outputs: ["output"],
        options: {
          padding: PADDINGS.indexOf(padding),
          stride_h: strideHeight,
          stride_w: strideWidth,
          dilation_h_factor: dilationHeight,
          dilation_w_factor: dilationWidth,
          fused_activation_function: ACTIVATIONS.indexOf(activation),
          ...(depthwise ? { depth_multiplier: outputChannels / channels } : {}),
        },
      },
    ],
  });
}

function both(sizes: number | [number, number]): [number, number] {
  return typeof sizes === "number" ? [sizes, sizes] : sizes;
}

function outputExtent(
  extent: number,
  kernel: number,
  stride: number,
  dilation: number,
  padding: Padding,
): number {
  const covered = padding === "SAME" ? extent : extent - (kernel - 1) * dilation;
  return Math.ceil(covered / stride);
}

function biasQuantization(input: Quantization, weights: Quantization): Quantization {
  const scales = [weights.scale].flat().map((scale) => scale * Number([input.scale].flat()[0]));
  return { scale: scales, zeroPoint: scales.map(() => 0), axis: 0 };
}
