import type { ConvolutionSpec } from "../../host/tflite/convolution.ts";

/** A convolution of bytes, all of whose parameters are given. */
export type FullConvolution = Required<
  Pick<ConvolutionSpec, "height" | "width" | "channels" | "outputChannels" | "depthwise">
> & {
  kernel: [number, number];
  stride: [number, number];
  dilation: [number, number];
  padding: "SAME" | "VALID";
  activation: "NONE" | "RELU";
  input: { scale: number; zeroPoint: number };
  weights: { scale: number; zeroPoint: number };
  output: { scale: number; zeroPoint: number };
  weightAt: (position: number) => number;
  biasAt: (channel: number) => number;
};

/** Steps of the output for one of the sum, and what is added to every sum before. */
interface Requantization {
  factor: number;
  bias: number;
}

/** The convolution by its definition, with one rounding at the end. */
export function convolve(
  c: FullConvolution,
  input: Uint8Array,
  { factor, bias }: Requantization,
): Uint8Array {
  const [rows, columns] = c.kernel;
  const vertical = axis(c.height, rows, c, 0);
  const horizontal = axis(c.width, columns, c, 1);
  const output = new Uint8Array(vertical.size * horizontal.size * c.outputChannels);
  let at = 0;
  for (let y = 0; y < vertical.size; y++) {
    for (let x = 0; x < horizontal.size; x++) {
      const top = y * c.stride[0] - vertical.before;
      const left = x * c.stride[1] - horizontal.before;
      for (let channel = 0; channel < c.outputChannels; channel++) {
        const real = (sum(c, input, top, left, channel) + bias) * factor;
        const kept = c.activation === "RELU" ? Math.max(real, 0) : real;
        const byte = Math.sign(kept) * Math.round(Math.abs(kept)) + c.output.zeroPoint;
        output[at++] = Math.min(255, Math.max(0, byte));
      }
    }
  }
  return output;
}

export function effectiveScale({ input, weights, output }: FullConvolution): number {
  const accumulator = Math.fround(Math.fround(input.scale) * Math.fround(weights.scale));
  return Math.fround(accumulator / Math.fround(output.scale));
}

function axis(size: number, kernel: number, c: FullConvolution, which: 0 | 1) {
  const { padding } = c;
  const stride = c.stride[which];
  const extent = (kernel - 1) * c.dilation[which] + 1;
  const covered = padding === "SAME" ? size : size - extent + 1;
  const outputs = Math.ceil(covered / stride);
  const missing = Math.max((outputs - 1) * stride + extent - size, 0);
  return { size: outputs, before: padding === "SAME" ? Math.floor(missing / 2) : 0 };
}

function sum(
  c: FullConvolution,
  input: Uint8Array,
  top: number,
  left: number,
  channel: number,
): number {
  const [rows, columns] = c.kernel;
  const channels = c.depthwise ? 1 : c.channels;
  const first = c.depthwise ? Math.floor((channel * c.channels) / c.outputChannels) : 0;
  let total = c.biasAt(channel);
  for (let i = 0; i < rows; i++) {
    for (let j = 0; j < columns; j++) {
      const y = top + i * c.dilation[0];
      const x = left + j * c.dilation[1];
      if (y < 0 || y >= c.height || x < 0 || x >= c.width) continue;
      for (let z = 0; z < channels; z++) {
        const position = c.depthwise
          ? (i * columns + j) * c.outputChannels + channel
          : ((channel * rows + i) * columns + j) * channels + z;
        const weight = (c.weightAt(position) & 0xff) - c.weights.zeroPoint;
        const pixel = input[(y * c.width + x) * c.channels + first + z] as number;
        total += weight * (pixel - c.input.zeroPoint);
      }
    }
  }
  return total;
}
