import { elementsOf } from "../dtype.ts";
import type { Quantization } from "../tflite/builder.ts";
import { numbers, type Single } from "./models.ts";

const SAME: Quantization = { scale: 0.05, zeroPoint: 120 };
const OTHER: Quantization = { scale: 0.031, zeroPoint: 131 };

/** From −1 to 1. */
const SLOPES: Quantization = { scale: 0.0075, zeroPoint: 128 };

/** Of inputs that SAME gives, from −6 to 6.75. */
const SWISH: Quantization = { scale: 0.028, zeroPoint: 14 };

/** All other operators by name. */
export const SINGLES: Record<string, Single> = {
  "sum, even width": addition("ADD", [1, 10, 12, 8]),
  "sum, three channels": addition("ADD", [1, 9, 7, 3]),
  "sum, odd sides": addition("ADD", [1, 9, 7, 4]),
  "sum of rows longer than a row": addition("ADD", [1, 80, 80, 16]),
  "sum of a tensor with finer steps": addition("ADD", [1, 10, 12, 8], {
    scale: 0.002,
    zeroPoint: 77,
  }),
  difference: addition("SUB", [1, 10, 12, 8]),
  "difference, three channels": addition("SUB", [1, 9, 7, 3]),
  "difference, odd sides": addition("SUB", [1, 9, 7, 4]),
  "greater of two": extreme("MAXIMUM"),
  "less of two": extreme("MINIMUM"),
  "product of two": product([1, 10, 12, 8], [1, 10, 12, 8]),
  "product of two, odd sides": product([1, 9, 7, 3], [1, 9, 7, 3]),
  "product with one value for each channel": product([1, 10, 12, 8], [1, 1, 1, 8]),
  "product of fine steps": product([1, 10, 12, 8], [1, 10, 12, 8], 0.06),
  "squared difference": {
    operator: "SQUARED_DIFFERENCE",
    inputs: [SAME, SAME].map((quantization) => ({ shape: [1, 10, 12, 8], quantization })),
    outputs: [{ shape: [1, 10, 12, 8], quantization: { scale: 0.5, zeroPoint: 3 } }],
  },
  "product with constants of channels": withConstants("MUL", [1, 10, 12, 8]),
  "sum with constants of channels": withConstants("ADD", [1, 10, 12, 8]),
  "sum with one value for each channel": {
    ...addition("ADD", [1, 10, 12, 8]),
    inputs: [
      { shape: [1, 10, 12, 8], quantization: SAME },
      { shape: [1, 1, 1, 8], quantization: OTHER },
    ],
  },
  "sum with a constant tensor": withTensor("ADD", [1, 10, 12, 8]),
  "product with a constant tensor": withTensor("MUL", [1, 10, 12, 8]),
  "greater of a tensor and its product with constants of channels": {
    ...withConstants("PRELU", [1, 10, 12, 8], SLOPES),
    outputs: [{ shape: [1, 10, 12, 8], quantization: SAME }],
  },
  concatenation: {
    operator: "CONCATENATION",
    inputs: [8, 16].map((channels) => ({ shape: [1, 6, 6, channels], quantization: SAME })),
    outputs: [{ shape: [1, 6, 6, 24], quantization: SAME }],
    options: { axis: 3 },
    followed: true,
  },
  "concatenation of other scales": {
    operator: "CONCATENATION",
    inputs: [SAME, OTHER].map((quantization) => ({ shape: [1, 6, 6, 8], quantization })),
    outputs: [{ shape: [1, 6, 6, 16], quantization: SAME }],
    options: { axis: 3 },
    followed: true,
  },
  split: {
    operator: "SPLIT",
    inputs: [{ shape: [1, 6, 6, 16], quantization: SAME }],
    constants: [numbers([3], [])],
    leading: true,
    outputs: [0, 1].map(() => ({ shape: [1, 6, 6, 8], quantization: SAME })),
    options: { num_splits: 2 },
    followed: true,
  },
  padding: padding([1, 8, 8, 8], [0, 0, 1, 1, 1, 1, 0, 0]),
  "padding, uneven": padding([1, 8, 6, 8], [0, 0, 0, 1, 1, 2, 0, 0]),
  "padding of channels": padding([1, 8, 6, 8], [0, 0, 0, 0, 0, 0, 1, 1]),
  "padding of many pixels": padding([1, 8, 6, 8], [0, 0, 7, 3, 0, 12, 0, 0]),
  "padding of many channels": padding([1, 8, 6, 8], [0, 0, 0, 0, 0, 0, 0, 40]),
  "average of 2×2": pool("AVERAGE_POOL_2D", 12, 2),
  "average of 3×3 at stride 1": pool("AVERAGE_POOL_2D", 12, 3, 1),
  "average of 3×3 at stride 2": pool("AVERAGE_POOL_2D", 13, 3, 2),
  "average of 7×7": pool("AVERAGE_POOL_2D", 7, 7),
  "greatest of 2×2": pool("MAX_POOL_2D", 12, 2),
  "greatest of 2×2, in tiles": pool("MAX_POOL_2D", 130, 2),
  "greatest of 2×2 at stride 1": pool("MAX_POOL_2D", 12, 2, 1),
  "greatest of 2×2 at stride 1, in tiles": pool("MAX_POOL_2D", 130, 2, 1),
  "greatest of 3×3 at stride 2": pool("MAX_POOL_2D", 13, 3, 2),
  "greatest of 4×4 at stride 3": pool("MAX_POOL_2D", 13, 4, 3),
  "greatest of 5×5, padded": {
    ...pool("MAX_POOL_2D", 13, 5, 1),
    outputs: [{ shape: [1, 13, 13, 16], quantization: SAME }],
    options: { padding: 0, stride_w: 1, stride_h: 1, filter_width: 5, filter_height: 5 },
  },
  "greatest of 2×3": {
    ...pool("MAX_POOL_2D", 12, 2, 1),
    outputs: [{ shape: [1, 11, 10, 16], quantization: SAME }],
    options: { padding: 1, stride_w: 1, stride_h: 1, filter_width: 3, filter_height: 2 },
  },
  mean: reduction("MEAN", [1, 7, 7, 16], OTHER),
  "mean of a large plane": reduction("MEAN", [1, 128, 129, 2], OTHER),
  "greatest of a plane": reduction("REDUCE_MAX", [1, 7, 6, 16]),
  "least of a plane": reduction("REDUCE_MIN", [1, 7, 6, 16]),
  "pixels spread by 2×2": spread(2, 2),
  "pixels spread by 3×3 at stride 2": spread(3, 2),
  "borders mirrored": followed("MIRROR_PAD", [1, 6, 5, 8], [1, 9, 8, 8], {
    constants: [numbers([0, 0, 1, 2, 2, 1, 0, 0], [4, 2])],
    options: { mode: 0 },
  }),
  "every second pixel": movement("STRIDED_SLICE", [1, 8, 8, 8], [1, 4, 4, 8], {
    constants: [numbers([0, 0, 0, 0]), numbers([1, 8, 8, 8]), numbers([1, 2, 2, 1])],
    options: {},
  }),
  "twice the size": movement("RESIZE_NEAREST_NEIGHBOR", [1, 6, 6, 8], [1, 12, 12, 8], {
    constants: [numbers([12, 12])],
    options: { half_pixel_centers: false },
  }),
  ReLU: unary("RELU", [1, 20, 12, 70], SAME),
  ReLU6: unary("RELU6", [1, 20, 12, 70], { scale: 0.04, zeroPoint: 118 }),
  "absolute value": unary("ABS", [1, 20, 12, 70], { scale: 0.05, zeroPoint: 0 }),
  "absolute value, small": unary("ABS", [1, 3, 5, 8], { scale: 0.05, zeroPoint: 0 }),
  "logistic function, small": unary("LOGISTIC", [1, 3, 5, 8], { scale: 1 / 256, zeroPoint: 0 }),
  "logistic function": unary("LOGISTIC", [1, 20, 12, 70], { scale: 1 / 256, zeroPoint: 0 }),
  "hard swish, small": unary("HARD_SWISH", [1, 3, 5, 8], SWISH),
  "hard swish": unary("HARD_SWISH", [1, 20, 12, 70], SWISH),
  "another scale": { ...unary("QUANTIZE", [1, 8, 8, 8], OTHER), followed: true },
  "hyperbolic tangent": unary("TANH", [1, 20, 12, 70], { scale: 1 / 128, zeroPoint: 128 }),
  "one slope for less than zero": {
    ...unary("LEAKY_RELU", [1, 20, 12, 70], SAME),
    options: { alpha: 0.1 },
  },
  "pixels interpolated": movement("RESIZE_BILINEAR", [1, 6, 5, 8], [1, 12, 10, 8], {
    constants: [numbers([12, 10])],
    options: { half_pixel_centers: true },
  }),
  "rows and columns exchanged": movement("TRANSPOSE", [1, 8, 6, 5], [1, 6, 8, 5], {
    constants: [numbers([0, 2, 1, 3])],
  }),
  "channels shuffled": movement("TRANSPOSE", [1, 6, 6, 2, 8], [1, 6, 6, 8, 2], {
    constants: [numbers([0, 1, 2, 4, 3])],
  }),
  "channels to blocks of pixels": movement("DEPTH_TO_SPACE", [1, 6, 5, 12], [1, 12, 10, 3], {
    options: { block_size: 2 },
  }),
  "pixels dealt to four images": followed("SPACE_TO_BATCH_ND", [1, 7, 6, 8], [4, 4, 4, 8], {
    constants: [numbers([2, 2]), numbers([0, 1, 1, 1], [2, 2])],
  }),
  "pixels of four images put together": followed("BATCH_TO_SPACE_ND", [4, 4, 4, 8], [1, 7, 6, 8], {
    constants: [numbers([2, 2]), numbers([0, 1, 1, 1], [2, 2])],
  }),
  "rows behind each other": {
    operator: "CONCATENATION",
    inputs: [4, 3].map((rows) => ({ shape: [1, rows, 6, 8], quantization: SAME })),
    outputs: [{ shape: [1, 7, 6, 8], quantization: SAME }],
    options: { axis: 1 },
    followed: true,
  },
  "tensors as rows": {
    operator: "PACK",
    inputs: [0, 1].map(() => ({ shape: [1, 6, 8], quantization: SAME })),
    outputs: [{ shape: [1, 2, 6, 8], quantization: SAME }],
    options: { values_count: 2, axis: 1 },
    followed: true,
  },
  "pixels repeated": followed("TILE", [1, 3, 4, 8], [1, 6, 12, 8], {
    constants: [numbers([1, 2, 3, 1])],
  }),
  "channels picked": followed("GATHER", [1, 5, 6, 8], [1, 5, 6, 4], {
    constants: [numbers([7, 0, 5, 2])],
    options: { axis: 3 },
  }),
  "planes to pixels": followed("TRANSPOSE", [1, 8, 6, 5], [1, 6, 5, 8], {
    constants: [numbers([0, 2, 3, 1])],
  }),
};

