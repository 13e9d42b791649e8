import { ByteBuffer } from "flatbuffers";

/** The few facts about a model of one operator that a replay needs. */
export interface LayerModel {
  operators: BuiltinOperator[];
  inputs: TensorFacts[];
}

export interface TensorFacts {
  bytes: number;
  /** Of int8 elements; the others are uint8. */
  signed: boolean;
  shape: number[];
}

export const BuiltinOperator = {
  ADD: 0,
  AVERAGE_POOL_2D: 1,
  CONV_2D: 3,
  DEPTHWISE_CONV_2D: 4,
  FULLY_CONNECTED: 9,
} as const;
export type BuiltinOperator = number;

const INT8 = 9;

// Field numbers of TFLite's schema, by table.
const MODEL = { operatorCodes: 1, subgraphs: 2, buffers: 4 };
const OPERATOR_CODE = { deprecatedBuiltinCode: 0 };
const SUBGRAPH = { tensors: 0, inputs: 1, operators: 3 };
const OPERATOR = { opcodeIndex: 0, inputs: 1 };
const TENSOR = { shape: 0, type: 1, buffer: 2 };
const BUFFER = { data: 0 };

/** Reads operators and inputs of a `.tflite` model with one subgraph. */
export function readLayerModel(bytes: Uint8Array): LayerModel {
  const buffer = new ByteBuffer(bytes);
  const model = buffer.readInt32(0);
  const subgraph = tables(buffer, model, MODEL.subgraphs)[0] as number;
  const tensors = tables(buffer, subgraph, SUBGRAPH.tensors);
  const codes = tables(buffer, model, MODEL.operatorCodes).map((code) =>
    scalar(buffer, code, OPERATOR_CODE.deprecatedBuiltinCode, 1),
  );
  return {
    operators: tables(buffer, subgraph, SUBGRAPH.operators).map(
      (operator) => codes[scalar(buffer, operator, OPERATOR.opcodeIndex, 4)] as number,
    ),
    inputs: integers(buffer, subgraph, SUBGRAPH.inputs).map((index) =>
      tensorFacts(buffer, tensors[index] as number),
    ),
  };
}

/** The weights of each convolution or fully connected layer in a model, as they are stored. */
export function convolutionWeights(bytes: Uint8Array): Uint8Array[] {
  const buffer = new ByteBuffer(bytes);
  const model = buffer.readInt32(0);
  const subgraph = tables(buffer, model, MODEL.subgraphs)[0] as number;
  const tensors = tables(buffer, subgraph, SUBGRAPH.tensors);
  const buffers = tables(buffer, model, MODEL.buffers);
  const { operators } = readLayerModel(bytes);
  return tables(buffer, subgraph, SUBGRAPH.operators)
    .filter((_, i) => CONVOLUTIONS.includes(operators[i] as number))
    .map((operator) => {
      const weights = tensors[integers(buffer, operator, OPERATOR.inputs)[1] as number] as number;
      return content(buffer, buffers[scalar(buffer, weights, TENSOR.buffer, 4)] as number);
    });
}

const CONVOLUTIONS: BuiltinOperator[] = [
  BuiltinOperator.CONV_2D,
  BuiltinOperator.DEPTHWISE_CONV_2D,
  BuiltinOperator.FULLY_CONNECTED,
];

function content(buffer: ByteBuffer, table: number): Uint8Array {
  const entry = table + buffer.__offset(table, slot(BUFFER.data));
  const start = buffer.__vector(entry);
  return buffer.bytes().subarray(start, start + buffer.__vector_len(entry));
}

function tensorFacts(buffer: ByteBuffer, tensor: number): TensorFacts {
  const shape = integers(buffer, tensor, TENSOR.shape);
  const type = scalar(buffer, tensor, TENSOR.type, 1);
  return { shape, bytes: shape.reduce((a, b) => a * b, 1), signed: type === INT8 };
}

/** Offset of a field's entry in the virtual table. */
function slot(field: number): number {
  return 4 + 2 * field;
}

/** A number of 1 or 4 bytes, 0 where the field is absent. */
function scalar(buffer: ByteBuffer, table: number, field: number, size: 1 | 4): number {
  const entry = buffer.__offset(table, slot(field));
  if (entry === 0) return 0;
  return size === 1 ? buffer.readInt8(table + entry) : buffer.readInt32(table + entry);
}

/** Positions of the four-byte elements of a vector. */
function elements(buffer: ByteBuffer, table: number, field: number): number[] {
  const entry = buffer.__offset(table, slot(field));
  if (entry === 0) return [];
  const start = buffer.__vector(table + entry);
  const length = buffer.__vector_len(table + entry);
  return Array.from({ length }, (_, i) => start + 4 * i);
}

function tables(buffer: ByteBuffer, table: number, field: number): number[] {
  return elements(buffer, table, field).map((position) => buffer.__indirect(position));
}

function integers(buffer: ByteBuffer, table: number, field: number): number[] {
  return elements(buffer, table, field).map((position) => buffer.readInt32(position));
}
