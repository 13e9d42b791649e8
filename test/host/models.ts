import { buildModel, type TensorSpec } from "../../host/tflite/builder.ts";
import { convolutionModel } from "../../host/tflite/convolution.ts";

const SIDE = 8;
const CHANNELS = 8;
const CLASSES = 8;
const ACTIVATION = { scale: 0.05, zeroPoint: 3 };

/** A tensor of the classifier: its 8-bit type, with the same real values in either. */
type Dtype = "uint8" | "int8";

/** What sets one classifier apart from another; its weights, for one. */
export interface ClassifierSpec {
  dtype?: Dtype;
  seed?: number;
  /** Replaces AVERAGE_POOL_2D by one that nolfet has no kernel for, or by one that nobody has. */
  pool?: "AVERAGE_POOL_2D" | "L2_POOL_2D" | "FancyPool";
}

/**
 * A classifier with one operator of every kind: a 3×3 convolution for the NPU, then average
 * pool, reshape and softmax for the CPU; 8×8×8 → 8 classes.
 */
export function classifierModel({
  dtype = "uint8",
  seed = 1,
  pool = "AVERAGE_POOL_2D",
}: ClassifierSpec = {}): Uint8Array {
  const shift = dtype === "int8" ? 128 : 0;
  const shifted = ({ scale, zeroPoint }: typeof ACTIVATION) => ({
    scale,
    zeroPoint: zeroPoint - shift,
  });
  const feature = (name: string, shape: number[]): TensorSpec => ({
    name,
    shape,
    dtype,
    quantization: shifted(ACTIVATION),
  });
  const weights = Uint8Array.from({ length: CLASSES * 9 * CHANNELS }, (_, n) => {
    return ((n * 37 + seed * 101) ^ (n >> 3)) - shift;
  });
  return buildModel({
    inputs: ["pixels"],
    outputs: ["probabilities"],
    tensors: [
      {
        name: "pixels",
        shape: [1, SIDE, SIDE, CHANNELS],
        dtype,
        quantization: shifted({ scale: 1 / 128, zeroPoint: 128 }),
      },
      {
        name: "weights",
        shape: [CLASSES, 3, 3, CHANNELS],
        dtype,
        quantization: shifted({ scale: 0.01, zeroPoint: 127 }),
        data: weights,
      },
      {
        name: "bias",
        shape: [CLASSES],
        dtype: "int32",
        quantization: { scale: 0.01 / 128, zeroPoint: 0 },
        data: Int32Array.from({ length: CLASSES }, (_, i) => 3000 * i),
      },
      feature("features", [1, SIDE, SIDE, CLASSES]),
      feature("pooled", [1, 1, 1, CLASSES]),
      { name: "shape", shape: [2], dtype: "int32", data: Int32Array.of(1, CLASSES) },
      feature("logits", [1, CLASSES]),
      {
        name: "probabilities",
        shape: [1, CLASSES],
        dtype,
        quantization: shifted({ scale: 1 / 256, zeroPoint: 0 }),
      },
    ],
    operators: [
      {
        operator: "CONV_2D",
        inputs: ["pixels", "weights", "bias"],
        outputs: ["features"],
        options: { padding: 0, stride_h: 1, stride_w: 1, fused_activation_function: 0 },
      },
      {
        operator: pool,
        inputs: ["features"],
        outputs: ["pooled"],
        options: {
          padding: 1,
          stride_h: SIDE,
          stride_w: SIDE,
          filter_height: SIDE,
          filter_width: SIDE,
        },
      },
      { operator: "RESHAPE", inputs: ["pooled", "shape"], outputs: ["logits"] },
      {
        operator: "SOFTMAX",
        inputs: ["logits"],
        outputs: ["probabilities"],
        options: { beta: 1 },
      },
    ],
  });
}

/** Pixels that differ from seed to seed. */
export function pixels(seed: number, count = SIDE * SIDE * CHANNELS): Uint8Array {
  let state = seed;
  return Uint8Array.from({ length: count }, () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state >>> 24;
  });
}

/**
 * A 3×3 convolution, 8×8×16 → 24, whose weights have a scale for each channel, all different. With
 * two jobs one is for the residual weights; each further one that is of use doubles the copies of the input.
 */
export function perChannelModel(): Uint8Array {
  const channels = Array.from({ length: 24 }, (_, channel) => channel);
  return convolutionModel({
    dtype: "int8",
    height: SIDE,
    width: SIDE,
    channels: 16,
    outputChannels: channels.length,
    input: { scale: 0.05, zeroPoint: 0 },
    weights: {
      scale: channels.map((channel) => 0.003 + 0.0007 * ((7 * channel) % channels.length)),
      zeroPoint: channels.map(() => 0),
      axis: 0,
    },
    output: { scale: 0.3, zeroPoint: 0 },
  });
}
