// Writes small `.tflite` models. Tensors are named, and operators refer to them by name.

import { Builder, type Offset } from "flatbuffers";
import { OPERATOR_NAMES } from "../../assembly/tflite/operators.ts";
import {
  BufferSlot,
  ModelSlot,
  OperatorCodeSlot,
  OperatorSlot,
  QuantizationSlot,
  SubgraphSlot,
  TensorSlot,
} from "../../assembly/tflite/slots.ts";
import { addOptions, type OptionValues, optionsType } from "./options.ts";
import { addTable, intVector, offsetVector, vector } from "./tables.ts";

/** Element types in the order of TFLite's schema. */
// biome-ignore format: a table
const DTYPES = [
  "float32", "float16", "int32", "uint8", "int64", "string", "bool", "int16", "complex64", "int8",
  "float64", "complex128", "uint64", "resource",
] as const;
const CUSTOM = OPERATOR_NAMES.indexOf("CUSTOM");
/** Codes from here on do not fit the schema's old field, which then holds this one. */
const LAST_OLD_CODE = 127;

export type Dtype = (typeof DTYPES)[number];

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
  /** Instead of `data`: where the elements lie in the file, after what is built here. */
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
  options?: OptionValues;
  customOptions?: Uint8Array;
}

export interface SubgraphSpec {
  name?: string;
  tensors: TensorSpec[];
  operators: OperatorSpec[];
  inputs: TensorReference[];
  outputs: TensorReference[];
}

export interface ModelSpec extends SubgraphSpec {
  /** Behind the first. */
  subgraphs?: SubgraphSpec[];
  /** Of the schema. */
  version?: number;
  description?: string;
}

/**
 * The bytes of a `.tflite` file. Nothing of the specification is checked. Equal names, and
 * the same objects as data or quantization, are written once.
 */
export function buildModel(spec: ModelSpec): Uint8Array<ArrayBuffer> {
  const b = new Builder(1024);
  const graphs = [spec, ...(spec.subgraphs ?? [])];
  const all = graphs.flatMap(({ tensors }) => tensors);
  // Buffer 0 is the empty one, for tensors without data.
  const data = [undefined, ...new Set(all.map(dataOf).filter((one) => one !== undefined))];
  const buffers = data.map((one) => addBuffer(b, one));
  const quantizations = new Map<Quantization | undefined, Offset>([[undefined, 0]]);
  for (const { quantization } of all) {
    if (quantization && !quantizations.has(quantization)) {
      quantizations.set(quantization, addQuantization(b, quantization));
    }
  }
  const tensors = graphs.map((graph) =>
    graph.tensors.map((tensor) => {
      const quantization = quantizations.get(tensor.quantization) ?? 0;
      return addTensor(b, tensor, data.indexOf(dataOf(tensor)), quantization);
    }),
  );
  const kinds = [...new Set(graphs.flatMap(({ operators }) => operators.map(kindOf)))];
  const codes = kinds.map((kind) => addOperatorCode(b, kind));
  const subgraphs = graphs.map((graph, i) =>
    addSubgraph(b, graph, tensors[i] as Offset[], (one) => kinds.indexOf(kindOf(one))),
  );
  const { description } = spec;
  const parts: [number, Offset][] = [
    [ModelSlot.OPERATOR_CODES, offsetVector(b, codes)],
    [ModelSlot.SUBGRAPHS, offsetVector(b, subgraphs)],
    [ModelSlot.DESCRIPTION, description === undefined ? 0 : b.createString(description)],
    [ModelSlot.BUFFERS, offsetVector(b, buffers)],
  ];
  const root = addTable(b, parts, () => b.addFieldInt32(ModelSlot.VERSION, spec.version ?? 3, 0));
  b.finish(root, "TFL3");
  return b.asUint8Array().slice();
}

function addSubgraph(
  b: Builder,
  spec: SubgraphSpec,
  tensors: Offset[],
  codeOf: (operator: OperatorSpec) => number,
): Offset {
  const names = new Map(spec.tensors.map(({ name }, index) => [name, index]));
  const indices = (references: TensorReference[]) => {
    const numbers = references.map((reference) => {
      const index = typeof reference === "number" ? reference : names.get(reference);
      if (index === undefined) throw new Error(`no tensor is named ${reference}`);
      return index;
    });
    return intVector(b, numbers);
  };
  const operators = spec.operators.map((one) => addOperator(b, one, codeOf(one), indices));
  return addTable(b, [
    [SubgraphSlot.TENSORS, offsetVector(b, tensors)],
    [SubgraphSlot.INPUTS, indices(spec.inputs)],
    [SubgraphSlot.OUTPUTS, indices(spec.outputs)],
    [SubgraphSlot.OPERATORS, offsetVector(b, operators)],
    [SubgraphSlot.NAME, spec.name === undefined ? 0 : b.createString(spec.name)],
  ]);
}

type Data = TensorSpec["data"] | TensorSpec["dataAt"];

function dataOf(tensor: TensorSpec): Data {
  return tensor.data ?? tensor.dataAt;
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
  const options = spec.options ? addOptions(b, spec.operator, spec.options) : 0;
  const parts: [number, Offset][] = [
    [OperatorSlot.INPUTS, indices(spec.inputs)],
    [OperatorSlot.OUTPUTS, indices(spec.outputs)],
    [OperatorSlot.OPTIONS, options],
    [OperatorSlot.CUSTOM_OPTIONS, spec.customOptions ? b.createByteVector(spec.customOptions) : 0],
  ];
  return addTable(b, parts, () => {
    b.addFieldInt32(OperatorSlot.CODE_INDEX, code, 0);
    b.addFieldInt8(OperatorSlot.OPTIONS_TYPE, options ? optionsType(spec.operator) : 0, 0);
  });
}
