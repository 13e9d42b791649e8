import {
  buildModel,
  type Dtype,
  type OperatorSpec,
  type TensorSpec,
} from "../../host/tflite/builder.ts";
import type { OptionValues } from "../../host/tflite/options.ts";

// Operators over constants, with what they give: TFLite's definitions, worked out by hand.

const ARRAYS = {
  int32: Int32Array,
  int64: BigInt64Array,
  float32: Float32Array,
  bool: Uint8Array,
  int8: Int8Array,
  uint8: Uint8Array,
  float16: Uint16Array,
};
export type Known = keyof typeof ARRAYS;
export type Values = [dtype: Known, values: number[], shape?: number[]];

const BYTE = { scale: 0.5, zeroPoint: -3 };

export function constant(
  name: string,
  [dtype, values, shape = [values.length]]: Values,
): TensorSpec {
  const data = dtype === "int64" ? BigInt64Array.from(values.map(BigInt)) : filled(dtype, values);
  return { name, shape, dtype: dtype as Dtype, data, ...quantizationOf(dtype) };
}

function filled(dtype: Exclude<Known, "int64">, values: number[]) {
  return ARRAYS[dtype].from(values);
}

function quantizationOf(dtype: Known): Pick<TensorSpec, "quantization"> {
  return dtype === "int8" ? { quantization: BYTE } : {};
}

/** Operators over constants, whose outputs are those of the model beside its input. */
export function foldModel(folds: Fold[]): Uint8Array {
  const tensors: TensorSpec[] = [{ name: "x", shape: [1, 2], dtype: "int8", quantization: BYTE }];
  const operators: OperatorSpec[] = [];
  const outputs: string[] = [];
  folds.forEach(([, operator, inputs, results, options], n) => {
    const operands = inputs.map((one, i) => constant(`in${n}.${i}`, one));
    const computed = results.map((one, i) => ({
      ...constant(`out${n}.${i}`, one),
      data: undefined,
    }));
    tensors.push(...operands, ...(computed as TensorSpec[]));
    const [from, to] = [operands, computed].map((list) => list.map(({ name }) => name));
    operators.push({
      operator,
      inputs: from,
      outputs: to,
      ...(options ? { options } : {}),
    } as OperatorSpec);
    outputs.push(...(to as string[]));
  });
  return buildModel({ tensors, operators, inputs: ["x"], outputs });
}

export type Fold = [
  what: string,
  operator: string,
  inputs: Values[],
  outputs: Values[],
  options?: OptionValues | undefined,
];

const NUMBERS = [1, 2, 3, 4, 5, 6];
const LOWEST = -(2 ** 31);

