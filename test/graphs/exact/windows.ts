import { elementsOf } from "../../../host/dtype.ts";
import type { OptionValues } from "../../../host/tflite/options.ts";
import { SAME } from "../draws/parts.ts";
import { tensorOf } from "../network.ts";
import { biasOf, type Exact, realsOf, weightsOf } from "./operands.ts";

// Operators on windows of images.

/** One axis of a window's way over an image: pixels outside it count nothing. */
class Axis {
  private readonly before: number;

  constructor(
    readonly extent: number,
    readonly out: number,
    readonly taps: number,
    readonly stride: number,
    readonly dilation: number,
    isSame: boolean,
  ) {
    const reach = (taps - 1) * dilation + 1;
    const padding = Math.max(0, (out - 1) * stride + reach - extent);
    this.before = isSame ? Math.floor(padding / 2) : 0;
  }

  /** The pixel under a tap for a pixel of the output; -1 outside. */
  pixel(at: number, tap: number): number {
    const pixel = at * this.stride - this.before + tap * this.dilation;
    return pixel < this.extent ? Math.max(pixel, -1) : -1;
  }
}

/** A window that is summed up at each pixel of an output. */
interface Windows {
  rows: Axis;
  columns: Axis;
  batches: number;
  channels: number;
  units: number;
}

function windows(
  input: number[],
  output: number[],
  [rows, columns]: readonly [number, number],
  options: OptionValues,
): Windows {
  const [batches = 1, height = 1, width = 1, channels = 1] = input;
  const [, outHeight = 1, outWidth = 1, units = 1] = output;
  const isSame = options.padding === SAME;
  const option = (name: string) => Number(options[name] ?? 1);
  const [down, across] = [option("dilation_h_factor"), option("dilation_w_factor")];
  return {
    rows: new Axis(height, outHeight, rows, option("stride_h"), down, isSame),
    columns: new Axis(width, outWidth, columns, option("stride_w"), across, isSame),
    batches,
    channels,
    units,
  };
}

/** Calls for every tap of every window that lies within the image, with positions of first channels. */
function forTaps(
  { rows, columns, batches, channels, units }: Windows,
  call: (from: number, to: number, tap: number) => void,
): void {
  for (let b = 0; b < batches; b++)
    for (let y = 0; y < rows.out; y++)
      for (let x = 0; x < columns.out; x++) {
        const to = ((b * rows.out + y) * columns.out + x) * units;
        for (let i = 0; i < rows.taps; i++)
          for (let j = 0; j < columns.taps; j++) {
            const [row, column] = [rows.pixel(y, i), columns.pixel(x, j)];
            if (row < 0 || column < 0) continue;
            const from = ((b * rows.extent + row) * columns.extent + column) * channels;
            call(from, to, i * columns.taps + j);
          }
      }
}

/** Means over the pixels of each window. */
export const averagePool: Exact = (network, { inputs, outputs, options = {} }, values) => {
  const reals = realsOf(network, inputs[0] as string, values);
  const [from, to] = [inputs[0], outputs[0]].map((name) => tensorOf(network, name as string).shape);
  const size = [Number(options.filter_height), Number(options.filter_width)] as const;
  const all = windows(from as number[], to as number[], size, options);
  const results = new Float64Array(elementsOf(to as number[]));
  const counts = new Float64Array(results.length);
  forTaps(all, (from, to) => {
    for (let c = 0; c < all.channels; c++) {
      results[to + c] = (results[to + c] as number) + (reals[from + c] as number);
      counts[to + c] = (counts[to + c] as number) + 1;
    }
  });
  return results.map((sum, i) => sum / (counts[i] as number));
};

export function convolution(isDepthwise: boolean): Exact {
  return (network, { inputs, outputs, options = {} }, values) => {
    const [input, filter, bias] = inputs as [string, string, string | number | undefined];
    const [from, taps, to] = [input, filter, outputs[0] as string].map(
      (name) => tensorOf(network, name).shape,
    ) as [number[], number[], number[]];
    const reals = realsOf(network, input, values);
    const weights = weightsOf(network, filter);
    const all = windows(from, to, [taps[1] as number, taps[2] as number], options);
    const biases = biasOf(network, bias, input, filter, all.units);
    const results = new Float64Array(elementsOf(to)).map((_, i) => biases[i % all.units] as number);
    const add = isDepthwise ? depthwise(all) : dense(all, taps[3] as number);
    forTaps(all, (from, to, tap) => add(reals, from, weights, tap, results, to));
    return results;
  };
}