function addition(operator: string, shape: number[], second = OTHER): Single {
  return {
    operator,
    inputs: [SAME, second].map((quantization) => ({ shape, quantization })),
    outputs: [{ shape, quantization: { scale: 0.07, zeroPoint: 118 } }],
    options: {},
  };
}

function product(first: number[], second: number[], scale = 0.15): Single {
  return {
    operator: "MUL",
    inputs: [
      { shape: first, quantization: SAME },
      { shape: second, quantization: OTHER },
    ],
    outputs: [{ shape: first, quantization: { scale, zeroPoint: 125 } }],
    options: {},
  };
}

/** Over rows and columns. */
function reduction(operator: string, shape: number[], quantization = SAME): Single {
  return {
    operator,
    inputs: [{ shape, quantization: SAME }],
    constants: [numbers([1, 2])],
    outputs: [{ shape: [1, 1, 1, shape.at(-1) ?? 1], quantization }],
    options: { keep_dims: true },
  };
}

/** Of elements as they are. */
function movement(
  operator: string,
  from: number[],
  to: number[],
  rest: Pick<Single, "constants" | "options">,
): Single {
  const part = (shape: number[]) => ({ shape, quantization: SAME });
  return { operator, inputs: [part(from)], outputs: [part(to)], ...rest };
}

