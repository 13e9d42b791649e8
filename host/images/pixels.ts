import { type ArgumentRule, checkOptions, type Rules, words } from "../arguments.ts";
import { NolfetError } from "../errors.ts";
import type { TensorInfo } from "../feeds.ts";
import type { Extent } from "./extent.ts";

/** A picture as a network wants it: 8-bit samples, row by row, channels interleaved. */
export interface Pixels {
  width: number;
  height: number;
  /** 1 (grey) or 3 (red, green, blue). */
  channels: 1 | 3;
  data: Uint8Array;
  /** Where the edges of the picture lie that they come from. */
  extent?: Extent;
}

/** How a picture is brought to a network's size. */
export interface Fitting {
  /** All of it, out of proportion; all of it between borders; or the middle of it. Default: stretch. */
  fit?: "stretch" | "letterbox" | "crop";
  /** The pixel value of such borders. Default: 0. */
  fill?: number;
  /** In which order the channels are. Default: RGB. */
  order?: "RGB" | "BGR";
}

/** Overrides the choice: real value = (pixel − mean) / std, one for all channels or one each. */
export interface PixelOptions extends Fitting {
  mean?: number[];
  std?: number[];
  /** Instead of both: what the pixel values 0 and 255 stand for. */
  range?: number[];
}

const NUMBERS: ArgumentRule = { is: Array.isArray, expected: "an array of numbers" };
const RULES: Rules<PixelOptions> = {
  mean: NUMBERS,
  std: NUMBERS,
  range: {
    is: (value) => Array.isArray(value) && value.length === 2 && value.every(Number.isFinite),
    expected: "two numbers, for pixel values 0 and 255",
  },
  fit: {
    is: (value) => ["stretch", "letterbox", "crop"].includes(String(value)),
    expected: "stretch, letterbox or crop",
  },
  fill: {
    is: (value) => Number.isInteger(value) && Number(value) >= 0 && Number(value) <= 255,
    expected: "a pixel value from 0 to 255",
  },
  order: { is: (value) => value === "RGB" || value === "BGR", expected: "RGB or BGR" },
};

/** How pixels become an input's stored values. */
export interface PixelMapping extends Fitting {
  width: number;
  height: number;
  channels: 1 | 3;
  /** The choice, in words. */
  words: string;
  /** The values to feed for a picture of that size. */
  apply(pixels: Pixels): Uint8Array | Int8Array | Float32Array;
}

/** Ranges that networks are trained on, and the (pixel − mean) / std that gives them. */
// biome-ignore format: a table
const RANGES = [
  { words: "[−1, 1]",  low: -1, high: 1,   mean: 127.5, std: 127.5 },
  { words: "[0, 1]",   low: 0,  high: 1,   mean: 0,     std: 255 },
  { words: "[0, 255]", low: 0,  high: 255, mean: 0,     std: 1 },
];

/** The types that pictures are fed as. */
const TYPES = {
  uint8: { least: 0, greatest: 255, array: Uint8Array },
  int8: { least: -128, greatest: 127, array: Int8Array },
};

/**
 * Chooses how pixels are mapped to an image input: as they are for uint8, which is how TFLite's
 * uint8 networks are fed; else to the range of training that is most like the one that the
 * input's quantization can hold. A float32 image that the model quantizes is fed that range itself.
 * Throws BAD_INPUT for an input that is no image of 8 bits, and none that becomes one.
 */
export function pixelMapping(input: TensorInfo, options: PixelOptions = {}): PixelMapping {
  checkOptions(options, RULES);
  const { dtype, quantization } = input;
  const { order, fit, fill } = options;
  const fitting = { ...(order && { order }), ...(fit && { fit }), ...(fill && { fill }) };
  const size = { ...imageShape(input), ...fitting };
  const { mean, std, overridden } = standards(options);
  if (dtype === "float32" && overridden) return realMapping(size, mean, std);
  if (input.quantizedTo) return rangeMapping(size, input.quantizedTo);
  if (dtype !== "uint8" && dtype !== "int8") throw notAnImage(input);
  const type = TYPES[dtype];

  if (dtype === "uint8" && !overridden) {
    return mapping(size, "pixels as they are (uint8)", type.array, [identity()]);
  }
  const { scale, zeroPoint } = quantization ?? { scale: 1, zeroPoint: type.least };
  const stored = (real: number) => {
    const value = Math.sign(real) * Math.round(Math.abs(real) / scale) + zeroPoint;
    return Math.min(type.greatest, Math.max(type.least, value));
  };
  const tables = (means: number[], stds: number[]) =>
    Array.from({ length: Math.max(means.length, stds.length) }, (_, channel) => {
      const mean = means[channel % means.length] as number;
      const std = stds[channel % stds.length] as number;
      return Int16Array.from({ length: 256 }, (_, pixel) => stored((pixel - mean) / std));
    });
  const quantized = `then quantized by scale ${scale} and zero point ${zeroPoint}`;

  if (overridden) {
    const words = `${standardWords(size, mean, std)}, ${quantized}`;
    return mapping(size, words, type.array, tables(mean, std));
  }
  const range = nearestRange((type.least - zeroPoint) * scale, (type.greatest - zeroPoint) * scale);
  const words = `pixels to ${range.words}, ${quantized}`;
  return mapping(size, words, type.array, tables([range.mean], [range.std]));
}

