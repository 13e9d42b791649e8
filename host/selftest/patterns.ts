import type { Padding, Quantization } from "../tflite/builder.ts";
import {
  type Convolution,
  convolution,
  fullyConnected,
  graph,
  numbers,
  type Single,
} from "./models.ts";

/** A form of job, or of jobs behind each other, that nolfet emits; the model that it comes from. */
export interface Pattern {
  name: string;
  model(): Uint8Array;
}

const SAME: Quantization = { scale: 0.05, zeroPoint: 120 };
const OTHER: Quantization = { scale: 0.031, zeroPoint: 131 };

const CONVOLUTIONS: Record<string, Convolution> = {
  "1×1": { height: 8, width: 8, channels: 20, outputChannels: 24, kernel: 1 },
  "1×1 of one channel": { height: 8, width: 8, channels: 1, outputChannels: 16, kernel: 1 },
  "1×1, six outputs": { height: 8, width: 8, channels: 16, outputChannels: 6, kernel: 1 },
  "1×1, 1001 outputs": { height: 1, width: 1, channels: 64, outputChannels: 1001, kernel: 1 },
  "1×1 in superblocks": { height: 14, width: 14, channels: 64, outputChannels: 512, kernel: 1 },
  ...squares([2, 3, 4, 5], 1),
  ...squares([1, 2, 3, 4, 5, 6, 7, 8, 9, 10], 2),
  "3×3 over one pixel": { height: 1, width: 1, channels: 8 },
  "3×3 of one channel": { height: 80, width: 80, channels: 1, outputChannels: 8 },
  "5×5 of one channel, small": { height: 8, width: 8, channels: 1, outputChannels: 8, kernel: 5 },
  "5×5 of one channel, large": { height: 80, width: 80, channels: 1, outputChannels: 8, kernel: 5 },
  "3×3, one output": { height: 8, width: 8, channels: 8, outputChannels: 1 },
  "3×3, nine outputs": { height: 8, width: 8, channels: 8, outputChannels: 9 },
  "3×3 landscape": { height: 9, width: 21, channels: 8 },
  "3×3 portrait": { height: 21, width: 9, channels: 8 },
  "3×3 in tiles": { height: 90, width: 112, channels: 4, outputChannels: 16 },
  "3×3 in superblocks": { height: 40, width: 40, channels: 16, outputChannels: 160 },
  "3×3, ReLU": { height: 8, width: 8, channels: 8, activation: "RELU" },
  "3×3, few weights": { height: 12, width: 12, channels: 32, density: 0.1 },
  "3×3, hardly any weights": { height: 12, width: 12, channels: 32, density: 0.01 },
  "3×3, signed": { height: 8, width: 8, channels: 8, dtype: "int8" },
  "3×3, a scale for each channel": {
    ...{ height: 8, width: 8, channels: 8, outputChannels: 16 },
    ...{ dtype: "int8", perChannel: true },
  },
  "3×3 dilated": { height: 12, width: 12, channels: 8, dilation: 2 },
  "3×1": { height: 12, width: 12, channels: 8, kernel: [3, 1] },
  "1×3": { height: 12, width: 12, channels: 8, kernel: [1, 3] },
  "3×3 at stride 2, odd sides": {
    height: 13,
    width: 17,
    channels: 3,
    outputChannels: 8,
    stride: 2,
  },
  "3×3 at stride 2, one odd side": {
    height: 12,
    width: 17,
    channels: 3,
    outputChannels: 8,
    stride: 2,
  },
  "3×3 at stride 2, 224×224": {
    height: 224,
    width: 224,
    channels: 3,
    outputChannels: 8,
    stride: 2,
  },
  ...inSuperblocks(),
  ...partlyCached({ 128: 4608, 160: 3456, 256: 2304, 512: 1152, 1024: 640 }),
  ...depthwise([3, 5], [1, 2]),
  "depthwise 3×3 at stride 2, odd sides": {
    height: 13,
    width: 13,
    channels: 16,
    stride: 2,
    depthwise: true,
  },
  "depthwise 3×3 at stride 2, 5×5": {
    height: 5,
    width: 5,
    channels: 16,
    stride: 2,
    depthwise: true,
  },
  "depthwise 3×3 at stride 2, 7×7": {
    height: 7,
    width: 7,
    channels: 16,
    stride: 2,
    depthwise: true,
  },
  "depthwise 3×3 in groups": { height: 7, width: 7, channels: 300, depthwise: true },
  "depthwise 3×3, four channels": { height: 8, width: 8, channels: 4, depthwise: true },
};

