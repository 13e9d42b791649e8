import { AT } from "./rig.ts";

// Descriptors for tests, from what they are to do. Written apart from the emulator's tables.

export interface Extent {
  width: number;
  height: number;
  channels: number;
}

export interface NnSpec {
  input: Extent;
  /** As it is stored. */
  output: Extent;
  kernel: { width: number; height: number };
  /** Where the first window begins. */
  offset?: { x: number; y: number };
  pooled?: boolean;
  /** Of 2 × 2 results the largest is stored. */
  storesMaxima?: boolean;
  /** Bytes from row to row and rows from plane to plane, if images are not dense. */
  inputPitch?: { row: number; plane: number };
  outputPitch?: { row: number; plane: number };
  /** Weights, input and output are signed bytes, all zero points 0. */
  isSigned?: boolean;
  /** Addresses, if not the rig's, and circular buffers as of a TP job. */
  inputAddress?: number;
  outputAddress?: number;
  inputRing?: [number, number];
  outputRing?: [number, number];
  inputZero: number;
  weightZero: number;
  outputZero: number;
  relu?: boolean;
  /** Without its leading one: 15 bits on v7, 23 on v8. */
  multiplier: number;
  shift: number;
  kernelsPerCore: number;
  depthwise?: boolean;
  architecture?: 7 | 8;
}

const NONE = { x: 0, y: 0 };

/** The 34 words of an NN job over the rig's input, coefficients and output. */
export function nnWords(spec: NnSpec): Uint32Array {
  const { input, output, kernel, offset = NONE, multiplier: m, shift } = spec;
  const v8 = spec.architecture === 8;
  const doubled = spec.pooled || spec.storesMaxima ? 2 : 1;
  const {
    inputPitch = { row: input.width, plane: input.height },
    outputPitch = { row: output.width, plane: output.height },
  } = spec;
  const padded = v8 && (offset.x < 0 || offset.y < 0);
  const words = new Uint32Array(34);
  words[0] =
    (v8 ? 2 : 0) |
    (kernel.width << 2) |
    (input.channels << 6) |
    (spec.kernelsPerCore << 20) |
    (spec.pooled ? 3 << 27 : spec.storesMaxima ? 1 << 27 : 1 << 29) |
    (1 << 31);
  words[1] = (spec.isSigned ? 0x2a : 0) | (input.width << 6) | (input.height << 19);
  words[2] =
    (offset.x & 7) |
    ((offset.y & 7) << 3) |
    ((spec.relu ? 1 : 0) << 24) |
    ((m & 1) << 26) |
    ((shift & 31) << 27);
  words[3] = (v8 ? 8 : 0) | ((output.width * doubled) << 6) | ((output.height * doubled) << 19);
  words[4] =
    output.channels |
    (1 << 14) |
    ((offset.x < 0 ? 1 : 0) << 16) |
    ((offset.y < 0 ? 1 : 0) << 17) |
    (1 << 18) |
    (1 << 25);
  words[5] = AT.coefficients >>> 6;
  words[6] = spec.inputAddress ?? AT.input;
  words[7] = spec.outputAddress ?? AT.output;
  words[8] = (v8 ? 0 : 4) | (kernel.height << 12) | (outputPitch.plane << 16);
  words[11] = 0x800;
  words[12] = 0xa00;
  words[14] = 0x800;
  words[15] = (spec.inputZero << 2) | (((m >> 1) & 63) << 22) | ((shift >> 5) << 28);
  words[16] = inputPitch.row | (inputPitch.plane << 16);
  words[17] = outputPitch.row | (((m >> 7) & 255) << 24);
  const [outSize, outEnd] = ringWords(spec.outputRing);
  words[18] = (padded ? 0x60000000 : 0) | outSize;
  words[19] = outEnd;
  [words[20], words[21]] = ringWords(spec.inputRing);
  words[22] =
    spec.weightZero |
    (spec.outputZero << 8) |
    ((spec.depthwise ? 1 : 0) << 17) |
    (((m >> 15) & 255) << 18);
  words[28] = 0x03ffffff;
  words[29] = 0x7f800000;
  words[30] = 0xff800000;
  return words;
}