// biome-ignore format: a table
export const FOLDS: Fold[] = [
  ["a shape", "SHAPE", [["int8", NUMBERS, [1, 2, 3]]], [["int32", [1, 2, 3]]]],
  ["a shape of int64", "SHAPE", [["int8", NUMBERS, [1, 2, 3]]], [["int64", [1, 2, 3]]]],
  ["the shape of a scalar", "SHAPE", [["int32", [7], []]], [["int32", []]]],
  ["a rank", "RANK", [["float32", NUMBERS, [1, 2, 3]]], [["int32", [3], []]]],
  ["zeros", "ZEROS_LIKE", [["int32", NUMBERS]], [["int32", [0, 0, 0, 0, 0, 0]]]],
  ["a fill", "FILL", [["int32", [2, 2]], ["int32", [9], []]], [["int32", [9, 9, 9, 9], [2, 2]]]],
  ["a range", "RANGE", [["int32", [2], []], ["int32", [9], []], ["int32", [3], []]], [["int32", [2, 5, 8]]]],
  ["a range downwards", "RANGE", [["int64", [5], []], ["int64", [0], []], ["int64", [-2], []]], [["int64", [5, 3, 1]]]],
  ["a range of floats", "RANGE", [["float32", [0], []], ["float32", [1], []], ["float32", [0.25], []]], [["float32", [0, 0.25, 0.5, 0.75]]]],
  ["a range that is empty", "RANGE", [["int32", [5], []], ["int32", [5], []], ["int32", [1], []]], [["int32", []]]],
  ["a slice", "SLICE", [["int32", NUMBERS, [2, 3]], ["int32", [0, 1]], ["int32", [2, -1]]], [["int32", [2, 3, 5, 6], [2, 2]]]],
  ["a slice of bytes", "SLICE", [["int8", NUMBERS, [2, 3]], ["int64", [1, 0]], ["int64", [1, 2]]], [["int8", [4, 5], [1, 2]]]],
  ["a strided slice", "STRIDED_SLICE", [["int32", NUMBERS], ["int32", [1]], ["int32", [6]], ["int32", [2]]], [["int32", [2, 4, 6]]]],
  ["a strided slice backwards", "STRIDED_SLICE", [["int32", NUMBERS], ["int32", [0]], ["int32", [0]], ["int32", [-2]]], [["int32", [6, 4, 2]]], { begin_mask: 1, end_mask: 1 }],
  ["an index from behind", "STRIDED_SLICE", [["int32", NUMBERS], ["int32", [-2]], ["int32", [-1]], ["int32", [1]]], [["int32", [5], []]], { shrink_axis_mask: 1 }],
  ["an ellipsis and a new axis", "STRIDED_SLICE", [["int32", NUMBERS, [1, 2, 3]], ["int32", [0, 0, 1]], ["int32", [0, 0, 3]], ["int32", [1, 1, 1]]], [["int32", [2, 3, 5, 6], [1, 1, 2, 2]]], { ellipsis_mask: 2, new_axis_mask: 1 }],
  ["a strided slice of nothing", "STRIDED_SLICE", [["int32", NUMBERS], ["int32", [4]], ["int32", [2]], ["int32", [1]]], [["int32", []]]],
  ["a pack of scalars", "PACK", [["int32", [1], []], ["int32", [2], []]], [["int32", [1, 2]]], { values_count: 2, axis: 0 }],
  ["a pack along the last axis", "PACK", [["int32", [1, 2]], ["int32", [3, 4]]], [["int32", [1, 3, 2, 4], [2, 2]]], { values_count: 2, axis: -1 }],
  ["an unpack", "UNPACK", [["int32", NUMBERS, [2, 3]]], [["int32", [1, 4]], ["int32", [2, 5]], ["int32", [3, 6]]], { num: 3, axis: 1 }],
  ["a split", "SPLIT", [["int32", [1], []], ["int32", [1, 2, 3, 4], [2, 2]]], [["int32", [1, 3], [2, 1]], ["int32", [2, 4], [2, 1]]], { num_splits: 2 }],
  ["a concatenation", "CONCATENATION", [["int32", [1, 2], [2, 1]], ["int32", [3, 4, 5, 6], [2, 2]]], [["int32", [1, 3, 4, 2, 5, 6], [2, 3]]], { axis: 1 }],
  ["a gathering", "GATHER", [["int32", NUMBERS, [2, 3]], ["int32", [2, 0]]], [["int32", [3, 1, 6, 4], [2, 2]]], { axis: 1 }],
  ["a scalar gathered", "GATHER", [["int64", [7, 8]], ["int64", [1], []]], [["int64", [8], []]], { axis: 0 }],
  ["a reshape", "RESHAPE", [["int32", NUMBERS], ["int32", [2, -1]]], [["int32", NUMBERS, [2, 3]]]],
  ["a squeeze", "SQUEEZE", [["int32", [4], [1, 1]]], [["int32", [4], [1]]]],
  ["one more dimension", "EXPAND_DIMS", [["int32", [4, 5]], ["int32", [0], []]], [["int32", [4, 5], [1, 2]]]],
  ["a transposition", "TRANSPOSE", [["int8", NUMBERS, [1, 2, 3]], ["int32", [2, 0, 1]]], [["int8", [1, 4, 2, 5, 3, 6], [3, 1, 2]]]],
  ["a tiling", "TILE", [["int32", [1, 2], [1, 2]], ["int32", [2, 2]]], [["int32", [1, 2, 1, 2, 1, 2, 1, 2], [2, 4]]]],
  ["a broadcast", "BROADCAST_TO", [["int32", [1, 2], [2, 1]], ["int32", [2, 2]]], [["int32", [1, 1, 2, 2], [2, 2]]]],
  ["shapes broadcast", "BROADCAST_ARGS", [["int32", [4, 1]], ["int32", [2, 1, 3]]], [["int32", [2, 4, 3]]]],
  ["floats to integers", "CAST", [["float32", [1.9, -1.9, 0.5]]], [["int32", [1, -1, 0]]]],
  ["integers to floats", "CAST", [["int64", [3, -4]]], [["float32", [3, -4]]]],
  ["integers to bools", "CAST", [["int32", [0, 256, -1]]], [["bool", [0, 1, 1]]]],
  ["integers cut off", "CAST", [["int64", [2 ** 32 + 5]]], [["int32", [5]]]],
  ["a sum that wraps", "ADD", [["int32", [2 ** 31 - 1]], ["int32", [1], []]], [["int32", [LOWEST]]]],
  ["a sum of floats", "ADD", [["float32", [0.5]], ["float32", [0.25]]], [["float32", [0.75]]]],
  ["a difference, broadcast", "SUB", [["int32", [5, 6], [2, 1]], ["int32", [1, 2]]], [["int32", [4, 3, 5, 4], [2, 2]]]],
  ["a product", "MUL", [["int64", [2 ** 40]], ["int64", [-3]]], [["int64", [-3 * 2 ** 40]]]],
  ["quotients", "DIV", [["int32", [7, -7]], ["int32", [2], []]], [["int32", [3, -3]]]],
  ["quotients of floats", "DIV", [["float32", [1, -7]], ["float32", [2], []]], [["float32", [0.5, -3.5]]]],
  ["quotients rounded down", "FLOOR_DIV", [["int32", [7, -7, 7]], ["int32", [2, 2, -2]]], [["int32", [3, -4, -4]]]],
  ["residuals of the divisor's sign", "FLOOR_MOD", [["int32", [7, -7, 7]], ["int32", [3, 3, -3]]], [["int32", [1, 2, -2]]]],
  ["lesser bytes", "MINIMUM", [["int8", [-5, 5]], ["int8", [3, 3]]], [["int8", [-5, 3]]]],
  ["greater floats", "MAXIMUM", [["float32", [-5, 5]], ["float32", [3], []]], [["float32", [3, 5]]]],
  ["less", "LESS", [["int32", [1, 2, 3]], ["int32", [2], []]], [["bool", [1, 0, 0]]]],
  ["not greater", "LESS_EQUAL", [["float32", [1, 2, NaN]], ["float32", [2], []]], [["bool", [1, 1, 0]]]],
  ["greater", "GREATER", [["int64", [1, 3]], ["int64", [2], []]], [["bool", [0, 1]]]],
  ["not less", "GREATER_EQUAL", [["int32", [1, 2]], ["int32", [2], []]], [["bool", [0, 1]]]],
  ["equal", "EQUAL", [["int32", [1, -1]], ["int32", [-1], []]], [["bool", [0, 1]]]],
  ["not equal", "NOT_EQUAL", [["float32", [NaN, 1]], ["float32", [1], []]], [["bool", [1, 0]]]],
  ["both", "LOGICAL_AND", [["bool", [0, 1, 1]], ["bool", [1, 1, 0]]], [["bool", [0, 1, 0]]]],
  ["either", "LOGICAL_OR", [["bool", [0, 1, 0]], ["bool", [1, 1, 0]]], [["bool", [1, 1, 0]]]],
  ["neither", "LOGICAL_NOT", [["bool", [0, 1]]], [["bool", [1, 0]]]],
  ["negated", "NEG", [["int32", [1, LOWEST]]], [["int32", [-1, LOWEST]]]],
  ["without sign", "ABS", [["float32", [-1.5, 2]]], [["float32", [1.5, 2]]]],
  ["squares", "SQUARE", [["int32", [-3, 4]]], [["int32", [9, 16]]]],
  ["a choice", "SELECT_V2", [["bool", [1, 0]], ["int32", [1, 2]], ["int32", [9], []]], [["int32", [1, 9]]]],
  ["a product of all", "REDUCE_PROD", [["int32", NUMBERS], ["int32", [0]]], [["int32", [720], []]]],
  ["sums along an axis", "SUM", [["int32", NUMBERS, [2, 3]], ["int32", [-1]]], [["int32", [6, 15], [2, 1]]], { keep_dims: true }],
  ["the greatest", "REDUCE_MAX", [["int64", NUMBERS, [2, 3]], ["int32", [0, 1]]], [["int64", [6], []]]],
  ["the least", "REDUCE_MIN", [["int32", NUMBERS, [2, 3]], ["int32", [1]]], [["int32", [1, 4]]]],
  ["bytes to floats", "DEQUANTIZE", [["int8", [-3, 0, 127]]], [["float32", [0, 1.5, 65]]]],
  // 1, the least positive one, minus infinity.
  ["half floats to floats", "DEQUANTIZE", [["float16", [0x3c00, 1, 0xfc00]]], [["float32", [1, 2 ** -24, -Infinity]]]],
  ["floats to bytes", "QUANTIZE", [["float32", [0.25, -0.25, 100]]], [["int8", [-2, -4, 127]]]],
];