const SINGLES: Record<string, Single> = {
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
  "average of 2×2": pool("AVERAGE_POOL_2D", 12, 2),
  "average of 3×3 at stride 1": pool("AVERAGE_POOL_2D", 12, 3, 1),
  "average of 3×3 at stride 2": pool("AVERAGE_POOL_2D", 13, 3, 2),
  "average of 7×7": pool("AVERAGE_POOL_2D", 7, 7),
  "greatest of 2×2": pool("MAX_POOL_2D", 12, 2),
  mean: {
    operator: "MEAN",
    inputs: [{ shape: [1, 7, 7, 16], quantization: SAME }],
    constants: [numbers([1, 2])],
    outputs: [{ shape: [1, 1, 1, 16], quantization: OTHER }],
    options: { keep_dims: true },
  },
  "every second pixel": {
    operator: "STRIDED_SLICE",
    inputs: [{ shape: [1, 8, 8, 8], quantization: SAME }],
    constants: [numbers([0, 0, 0, 0]), numbers([1, 8, 8, 8]), numbers([1, 2, 2, 1])],
    outputs: [{ shape: [1, 4, 4, 8], quantization: SAME }],
    options: {},
  },
  "twice the size": {
    operator: "RESIZE_NEAREST_NEIGHBOR",
    inputs: [{ shape: [1, 6, 6, 8], quantization: SAME }],
    constants: [numbers([12, 12])],
    outputs: [{ shape: [1, 12, 12, 8], quantization: SAME }],
    options: { half_pixel_centers: false },
  },
  ReLU: unary("RELU", [1, 20, 12, 70], SAME),
  ReLU6: unary("RELU6", [1, 20, 12, 70], { scale: 0.04, zeroPoint: 118 }),
  "absolute value": unary("ABS", [1, 20, 12, 70], { scale: 0.05, zeroPoint: 0 }),
  "absolute value, small": unary("ABS", [1, 3, 5, 8], { scale: 0.05, zeroPoint: 0 }),
  "logistic function, small": unary("LOGISTIC", [1, 3, 5, 8], { scale: 1 / 256, zeroPoint: 0 }),
  "logistic function": unary("LOGISTIC", [1, 20, 12, 70], { scale: 1 / 256, zeroPoint: 0 }),
  "another scale": { ...unary("QUANTIZE", [1, 8, 8, 8], OTHER), followed: true },
  "planes to pixels": {
    operator: "TRANSPOSE",
    inputs: [{ shape: [1, 8, 6, 5], quantization: SAME }],
    constants: [numbers([0, 2, 3, 1])],
    outputs: [{ shape: [1, 6, 5, 8], quantization: SAME }],
    followed: true,
  },
};

export const PATTERNS: Pattern[] = [
  ...Object.entries(CONVOLUTIONS).map(([name, spec]) => ({
    name: `convolution ${name}`,
    model: () => convolution(name, spec),
  })),
  ...[
    [64, 10],
    [1280, 120],
  ].map(([depth = 0, units = 0]) => {
    const name = `fully connected ${depth} to ${units}`;
    return { name, model: () => fullyConnected(name, depth, units) };
  }),
  ...Object.entries(SINGLES).map(([name, single]) => ({ name, model: () => graph(single) })),
];

/** Square kernels, with and without padding. */
function squares(kernels: number[], stride: number): Record<string, Convolution> {
  const size = { height: 12, width: 12, channels: 8, outputChannels: 16 };
  const rows = kernels.flatMap((kernel) =>
    (["SAME", "VALID"] as Padding[]).map((padding): [string, Convolution] => [
      `${kernel}×${kernel}${stride > 1 ? ` at stride ${stride}` : ""}, ${padding}`,
      { ...size, kernel, stride, padding },
    ]),
  );
  return Object.fromEntries(rows);
}

function depthwise(kernels: number[], strides: number[]): Record<string, Convolution> {
  const rows = kernels.flatMap((kernel) =>
    strides.flatMap((stride) =>
      (["SAME", "VALID"] as Padding[]).map((padding): [string, Convolution] => [
        `depthwise ${kernel}×${kernel} at stride ${stride}, ${padding}`,
        { height: 14, width: 14, channels: 40, kernel, stride, padding, depthwise: true },
      ]),
    ),
  );
  return Object.fromEntries(rows);
}

/** Many outputs, so that the image is cached for several passes over it. */
function inSuperblocks(): Record<string, Convolution> {
  const image = { height: 14, width: 14 };
  const wide = { ...image, channels: 16, outputChannels: 320 };
  const deep = { ...image, channels: 512, depthwise: true };
  return {
    "3×3 at stride 2 in superblocks": { ...wide, stride: 2 },
    "5×5 at stride 2 in superblocks": { ...wide, kernel: 5, stride: 2 },
    "depthwise 3×3 at stride 2 in superblocks": { ...deep, stride: 2 },
    "depthwise 5×5 in superblocks": { ...deep, kernel: 5 },
    "depthwise 5×5 at stride 2 in superblocks": { ...deep, kernel: 5, stride: 2 },
    "3×3 at stride 2, 192 outputs of many weights": {
      ...image,
      channels: 256,
      outputChannels: 192,
      stride: 2,
    },
    "3×3 at stride 2, 256 outputs of many weights": { ...image, channels: 256, stride: 2 },
  };
}

/** Weights beyond the SRAM of most cores, whose pattern of caching goes by the outputs. */
function partlyCached(channels: Record<number, number>): Record<string, Convolution> {
  const rows = Object.entries(channels).map(([outputs, inputs]): [string, Convolution] => [
    `1×1 with more weights than SRAM, ${outputs} outputs`,
    { height: 2, width: 2, channels: inputs, outputChannels: Number(outputs), kernel: 1 },
  ]);
  return Object.fromEntries(rows);
}

function addition(operator: string, shape: number[], second = OTHER): Single {
  return {
    operator,
    inputs: [SAME, second].map((quantization) => ({ shape, quantization })),
    outputs: [{ shape, quantization: { scale: 0.07, zeroPoint: 118 } }],
    options: {},
  };
}

function padding(shape: number[], pads: number[]): Single {
  const padded = shape.map((extent, i) => extent + (pads[2 * i] ?? 0) + (pads[2 * i + 1] ?? 0));
  return {
    operator: "PAD",
    inputs: [{ shape, quantization: SAME }],
    constants: [numbers(pads, [4, 2])],
    outputs: [{ shape: padded, quantization: SAME }],
  };
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
