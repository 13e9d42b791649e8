import { buildModel, type OperatorSpec, type TensorSpec } from "../../host/tflite/builder.ts";

const SIDE = 10;
const CHANNELS = 8;
const PADDED = SIDE + 2;
const HALF = PADDED / 2;

const quantization = { scale: 0.05, zeroPoint: 100 };

function feature(name: string, side: number): TensorSpec {
  return { name, shape: [1, side, side, CHANNELS], dtype: "uint8", quantization };
}

/** The weights and bias of a convolution, named after it. */
function parameters(name: string, side: number): TensorSpec[] {
  const count = CHANNELS * side * side * CHANNELS;
  return [
    {
      name: `${name} weights`,
      shape: [CHANNELS, side, side, CHANNELS],
      dtype: "uint8",
      quantization: { scale: 0.01, zeroPoint: 127 },
      // Two of three are zero, so that runs of zeros occur.
      data: Uint8Array.from({ length: count }, (_, n) => (n % 3 === 0 ? n * 37 + side : 127)),
    },
    {
      name: `${name} bias`,
      shape: [CHANNELS],
      dtype: "int32",
      quantization: { scale: 0.0005, zeroPoint: 0 },
      data: Int32Array.from({ length: CHANNELS }, (_, i) => 500 * i),
    },
  ];
}

function convolution(name: string, input: string, stride: number): OperatorSpec {
  return {
    operator: "CONV_2D",
    inputs: [input, `${name} weights`, `${name} bias`],
    outputs: [name],
    options: { padding: 0, stride_h: stride, stride_w: stride, fused_activation_function: 0 },
  };
}

/** A small network that takes jobs of every kind: it ends on the NPU. */
export function everyJobModel(): Uint8Array {
  const paddings = Int32Array.of(0, 0, 1, 1, 1, 1, 0, 0);
  return buildModel({
    inputs: ["pixels"],
    outputs: ["chances"],
    tensors: [
      feature("pixels", SIDE),
      ...parameters("left", 3),
      ...parameters("right", 1),
      ...parameters("halved", 5),
      feature("left", SIDE),
      feature("right", SIDE),
      feature("sum", SIDE),
      feature("positive", SIDE),
      { name: "paddings", shape: [4, 2], dtype: "int32", data: paddings },
      feature("padded", PADDED),
      feature("halved", HALF),
      {
        ...feature("chances", HALF),
        quantization: { scale: 1 / 256, zeroPoint: 0 },
      },
    ],
    operators: [
      convolution("left", "pixels", 1),
      convolution("right", "pixels", 1),
      { operator: "ADD", inputs: ["left", "right"], outputs: ["sum"] },
      { operator: "RELU", inputs: ["sum"], outputs: ["positive"] },
      { operator: "PAD", inputs: ["positive", "paddings"], outputs: ["padded"] },
      convolution("halved", "padded", 2),
      { operator: "LOGISTIC", inputs: ["halved"], outputs: ["chances"] },
    ],
  });
}