export interface TpSpec {
  /** Width, height and channels of the image, and its pitches if it is not dense. */
  image: Extent & { stride?: number; slice?: number };
  /** Signed, the ends inclusive; the whole image if left out. */
  window?: { left: number; top: number; right: number; bottom: number };
  /** Slices of border before and after those of the image. */
  slices?: { before: number; behind: number };
  /** 1 × 1 if left out. */
  tile?: { width: number; height: number };
  /** Increment and count of the output loops, from the innermost; the seventh has no count. */
  loops: [increment: number, count: number][];
  resets?: (1 | 2 | 3)[];
  inputZero?: number;
  outputZero?: number;
  border?: number;
  /** Where its table lies, and whether it is one of magnitudes only. */
  function?: { table: number; isOdd?: boolean; multiplier?: number; shift?: number };
  /** The output's factor: the multiplier without its leading one, a shift from -64 to 63. */
  multiplier?: number;
  shift?: number;
  /** Bits of a fraction that the input has. */
  preshift?: number;
  /** Maxima of 2 × 2 pixels, so far apart. */
  pool?: 1 | 2;
  inputType?: "uint8" | "int8";
  outputType?: "uint8" | "float16" | "int8";
  /** Circular buffers: the first address and the one after, multiples of 64. */
  inputRing?: [number, number];
  outputRing?: [number, number];
  input?: number;
  output?: number;
  noFlush?: boolean;
}

/** The 31 words of a TP job over the rig's input and output. */
export function tpWords(spec: TpSpec): Uint32Array {
  const { image, resets = [], slices, function: f } = spec;
  const { multiplier = spec.multiplier ?? 0, shift = spec.shift ?? 0 } = f ?? {};
  const codes = { uint8: 0, float16: 1, int8: 2 };
  const outputCode = codes[spec.outputType ?? "uint8"];
  const shared = spec.pool === 1 ? 1 : 0;
  const pooling = { 1: 0x80090240, 2: 0x800b02c0 };
  const { stride = image.width, slice = image.width * image.height } = image;
  const {
    window = { left: 0, top: 0, right: image.width - 1, bottom: image.height - 1 },
    tile = { width: 1, height: 1 },
  } = spec;
  const loop = (k: number) => spec.loops[k] ?? [0, k < 6 ? 1 : 0];
  const pair = (low: number, high: number) => (low & 0xffff) | (high << 16);
  const words = new Uint32Array(31);
  words[0] = image.width;
  words[1] = pair(image.height, image.channels);
  words[2] = stride;
  words[3] = slice;
  words[4] = pair(window.left, window.top);
  words[5] = pair(window.right, window.bottom);
  words[6] =
    (f ? 0xc8000018 : 0x00000018) |
    (outputCode === 1 ? 0 : 1 << 29) |
    (spec.pool ? pooling[spec.pool] : 0);
  words[8] = pair(tile.width, tile.height);
  words[9] = pair(tile.width - shared, tile.height - shared);
  words[10] = spec.input ?? AT.input;
  words[11] = f?.table ?? 0;
  words[12] =
    resets.reduce<number>((bits, reset) => bits | (2 << reset), 2) |
    ((slices?.before ?? 0) << 8) |
    ((slices?.behind ?? 0) << 11) |
    (codes[spec.inputType ?? "uint8"] << 18) |
    (outputCode << 21) |
    (f && !f.isOdd ? 1 << 28 : 0) |
    (spec.noFlush ? 1 << 30 : 0) |
    (1 << 31);
  words[13] = spec.output ?? AT.output;
  words[14] = loop(0)[0];
  words[15] = loop(1)[0];
  words[16] = pair(loop(0)[1], loop(1)[1]);
  words[17] = loop(2)[0];
  words[18] = loop(3)[0];
  words[19] = pair(loop(2)[1], loop(3)[1]);
  words[20] = loop(4)[0];
  words[21] = loop(5)[0];
  words[22] = pair(loop(4)[1], loop(5)[1]);
  words[23] = loop(6)[0];
  words[24] =
    0xa |
    ((spec.preshift ?? 0) << 5) |
    ((shift & 31) << 10) |
    (spec.pool ? 1 << 24 : 0) |
    (((shift >> 5) & 3) << 26);
  [words[25], words[26]] = ringWords(spec.inputRing);
  [words[27], words[28]] = ringWords(spec.outputRing);
  words[29] = (spec.border ?? 0) | ((spec.inputZero ?? 0) << 24);
  words[30] = (spec.outputZero ?? 0) | (multiplier << 8);
  return words;
}

/** Size and end of a circular buffer, in units of 64 bytes. */
function ringWords(ring?: [number, number]): [number, number] {
  if (ring === undefined) return [0, 0x03ffffff];
  return [(ring[1] - ring[0]) >>> 6, ring[1] >>> 6];
}