type Size = Pick<PixelMapping, "width" | "height" | "channels" | "order" | "fit" | "fill">;

/** What the options make of pixels: (pixel − mean) / std; a range is both. Throws BAD_OPTION. */
function standards({ mean, std, range }: PixelOptions) {
  const overridden = mean !== undefined || std !== undefined || range !== undefined;
  if (range === undefined) return { mean: mean ?? [0], std: std ?? [1], overridden };
  const [low = 0, high = 1] = range;
  if (mean || std || low >= high) {
    const found = mean || std ? "both" : `${low},${high}`;
    const expected = "a range from less to more, or a mean and a standard deviation";
    throw new NolfetError("BAD_OPTION", expected, found);
  }
  const step = 255 / (high - low);
  return { mean: [-low * step], std: [step], overridden };
}

/** Checks both against the image, and says what they do. Throws BAD_OPTION. */
function standardWords({ channels, order = "RGB" }: Size, mean: number[], std: number[]): string {
  perChannel(mean, channels, "mean");
  perChannel(std, channels, "standard deviation");
  if (std.includes(0)) throw new NolfetError("BAD_OPTION", "another one", "a deviation of 0");
  const turned = order === "BGR" ? "BGR, " : "";
  return `${turned}(pixel − ${mean.join(",")}) / ${std.join(",")}`;
}

/** To real numbers, for networks that take those. */
function realMapping(size: Size, mean: number[], std: number[]): PixelMapping {
  return {
    ...size,
    words: standardWords(size, mean, std),
    apply: (pixels) => {
      checkSize(pixels, size);
      return Float32Array.from(pixels.data, (pixel, i) => {
        const channel = i % size.channels;
        const from = mean[channel % mean.length] as number;
        return (pixel - from) / (std[channel % std.length] as number);
      });
    },
  };
}

/** To the range that the model quantizes. */
function rangeMapping(size: Size, quantization: NonNullable<TensorInfo["quantizedTo"]>) {
  const { dtype, scale, zeroPoint } = quantization;
  const { least, greatest } = TYPES[dtype];
  const range = nearestRange((least - zeroPoint) * scale, (greatest - zeroPoint) * scale);
  const words = `pixels to ${range.words}, which the model quantizes`;
  return { ...realMapping(size, [range.mean], [range.std]), words };
}

function checkSize({ width, height, channels, data }: Pixels, size: Size): void {
  const { width: w, height: h, channels: c } = size;
  if (width === w && height === h && channels === c && data.length === w * h * c) return;
  const found = `${width}×${height}×${channels} in ${data.length} bytes`;
  throw new NolfetError("BAD_INPUT", `pixels of ${w}×${h}×${c}`, found);
}

/** One table for all channels, or one for each. */
function mapping(
  size: Size,
  words: string,
  array: typeof Uint8Array | typeof Int8Array,
  tables: ArrayLike<number>[],
): PixelMapping {
  return {
    ...size,
    words,
    apply(pixels) {
      checkSize(pixels, size);
      const values = new array(pixels.data.length);
      pixels.data.forEach((pixel, i) => {
        const at = tables.length === 1 ? 0 : i % size.channels;
        const table = tables[at] as ArrayLike<number>;
        values[i] = table[pixel] as number;
      });
      return values;
    },
  };
}

function identity(): Uint8Array {
  return Uint8Array.from({ length: 256 }, (_, pixel) => pixel);
}

/** The range that shares most with low…high: the common part over the whole. */
function nearestRange(low: number, high: number): (typeof RANGES)[number] {
  const likeness = (range: (typeof RANGES)[number]) => {
    const common = Math.min(high, range.high) - Math.max(low, range.low);
    return common / (Math.max(high, range.high) - Math.min(low, range.low));
  };
  return RANGES.reduce((best, range) => (likeness(range) > likeness(best) ? range : best));
}

function perChannel(values: number[], channels: number, what: string): number[] {
  const fits = Array.isArray(values) && (values.length === 1 || values.length === channels);
  if (fits && values.every(Number.isFinite)) return values;
  const found = `the ${what} is ${Array.isArray(values) ? values.join(",") : words(values)}`;
  throw new NolfetError("BAD_OPTION", `one number, or ${channels} of them, in an array`, found);
}

function imageShape(input: TensorInfo): Pick<Size, "width" | "height" | "channels"> {
  const [batch, height, width, channels] = input.shape;
  const isImage = input.shape.length === 4 && batch === 1 && (channels === 1 || channels === 3);
  if (!isImage || !height || !width) throw notAnImage(input);
  return { height, width, channels };
}

function notAnImage({ name, shape, dtype }: TensorInfo): NolfetError {
  const expected = "an 8-bit image input of 1×H×W×1 or 1×H×W×3";
  return new NolfetError("BAD_INPUT", expected, `${name}: ${dtype} ${shape.join("×")}`);
}
