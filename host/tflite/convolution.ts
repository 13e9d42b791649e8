import { buildModel, type OperatorSpec, type Quantization } from "./builder.ts";

export const ACTIVATIONS = ["NONE", "RELU", "RELU_N1_TO_1", "RELU6", "TANH", "SIGN_BIT"] as const;
export const PADDINGS = ["SAME", "VALID"] as const;

export type Activation = (typeof ACTIVATIONS)[number];
export type Padding = (typeof PADDINGS)[number];

/** One convolution. Sizes in the order rows, columns; one number stands for both. */
export interface ConvolutionSpec {
  dtype?: "uint8" | "int8";
  /** One, if left out. */
  images?: number;
  height: number;
  width: number;
  channels: number;
  /** Of the channels of a full one: each kernel reads those of its group. One, if left out. */
  groups?: number;
  /** For depthwise ones a multiple of `channels`, which is also its default. */
  outputChannels?: number;
  depthwise?: boolean;
  kernel?: number | [number, number];
  stride?: number | [number, number];
  dilation?: number | [number, number];
  padding?: Padding;
  activation?: Activation;
  input?: Quantization;
  /** Several scales are one for each output channel. */
  weights?: Quantization;
  output?: Quantization;
  /** The weight at a position of the weights in the model's order; its low byte counts. */
  weightAt?: (position: number) => number;
  biasAt?: (outputChannel: number) => number;
}

/**
 * A model of one CONV_2D or DEPTHWISE_CONV_2D: tensors `input`, `weights`, `bias`, `output`.
 * Quantization, weights and bias that are left out are those of the golden vectors
 * (test/compiler/golden.ts), for int8 the same numbers less 128.
 */
export function convolutionModel(spec: ConvolutionSpec): Uint8Array<ArrayBuffer> {
  const { dtype = "uint8", images = 1, height, width, channels, depthwise = false } = spec;
  const { weightAt = (n) => 37 * n + 11, biasAt = (channel) => 1000 * (channel + 1) } = spec;
  const outputChannels = spec.outputChannels ?? channels;
  const shift = dtype === "int8" ? 128 : 0;
  const input = spec.input ?? { scale: 0.02, zeroPoint: 100 - shift };
  const weights = spec.weights ?? { scale: 0.03, zeroPoint: 120 - shift };
  const output = spec.output ?? { scale: 0.5, zeroPoint: 90 - shift };
  const { weightShape, outputShape } = shapesOf(spec, outputChannels);
  const weightCount = weightShape.reduce((product, extent) => product * extent);
  return buildModel({
    inputs: ["input"],
    outputs: ["output"],
    tensors: [
      { name: "input", shape: [images, height, width, channels], dtype, quantization: input },
      {
        name: "weights",
        shape: weightShape,
        dtype,
        quantization: { axis: depthwise ? 3 : 0, ...weights },
        data: Uint8Array.from({ length: weightCount }, (_, n) => weightAt(n) - shift),
      },
      {
        name: "bias",
        shape: [outputChannels],
        dtype: "int32",
        quantization: biasQuantization(input, weights),
        data: Int32Array.from({ length: outputChannels }, (_, channel) => biasAt(channel)),
      },
      { name: "output", shape: outputShape, dtype, quantization: output },
    ],
    operators: [operatorOf(spec, outputChannels / channels)],
  });
}

function shapesOf(spec: ConvolutionSpec, outputChannels: number) {
  const { images = 1, channels, depthwise = false, groups = 1, padding = "SAME" } = spec;
  const [height, width] = both(spec.kernel ?? 3);
  const [strideHeight, strideWidth] = both(spec.stride ?? 1);
  const [dilationHeight, dilationWidth] = both(spec.dilation ?? 1);
  return {
    weightShape: depthwise
      ? [1, height, width, outputChannels]
      : [outputChannels, height, width, channels / groups],
    outputShape: [
      images,
      outputExtent(spec.height, height, strideHeight, dilationHeight, padding),
      outputExtent(spec.width, width, strideWidth, dilationWidth, padding),
      outputChannels,
    ],
  };
}

function operatorOf(spec: ConvolutionSpec, multiplier: number): OperatorSpec {
  const { depthwise = false, padding = "SAME", activation = "NONE" } = spec;
  const [strideHeight, strideWidth] = both(spec.stride ?? 1);
  const [dilationHeight, dilationWidth] = both(spec.dilation ?? 1);
  return {
    operator: depthwise ? "DEPTHWISE_CONV_2D" : "CONV_2D",
    inputs: ["input", "weights", "bias"],
    outputs: ["output"],
    options: {
      padding: PADDINGS.indexOf(padding),
      stride_h: strideHeight,
      stride_w: strideWidth,
      dilation_h_factor: dilationHeight,
      dilation_w_factor: dilationWidth,
      fused_activation_function: ACTIVATIONS.indexOf(activation),
      ...(depthwise ? { depth_multiplier: multiplier } : {}),
    },
  };
}

function both(sizes: number | [number, number]): [number, number] {
  return typeof sizes === "number" ? [sizes, sizes] : sizes;
}

function outputExtent(
  extent: number,
  kernel: number,
  stride: number,
  dilation: number,
  padding: Padding,
): number {
  const covered = padding === "SAME" ? extent : extent - (kernel - 1) * dilation;
  return Math.ceil(covered / stride);
}

function biasQuantization(input: Quantization, weights: Quantization): Quantization {
  const scales = [weights.scale].flat().map((scale) => scale * Number([input.scale].flat()[0]));
  return { scale: scales, zeroPoint: scales.map(() => 0), axis: 0 };
}
