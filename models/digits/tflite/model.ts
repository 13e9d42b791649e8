import type { Affine } from "../quantize/affine.ts";
import {
  bytes,
  float32s,
  int8,
  int32,
  int32s,
  int64s,
  type Table,
  table,
  tableOf,
  tables,
  text,
  writeFlatbuffer,
} from "./flatbuffer.ts";
import * as schema from "./schema.ts";

export interface Tensor {
  name: string;
  type: keyof typeof schema.TENSOR_TYPE;
  shape: readonly number[];
  /** One for the tensor, or one for each index along `axis`. */
  quantization: readonly Affine[];
  axis?: number;
  /** Little-endian; absent where an operator computes the tensor. */
  data?: Uint8Array;
}

export interface Operator {
  name: keyof typeof schema.OPERATORS;
  inputs: readonly Tensor[];
  output: Tensor;
  options: Table;
}

/** Writes operators, in the order of their work, as a `.tflite` file. */
export function writeModel(operators: readonly Operator[], description: string): Uint8Array {
  const tensors = [...new Set(operators.flatMap(({ inputs, output }) => [...inputs, output]))];
  const constants = tensors.filter(({ data }) => data);
  const names = [...new Set(operators.map(({ name }) => name))];
  const isSigned = tensors.some(({ type }) => type === "int8");
  const indicesOf = (some: readonly Tensor[]) => int32s(some.map((one) => tensors.indexOf(one)));

  const subgraph = tableOf(schema.SUBGRAPH, {
    // Buffer 0 is the empty one, which all computed tensors refer to.
    tensors: tables(tensors.map((tensor) => tensorTable(tensor, 1 + constants.indexOf(tensor)))),
    inputs: indicesOf(operators.slice(0, 1).flatMap(({ inputs }) => inputs.slice(0, 1))),
    outputs: indicesOf(operators.slice(-1).map(({ output }) => output)),
    operators: tables(
      operators.map(({ name, inputs, output, options }) =>
        tableOf(schema.OPERATOR, {
          code: int32(names.indexOf(name)),
          inputs: indicesOf(inputs),
          outputs: indicesOf([output]),
          optionsType: int8(schema.OPERATORS[name].optionsType),
          options: table(options),
        }),
      ),
    ),
    name: text("main"),
  });
  const model = tableOf(schema.MODEL, {
    version: int32(schema.VERSION),
    operatorCodes: tables(names.map((name) => operatorCodeTable(name, isSigned))),
    subgraphs: tables([subgraph]),
    description: text(description),
    buffers: tables([{}, ...constants.map(bufferTable)]),
  });
  return writeFlatbuffer(model, schema.IDENTIFIER);
}

function operatorCodeTable(name: Operator["name"], isSigned: boolean): Table {
  const { code, int8Version } = schema.OPERATORS[name];
  return tableOf(schema.OPERATOR_CODE, {
    deprecatedCode: int8(code),
    version: int32(isSigned ? int8Version : 1),
    code: int32(code),
  });
}

function tensorTable({ name, type, shape, quantization, axis }: Tensor, buffer: number): Table {
  return tableOf(schema.TENSOR, {
    shape: int32s(shape),
    type: int8(schema.TENSOR_TYPE[type]),
    buffer: int32(buffer),
    name: text(name),
    quantization: table(
      tableOf(schema.QUANTIZATION, {
        scale: float32s(quantization.map(({ scale }) => scale)),
        zeroPoint: int64s(quantization.map(({ zeroPoint }) => zeroPoint)),
        dimension: int32(axis ?? 0),
      }),
    ),
  });
}

function bufferTable({ data }: Tensor): Table {
  return tableOf(schema.BUFFER, { data: bytes(data as Uint8Array) });
}