type AddTap = (
  reals: Float64Array,
  from: number,
  weights: Float64Array,
  tap: number,
  results: Float64Array,
  to: number,
) => void;

/** Weights of units × rows × columns × depth; with less depth than channels, in groups of both. */
function dense({ rows, columns, channels, units }: Windows, depth: number): AddTap {
  const size = rows.taps * columns.taps * depth;
  const unitsOfGroup = (units * depth) / channels;
  return (reals, from, weights, tap, results, to) => {
    for (let unit = 0; unit < units; unit++) {
      const first = unit * size + tap * depth;
      const start = from + Math.floor(unit / unitsOfGroup) * depth;
      let sum = 0;
      for (let c = 0; c < depth; c++)
        sum += (reals[start + c] as number) * (weights[first + c] as number);
      results[to + unit] = (results[to + unit] as number) + sum;
    }
  };
}

/** Weights of 1 × rows × columns × units; as many units belong to each channel. */
function depthwise({ channels, units }: Windows): AddTap {
  const multiplier = units / channels;
  return (reals, from, weights, tap, results, to) => {
    for (let unit = 0; unit < units; unit++) {
      const real = reals[from + Math.floor(unit / multiplier)] as number;
      results[to + unit] =
        (results[to + unit] as number) + real * (weights[tap * units + unit] as number);
    }
  };
}

/** The output's windows reach over the input's pixels, as the other way round in a convolution. */
export const transposedConvolution: Exact = (
  network,
  { inputs, outputs, options = {} },
  values,
) => {
  const [, filter, input, bias] = inputs as [string, string, string, string | number | undefined];
  const [from, taps, to] = [input, filter, outputs[0] as string].map(
    (name) => tensorOf(network, name).shape,
  ) as [number[], number[], number[]];
  const reals = realsOf(network, input, values);
  const weights = weightsOf(network, filter);
  // A convolution of the output that gives the input.
  const all = windows(to, from, [taps[1] as number, taps[2] as number], options);
  const [units, channels] = [all.channels, all.units];
  const biases = biasOf(network, bias, input, filter, units);
  const results = new Float64Array(elementsOf(to)).map((_, i) => biases[i % units] as number);
  const size = all.rows.taps * all.columns.taps * channels;
  forTaps(all, (to, from, tap) => {
    for (let unit = 0; unit < units; unit++)
      for (let c = 0; c < channels; c++)
        results[to + unit] =
          (results[to + unit] as number) +
          (reals[from + c] as number) * (weights[unit * size + tap * channels + c] as number);
  });
  return results;
};

/** Between the two pixels around each position, along both sides. */
export const bilinear: Exact = (network, { inputs, outputs, options = {} }, values) => {
  const reals = realsOf(network, inputs[0] as string, values);
  const [batches = 1, height = 1, width = 1, channels = 1] = tensorOf(
    network,
    inputs[0] as string,
  ).shape;
  const { shape } = tensorOf(network, outputs[0] as string);
  const [, outHeight = 1, outWidth = 1] = shape;
  const between = (at: number, extent: number, out: number) => {
    const isAligned = options.align_corners && out > 1;
    const scale = isAligned ? (extent - 1) / (out - 1) : extent / out;
    const position = options.half_pixel_centers ? (at + 0.5) * scale - 0.5 : at * scale;
    const inside = Math.min(Math.max(position, 0), extent - 1);
    const low = Math.floor(inside);
    return [low, Math.min(low + 1, extent - 1), inside - low] as const;
  };
  const results = new Float64Array(elementsOf(shape));
  let to = 0;
  for (let b = 0; b < batches; b++)
    for (let y = 0; y < outHeight; y++)
      for (let x = 0; x < outWidth; x++) {
        const [top, bottom, down] = between(y, height, outHeight);
        const [left, right, across] = between(x, width, outWidth);
        for (let c = 0; c < channels; c++) {
          const at = (row: number, column: number) =>
            reals[((b * height + row) * width + column) * channels + c] as number;
          const above = at(top, left) * (1 - across) + at(top, right) * across;
          const below = at(bottom, left) * (1 - across) + at(bottom, right) * across;
          results[to++] = above * (1 - down) + below * down;
        }
      }
  return results;
};
