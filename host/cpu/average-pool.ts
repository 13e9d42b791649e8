import type { Activation, Operator, OperatorOptions } from "../blob/blob.ts";
import { elementsOf } from "../dtype.ts";
import { type ByteTensor, bytePair, type Kernel, signed, unsupported } from "./kernel.ts";

/** Additions that no sensible network asks of one operator. */
const MAXIMUM_SUMS = 2 ** 34;
/** What TFLite tolerates between two scales that should be one. */
const SCALE_TOLERANCE = 1e-6;

type Pool = Extract<OperatorOptions, { kind: "pool" }>;

/** AVERAGE_POOL_2D over NHWC, as TFLite's reference kernel rounds and clamps it. */
export const averagePool: Kernel = (operator, inputs, outputs) => {
  const { input, output } = bytePair(operator, inputs, outputs);
  const { options } = operator;
  if (options.kind !== "pool") throw unsupported(operator, "its options", options.kind);
  const difference = Math.abs(input.scale - output.scale);
  if (difference > SCALE_TOLERANCE || input.zeroPoint !== output.zeroPoint) {
    const found = `${output.scale} and ${output.zeroPoint}`;
    throw unsupported(operator, "the output quantized as the input", found);
  }
  checkOptions(operator, options, output);
  const [batches, height, width, channels] = fourDimensions(operator, input);
  const rows = windows(height, options.filterHeight, options.strideHeight, options.padding);
  const columns = windows(width, options.filterWidth, options.strideWidth, options.padding);
  const expected = [batches, rows.length, columns.length, channels];
  if (`${expected}` !== `${output.shape}`) {
    throw unsupported(operator, `an output of ${expected.join("×")}`, output.shape.join("×"));
  }
  const [least, greatest] = activationRange(operator, options, output);
  const sums = new Int32Array(channels);

  return ([source], [destination]) => {
    if (!source || !destination) return;
    let at = 0;
    for (let batch = 0; batch < batches; batch++) {
      for (const [top, bottom] of rows) {
        for (const [left, right] of columns) {
          sums.fill(0);
          for (let y = top; y < bottom; y++) {
            const begin = ((batch * height + y) * width + left) * channels;
            const end = begin + (right - left) * channels;
            addPixels(sums, source.subarray(begin, end), input);
          }
          const count = (bottom - top) * (right - left);
          for (const sum of sums) {
            destination[at++] = Math.min(greatest, Math.max(least, average(sum, count)));
          }
        }
      }
    }
  };
};

type Four = [number, number, number, number];

function fourDimensions(operator: Operator, { shape }: ByteTensor): Four {
  if (shape.length === 4) return shape as Four;
  throw unsupported(operator, "four dimensions", `${shape.length}`);
}

function checkOptions(operator: Operator, options: Pool, output: ByteTensor): void {
  const { filterHeight, filterWidth, strideHeight, strideWidth } = options;
  const least = Math.min(filterHeight, filterWidth, strideHeight, strideWidth);
  if (least < 1) throw unsupported(operator, "filter and strides from 1 on", `${least}`);
  const sums = elementsOf(output.shape) * filterHeight * filterWidth;
  if (sums > MAXIMUM_SUMS) throw unsupported(operator, `at most ${MAXIMUM_SUMS} sums`, `${sums}`);
}

/** First and behind-last input position of each window along one axis, clipped to the image. */
function windows(
  size: number,
  filter: number,
  stride: number,
  padding: Pool["padding"],
): [number, number][] {
  const count = Math.ceil((padding === "SAME" ? size : size - filter + 1) / stride);
  const before = Math.trunc(Math.max(0, (count - 1) * stride + filter - size) / 2);
  return Array.from({ length: Math.max(0, count) }, (_, i) => {
    const start = i * stride - before;
    return [Math.max(0, start), Math.min(size, start + filter)];
  });
}

function addPixels(sums: Int32Array, pixels: Uint8Array, { dtype }: ByteTensor): void {
  const channels = sums.length;
  for (let i = 0; i < pixels.length; ) {
    for (let c = 0; c < channels; c++, i++) {
      sums[c] = (sums[c] as number) + signed(pixels[i] as number, dtype);
    }
  }
}

/** Rounded half away from zero. */
function average(sum: number, count: number): number {
  const half = Math.trunc(count / 2);
  return Math.trunc((sum + (sum > 0 ? half : -half)) / count);
}

/** Real bounds of the activations that a quantized kernel can fuse. */
const BOUNDS: Partial<Record<Activation, [number, number]>> = {
  NONE: [-Infinity, Infinity],
  RELU: [0, Infinity],
  RELU6: [0, 6],
  RELU_N1_TO_1: [-1, 1],
};

function activationRange(operator: Operator, options: Pool, output: ByteTensor): [number, number] {
  const bounds = BOUNDS[options.activation];
  if (!bounds) throw unsupported(operator, "a clamping activation", options.activation);
  const quantized = bounds.map((bound) => {
    const value = output.zeroPoint + roundAwayFromZero(Math.fround(bound / output.scale));
    return Math.min(output.greatest, Math.max(output.least, value));
  });
  return quantized as [number, number];
}

function roundAwayFromZero(value: number): number {
  return Math.sign(value) * Math.round(Math.abs(value));
}
