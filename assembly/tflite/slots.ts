/**
 * Where the fields of TFLite's tables stand in their vtables (schema.fbs, version 3).
 * Fields that nolfet has no use for are left out; a union takes two slots, type and value.
 */

/** "TFL3", little-endian: the four letters after the root's offset. */
export const IDENTIFIER: u32 = 0x334c4654;

export enum ModelSlot {
  VERSION = 0,
  OPERATOR_CODES = 1,
  SUBGRAPHS = 2,
  DESCRIPTION = 3,
  BUFFERS = 4,
}

export enum OperatorCodeSlot {
  /** A byte: all that early versions had. */
  DEPRECATED_BUILTIN_CODE = 0,
  CUSTOM_CODE = 1,
  VERSION = 2,
  BUILTIN_CODE = 3,
}

export enum SubgraphSlot {
  TENSORS = 0,
  INPUTS = 1,
  OUTPUTS = 2,
  OPERATORS = 3,
  NAME = 4,
}

export enum TensorSlot {
  SHAPE = 0,
  TYPE = 1,
  BUFFER = 2,
  NAME = 3,
  QUANTIZATION = 4,
  IS_VARIABLE = 5,
  SPARSITY = 6,
  EXTERNAL_BUFFER = 10,
}

export enum QuantizationSlot {
  SCALE = 2,
  ZERO_POINT = 3,
  DETAILS_TYPE = 4,
  AXIS = 6,
}

export enum BufferSlot {
  DATA = 0,
  /** Position in the file of data kept outside of the FlatBuffers part, if above 1. */
  OFFSET = 1,
  SIZE = 2,
}

export enum OperatorSlot {
  CODE_INDEX = 0,
  INPUTS = 1,
  OUTPUTS = 2,
  OPTIONS_TYPE = 3,
  OPTIONS = 4,
  CUSTOM_OPTIONS = 5,
}

/** Members of the union of builtin options. */
export enum OptionsType {
  NONE = 0,
  CONV_2D = 1,
  DEPTHWISE_CONV_2D = 2,
  POOL_2D = 5,
  FULLY_CONNECTED = 8,
  SOFTMAX = 9,
  CONCATENATION = 10,
  ADD = 11,
  RESIZE_BILINEAR = 15,
  RESHAPE = 17,
  SPACE_TO_DEPTH = 19,
  MUL = 21,
  GATHER = 23,
  REDUCER = 27,
  SUB = 28,
  DIV = 29,
  STRIDED_SLICE = 32,
  SPLIT = 35,
  ARG_MAX = 40,
  TRANSPOSE_CONV = 49,
  PACK = 59,
  UNPACK = 64,
  RESIZE_NEAREST_NEIGHBOR = 74,
  LEAKY_RELU = 75,
  MIRROR_PAD = 77,
  SPLIT_V = 79,
  DEPTH_TO_SPACE = 94,
  BATCH_MATMUL = 101,
  CALL_ONCE = 103,
  VAR_HANDLE = 111,
  GELU = 116,
}

/** The options of VAR_HANDLE: two strings that name a variable together. */
export enum VarHandleSlot {
  CONTAINER = 0,
  SHARED_NAME = 1,
}
