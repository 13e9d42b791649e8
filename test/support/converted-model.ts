import { buildModel, type ModelSpec, type OperatorSpec } from "../../host/tflite/builder.ts";

// A model of float32 that computes in bytes.

export const SHAPE = [1, 4, 8, 4];
const HALF = [1, 2, 4, 4];
type Type = "uint8" | "int8";

export function convertedTensor(name: string, shape: number[], dtype: Type | "float32") {
  const quantization = { scale: 0.25, zeroPoint: dtype === "int8" ? 3 : 131 };
  return { name, shape, dtype, ...(dtype === "float32" ? {} : { quantization }) };
}

/** QUANTIZE, a pool, DEQUANTIZE; with further operators, tensors and outputs. */
export function convertedModel(type: Type, more: Partial<ModelSpec> = {}): Uint8Array {
  const window = { filter_height: 2, filter_width: 2, stride_h: 2, stride_w: 2 };
  const operators: OperatorSpec[] = [
    { operator: "QUANTIZE", inputs: ["in"], outputs: ["bytes"] },
    { operator: "MAX_POOL_2D", inputs: ["bytes"], outputs: ["pooled"], options: window },
    { operator: "DEQUANTIZE", inputs: ["pooled"], outputs: ["out"] },
  ];
  return buildModel({
    tensors: [
      convertedTensor("in", SHAPE, "float32"),
      convertedTensor("bytes", SHAPE, type),
      convertedTensor("pooled", HALF, type),
      convertedTensor("out", HALF, "float32"),
      ...(more.tensors ?? []),
    ],
    operators: [...operators, ...(more.operators ?? [])],
    inputs: ["in"],
    outputs: ["out", ...(more.outputs ?? [])],
  });
}