/** A movement with a RELU after it. */
function followed(...given: Parameters<typeof movement>): Single {
  return { ...movement(...given), followed: true };
}

function extreme(operator: string): Single {
  const part = { shape: [1, 10, 12, 8], quantization: SAME };
  return { operator, inputs: [part, part], outputs: [part] };
}

function withConstants(operator: string, shape: number[], quantization = OTHER): Single {
  const channels = shape.at(-1) ?? 1;
  const data = Uint8Array.from({ length: channels }, (_, i) => 37 * i + 11);
  return {
    operator,
    inputs: [{ shape, quantization: SAME }],
    constants: [{ shape: [channels], dtype: "uint8", quantization, data }],
    outputs: [{ shape, quantization: { scale: 0.07, zeroPoint: 118 } }],
    options: {},
  };
}

function withTensor(operator: string, shape: number[]): Single {
  const data = Uint8Array.from({ length: elementsOf(shape) }, (_, i) => 37 * i + (i >> 4));
  return {
    ...withConstants(operator, shape),
    constants: [{ shape, dtype: "uint8", quantization: OTHER, data }],
  };
}

/** A transposed convolution from 8 channels to 4. */
function spread(side: number, stride: number): Single {
  const channels = 4;
  const from = [1, 7, 6, 8];
  const to = [1, 7 * stride, 6 * stride, channels];
  const shape = [channels, side, side, 8];
  const data = Uint8Array.from({ length: elementsOf(shape) }, (_, i) => 101 + ((29 * i) % 61));
  return {
    operator: "TRANSPOSE_CONV",
    inputs: [{ shape: from, quantization: SAME }],
    constants: [
      numbers(to),
      { shape, dtype: "uint8", quantization: { scale: 0.005, zeroPoint: 131 }, data },
    ],
    leading: true,
    outputs: [{ shape: to, quantization: { scale: 0.04, zeroPoint: 121 } }],
    options: { padding: 0, stride_w: stride, stride_h: stride },
  };
}

function padding(shape: number[], pads: number[]): Single {
  const padded = shape.map((extent, i) => extent + (pads[2 * i] ?? 0) + (pads[2 * i + 1] ?? 0));
  return movement("PAD", shape, padded, { constants: [numbers(pads, [4, 2])] });
}

function pool(operator: string, side: number, window: number, stride = window): Single {
  const left = Math.floor((side - window) / stride) + 1;
  return {
    operator,
    inputs: [{ shape: [1, side, side, 16], quantization: SAME }],
    outputs: [{ shape: [1, left, left, 16], quantization: SAME }],
    options: {
      ...{ padding: 1, stride_w: stride, stride_h: stride },
      ...{ filter_width: window, filter_height: window },
    },
  };
}

function unary(operator: string, shape: number[], output: Quantization): Single {
  return {
    operator,
    inputs: [{ shape, quantization: SAME }],
    outputs: [{ shape, quantization: output }],
  };
}
