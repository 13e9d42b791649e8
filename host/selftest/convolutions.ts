import type { Padding } from "../tflite/convolution.ts";
import type { ConvolutionPattern } from "./models.ts";

/** Convolutions by name: a form of job each, or of the jobs that it becomes. */
export const CONVOLUTIONS: Record<string, ConvolutionPattern> = {
  "1×1": { height: 8, width: 8, channels: 20, outputChannels: 24, kernel: 1 },
  "1×1 of one channel": { height: 8, width: 8, channels: 1, outputChannels: 16, kernel: 1 },
  "1×1, six outputs": { height: 8, width: 8, channels: 16, outputChannels: 6, kernel: 1 },
  "1×1, 1001 outputs": { height: 1, width: 1, channels: 64, outputChannels: 1001, kernel: 1 },
  "1×1 in superblocks": { height: 7, width: 7, channels: 64, outputChannels: 1280, kernel: 1 },
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
  "3×3, signed without zero points": {
    ...{ height: 8, width: 8, channels: 8, dtype: "int8", symmetric: true },
  },
  "3×3, a scale for each channel": {
    ...{ height: 8, width: 8, channels: 8, outputChannels: 16 },
    ...{ dtype: "int8", perChannel: true },
  },
  "3×3 over three images": { height: 8, width: 8, channels: 8, images: 3 },
  "3×3 in two groups": { height: 8, width: 8, channels: 8, outputChannels: 12, groups: 2 },
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
  "3×3 at stride 3": { height: 13, width: 13, channels: 8, stride: 3 },
  "5×5 at stride 4": { height: 21, width: 21, channels: 8, kernel: 5, stride: 4 },
  "7×7": { height: 14, width: 14, channels: 8, kernel: 7 },
  "11×11": { height: 16, width: 16, channels: 4, kernel: 11 },
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
  "depthwise 3×3, two for each channel": {
    ...{ height: 8, width: 8, channels: 8, outputChannels: 16 },
    depthwise: true,
  },
  "depthwise 3×3 at stride 2, one scale unlike the others": {
    ...{ height: 14, width: 14, channels: 13, stride: 2, depthwise: true },
    ...{ dtype: "int8", perChannel: "outlier" },
  },
  "depthwise 3×3, four channels": { height: 8, width: 8, channels: 4, depthwise: true },
};

/** Square kernels, with and without padding. */
function squares(kernels: number[], stride: number): Record<string, ConvolutionPattern> {
  const size = { height: 12, width: 12, channels: 8, outputChannels: 16 };
  const rows = kernels.flatMap((kernel) =>
    (["SAME", "VALID"] as Padding[]).map((padding): [string, ConvolutionPattern] => [
      `${kernel}×${kernel}${stride > 1 ? ` at stride ${stride}` : ""}, ${padding}`,
      { ...size, kernel, stride, padding },
    ]),
  );
  return Object.fromEntries(rows);
}

function depthwise(kernels: number[], strides: number[]): Record<string, ConvolutionPattern> {
  const rows = kernels.flatMap((kernel) =>
    strides.flatMap((stride) =>
      (["SAME", "VALID"] as Padding[]).map((padding): [string, ConvolutionPattern] => [
        `depthwise ${kernel}×${kernel} at stride ${stride}, ${padding}`,
        { height: 14, width: 14, channels: 40, kernel, stride, padding, depthwise: true },
      ]),
    ),
  );
  return Object.fromEntries(rows);
}

/** Many outputs, so that the image is cached for several passes over it. */
function inSuperblocks(): Record<string, ConvolutionPattern> {
  const image = { height: 14, width: 14 };
  const wide = { ...image, channels: 16, outputChannels: 320 };
  const deep = { ...image, channels: 512, depthwise: true };
  return {
    "3×3 at stride 2 in superblocks": { ...wide, stride: 2 },
    "5×5 at stride 2 in superblocks": { ...wide, kernel: 5, stride: 2 },
    "depthwise 3×3 at stride 2 in superblocks": { ...deep, stride: 2 },
    "depthwise 3×3 of 960 channels": {
      ...{ height: 7, width: 7, channels: 960, depthwise: true },
    },
    "depthwise 3×3 of 1024 channels": {
      ...{ height: 7, width: 7, channels: 1024, depthwise: true },
    },
    "depthwise 5×5 in superblocks": { ...deep, kernel: 5 },
    "depthwise 5×5 at stride 2 in superblocks": { ...deep, kernel: 5, stride: 2 },
    ...inSuperblocksOfTiles(),
    "3×3, 192 outputs of many weights": {
      ...{ height: 8, width: 8, channels: 256, outputChannels: 192 },
    },
    "3×3 at stride 2, 192 outputs of many weights": {
      ...image,
      channels: 256,
      outputChannels: 192,
      stride: 2,
    },
    "3×3 at stride 2, 256 outputs of many weights": { ...image, channels: 256, stride: 2 },
  };
}

/** Rows so wide that few fit the buffers with all kernels. */
function inSuperblocksOfTiles(): Record<string, ConvolutionPattern> {
  const many = { channels: 8, outputChannels: 128 };
  return {
    "3×3 at stride 2 in superblocks of tiles": { height: 112, width: 112, ...many, stride: 2 },
    "5×5 in superblocks of tiles": { height: 40, width: 40, ...many, kernel: 5 },
    "5×5 at stride 2 in superblocks of tiles": {
      ...{ height: 80, width: 80, ...many, kernel: 5, stride: 2 },
    },
    "depthwise 3×3 at stride 2 in superblocks of tiles": {
      ...{ height: 56, width: 56, channels: 128, stride: 2, depthwise: true },
    },
  };
}

/** Weights beyond the SRAM of most cores, whose pattern of caching goes by the outputs. */
function partlyCached(channels: Record<number, number>): Record<string, ConvolutionPattern> {
  const rows = Object.entries(channels).map(([outputs, inputs]): [string, ConvolutionPattern] => [
    `1×1 with more weights than SRAM, ${outputs} outputs`,
    { height: 2, width: 2, channels: inputs, outputChannels: Number(outputs), kernel: 1 },
  ]);
  return Object.fromEntries(rows);
}
