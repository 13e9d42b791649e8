import { Dtype } from "../../tflite/schema";

/** Field numbers of onnx.proto (onnx.ai, "Open Neural Network Exchange Intermediate Representation"). */
export enum ModelField {
  IR_VERSION = 1,
  GRAPH = 7,
  OPSET_IMPORT = 8,
  FUNCTIONS = 25,
}

export enum OpsetField {
  DOMAIN = 1,
  VERSION = 2,
}

export enum GraphField {
  NODE = 1,
  INITIALIZER = 5,
  INPUT = 11,
  OUTPUT = 12,
  SPARSE_INITIALIZER = 15,
}

export enum NodeField {
  INPUT = 1,
  OUTPUT = 2,
  NAME = 3,
  OPERATOR = 4,
  ATTRIBUTE = 5,
  DOMAIN = 7,
}

export enum AttributeField {
  NAME = 1,
  FLOAT = 2,
  INTEGER = 3,
  TEXT = 4,
  TENSOR = 5,
  FLOATS = 7,
  INTEGERS = 8,
}

export enum TensorField {
  EXTENTS = 1,
  TYPE = 2,
  FLOATS = 4,
  INTEGERS = 5,
  LONGS = 7,
  NAME = 8,
  RAW = 9,
  DOUBLES = 10,
  UNSIGNED_LONGS = 11,
  EXTERNAL = 13,
  LOCATION = 14,
}

/** Of ValueInfoProto. */
export enum InfoField {
  NAME = 1,
  TYPE = 2,
}

/** Of TypeProto. */
export enum TypeField {
  TENSOR = 1,
}

/** Of TypeProto.Tensor. */
export enum TensorTypeField {
  ELEMENT = 1,
  SHAPE = 2,
}

/** Of TensorShapeProto. */
export enum ShapeField {
  DIMENSION = 1,
}

/** Of TensorShapeProto.Dimension. */
export enum DimensionField {
  EXTENT = 1,
}

/** TensorProto.DataType by number, as types of TFLite; those it has no equal of are OTHER. */
// biome-ignore format: in the enum's order
const TYPES: StaticArray<Dtype> = [
  Dtype.OTHER, Dtype.FLOAT32, Dtype.UINT8, Dtype.INT8, Dtype.OTHER, Dtype.INT16, Dtype.INT32,
  Dtype.INT64, Dtype.STRING, Dtype.BOOL, Dtype.FLOAT16, Dtype.FLOAT64,
];

export function dtypeOf(onnx: u64): Dtype {
  return onnx < (TYPES.length as u64) ? TYPES[onnx as i32] : Dtype.OTHER;
}
