/** Values of TFLite's schema (schema.fbs, version 3) that more than one module needs. */

/** Element types, numbered as in the `.nolf` schema. */
export enum Dtype {
  UINT8 = 0,
  INT8 = 1,
  INT16 = 2,
  INT32 = 3,
  INT64 = 4,
  FLOAT16 = 5,
  FLOAT32 = 6,
  FLOAT64 = 7,
  BOOL = 8,
  STRING = 9,
  OTHER = 10,
}

// biome-ignore format: in the enum's order
export const DTYPE_NAMES: StaticArray<string> = [
  "uint8", "int8", "int16", "int32", "int64", "float16", "float32", "float64", "bool", "string",
  "unknown",
];

/** Bytes of one element; 0 where elements have no fixed size. */
// biome-ignore format: in the enum's order
export const DTYPE_BYTES: StaticArray<i32> = [1, 1, 2, 4, 8, 2, 4, 8, 1, 0, 0];

export enum Padding {
  SAME = 0,
  VALID = 1,
}

export enum Activation {
  NONE = 0,
  RELU = 1,
  RELU_N1_TO_1 = 2,
  RELU6 = 3,
  TANH = 4,
  SIGN_BIT = 5,
}

/** Builtin operator codes that stages ask for by name; `operators.ts` names all of them. */
export namespace Builtin {
  export const ADD: i32 = 0;
  export const AVERAGE_POOL_2D: i32 = 1;
  export const CONCATENATION: i32 = 2;
  export const CONV_2D: i32 = 3;
  export const DEPTHWISE_CONV_2D: i32 = 4;
  export const DEPTH_TO_SPACE: i32 = 5;
  export const DEQUANTIZE: i32 = 6;
  export const FULLY_CONNECTED: i32 = 9;
  export const LOGISTIC: i32 = 14;
  export const MAX_POOL_2D: i32 = 17;
  export const MUL: i32 = 18;
  export const RELU: i32 = 19;
  export const RELU6: i32 = 21;
  export const RESHAPE: i32 = 22;
  export const RESIZE_BILINEAR: i32 = 23;
  export const SOFTMAX: i32 = 25;
  export const SPACE_TO_DEPTH: i32 = 26;
  export const TANH: i32 = 28;
  export const CUSTOM: i32 = 32;
  export const PAD: i32 = 34;
  export const GATHER: i32 = 36;
  export const BATCH_TO_SPACE_ND: i32 = 37;
  export const SPACE_TO_BATCH_ND: i32 = 38;
  export const TRANSPOSE: i32 = 39;
  export const MEAN: i32 = 40;
  export const SUB: i32 = 41;
  export const DIV: i32 = 42;
  export const SQUEEZE: i32 = 43;
  export const STRIDED_SLICE: i32 = 45;
  export const EXP: i32 = 47;
  export const SPLIT: i32 = 49;
  export const CAST: i32 = 53;
  export const PRELU: i32 = 54;
  export const MAXIMUM: i32 = 55;
  export const ARG_MAX: i32 = 56;
  export const MINIMUM: i32 = 57;
  export const LESS: i32 = 58;
  export const NEG: i32 = 59;
  export const PADV2: i32 = 60;
  export const GREATER: i32 = 61;
  export const GREATER_EQUAL: i32 = 62;
  export const LESS_EQUAL: i32 = 63;
  export const SELECT: i32 = 64;
  export const SLICE: i32 = 65;
  export const TRANSPOSE_CONV: i32 = 67;
  export const TILE: i32 = 69;
  export const EXPAND_DIMS: i32 = 70;
  export const EQUAL: i32 = 71;
  export const NOT_EQUAL: i32 = 72;
  export const SUM: i32 = 74;
  export const SQRT: i32 = 75;
  export const SHAPE: i32 = 77;
  export const REDUCE_PROD: i32 = 81;
  export const REDUCE_MAX: i32 = 82;
  export const PACK: i32 = 83;
  export const LOGICAL_OR: i32 = 84;
  export const LOGICAL_AND: i32 = 86;
  export const LOGICAL_NOT: i32 = 87;
  export const UNPACK: i32 = 88;
  export const REDUCE_MIN: i32 = 89;
  export const FLOOR_DIV: i32 = 90;
  export const SQUARE: i32 = 92;
  export const ZEROS_LIKE: i32 = 93;
  export const FILL: i32 = 94;
  export const FLOOR_MOD: i32 = 95;
  export const RANGE: i32 = 96;
  export const RESIZE_NEAREST_NEIGHBOR: i32 = 97;
  export const LEAKY_RELU: i32 = 98;
  export const SQUARED_DIFFERENCE: i32 = 99;
  export const MIRROR_PAD: i32 = 100;
  export const ABS: i32 = 101;
  export const SPLIT_V: i32 = 102;
  export const RANK: i32 = 110;
  export const ELU: i32 = 111;
  export const QUANTIZE: i32 = 114;
  export const HARD_SWISH: i32 = 117;
  export const SELECT_V2: i32 = 123;
  export const BATCH_MATMUL: i32 = 126;
  export const CALL_ONCE: i32 = 129;
  export const BROADCAST_TO: i32 = 130;
  export const VAR_HANDLE: i32 = 142;
  export const READ_VARIABLE: i32 = 143;
  export const ASSIGN_VARIABLE: i32 = 144;
  export const BROADCAST_ARGS: i32 = 145;
  export const GELU: i32 = 150;
}
