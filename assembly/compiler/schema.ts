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
  export const RESHAPE: i32 = 22;
  export const SOFTMAX: i32 = 25;
  export const PAD: i32 = 34;
  export const CUSTOM: i32 = 32;
}
