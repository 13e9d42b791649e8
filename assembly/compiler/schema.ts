/** Values of TFLite's schema (schema.fbs, version 3) that more than one stage needs. */

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

/** Builtin operator codes that stages ask for by name; `read/operators.ts` names all of them. */
export namespace Builtin {
  export const ADD: i32 = 0;
  export const AVERAGE_POOL_2D: i32 = 1;
  export const CONCATENATION: i32 = 2;
  export const CONV_2D: i32 = 3;
  export const DEPTHWISE_CONV_2D: i32 = 4;
  export const FULLY_CONNECTED: i32 = 9;
  export const LOGISTIC: i32 = 14;
  export const MAX_POOL_2D: i32 = 17;
  export const MUL: i32 = 18;
  export const RELU: i32 = 19;
  export const RELU6: i32 = 21;
  export const RESHAPE: i32 = 22;
  export const RESIZE_BILINEAR: i32 = 23;
  export const SOFTMAX: i32 = 25;
  export const CUSTOM: i32 = 32;
  export const PAD: i32 = 34;
  export const TRANSPOSE: i32 = 39;
  export const MEAN: i32 = 40;
  export const SUB: i32 = 41;
  export const SQUEEZE: i32 = 43;
  export const STRIDED_SLICE: i32 = 45;
  export const SPLIT: i32 = 49;
  export const EXPAND_DIMS: i32 = 70;
  export const RESIZE_NEAREST_NEIGHBOR: i32 = 97;
  export const LEAKY_RELU: i32 = 98;
  export const ABS: i32 = 101;
  export const QUANTIZE: i32 = 114;
}

/** How well a job's words are known to work on silicon; a greater mark is a weaker claim. */
export enum Mark {
  PROVEN = 0,
  EXPECTED = 1,
  UNPROVEN = 2,
}
