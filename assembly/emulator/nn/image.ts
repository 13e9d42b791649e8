import { Scratch } from "../memory/scratch";
import { NnJob } from "./job";

/**
 * The input image laid out for the convolution.
 *
 * Channels lie in pairs, both 16-bit values of a pixel side by side, as one dot product takes
 * them. The border that the windows reach is written out around the pixels. Where only every
 * `step`-th pixel is stored, the rows and columns are dealt to `step * step` *phases*, so that
 * neighbours in a phase belong to neighbouring stored pixels:
 *
 * ```
 *  for pair, for phase row a, for phase column b: a plane of `rows` x `pitch` pixels
 *    pixel (r, c) = input (r * step + a + offsetY, c * step + b + offsetX) or the border
 *  ┌────────────┬────────────┐
 *  │ even chan. │ odd chan.  │  one pixel, 2 x i16
 *  └────────────┴────────────┘
 * ```
 *
 * A tap of a kernel is then one distance, the same for all stored pixels: stored pixel (y, x)
 * reads its operand at `distance + (y * pitch + x) * PIXEL_BYTES`.
 */

export const PIXEL_BYTES: u32 = 4;

/** Pixels that may be read after the last plane by a loop of fixed width. */
const OVERRUN: u64 = 32;

export class PairedImage {
  /** Pixels from a row to the next one, in each phase's plane. */
  pitch: i32 = 0;
  private rows: i32 = 0;
  private phasesX: i32 = 0;
  private phasesY: i32 = 0;
  private planeBytes: u32 = 0;
  private scratch: Scratch = new Scratch();

  get pointer(): usize {
    return this.scratch.pointer;
  }

  /** Pixels from the first stored pixel to after the last, the ends of rows included. */
  span(job: NnJob): i32 {
    return (job.computedHeight - 1) * this.pitch + job.computedWidth;
  }

  /** Distance, in bytes and within a pair of channels, of the tap at kernel row y, column x. */
  tapDistance(job: NnJob, y: i32, x: i32): u32 {
    const step = job.step;
    const phase = (y % step) * this.phasesX + (x % step);
    return <u32>phase * this.planeBytes + <u32>((y / step) * this.pitch + x / step) * PIXEL_BYTES;
  }

  /** Bytes from a pair of channels to the next one. */
  get pairBytes(): u32 {
    return <u32>(this.phasesX * this.phasesY) * this.planeBytes;
  }

  /** Makes distances those of a kernel's own taps: weights, channel by channel and row by row. */
  shrinkTo(job: NnJob): void {
    this.phasesX = this.phasesY = 1;
    this.pitch = job.kernelWidth;
    this.planeBytes = <u32>job.kernelArea * PIXEL_BYTES;
  }

  /** Lays out the bytes at `input`, `bias` added to each; false where memory is short. */
  prepare(job: NnJob, input: usize, bias: i32): bool {
    const step = job.step;
    this.phasesX = min(step, job.kernelWidth);
    this.phasesY = min(step, job.kernelHeight);
    this.pitch = job.computedWidth + (job.kernelWidth - 1) / step;
    this.rows = job.computedHeight + (job.kernelHeight - 1) / step;
    const pairs = (job.inputChannels + 1) >> 1;
    const planes = <u64>pairs * this.phasesX * this.phasesY;
    const planeBytes = <u64>this.rows * <u64>this.pitch * PIXEL_BYTES;
    if (!this.scratch.reserve(planes * planeBytes + OVERRUN * PIXEL_BYTES)) return false;
    this.planeBytes = <u32>planeBytes;
    for (let pair = 0; pair < pairs; pair++) this.preparePair(job, input, pair, bias);
    return true;
  }

  private preparePair(job: NnJob, input: usize, pair: i32, bias: i32): void {
    const channel = <usize>job.inputPlane;
    const even = input + <usize>pair * 2 * channel;
    // The last even channel may have no partner; its weights are 0, any values serve.
    const odd = pair * 2 + 1 < job.inputChannels ? even + channel : even;
    let row = this.pointer + <usize>pair * this.pairBytes;
    for (let a = 0; a < this.phasesY; a++) {
      for (let b = 0; b < this.phasesX; b++) {
        for (let r = 0; r < this.rows; r++) {
          const y = r * job.step + a + job.offsetY;
          const inside = y >= 0 && y < job.inputHeight;
          const start = inside ? y * job.inputPitch : -1;
          this.prepareRow(job, even, odd, start, b + job.offsetX, row, bias);
          row += <usize>this.pitch * PIXEL_BYTES;
        }
      }
    }
  }

  /** One row of a phase: pixels `x`, `x + step`, … of the row at `start`, -1 for a border row. */
  private prepareRow(
    job: NnJob,
    even: usize,
    odd: usize,
    start: i32,
    x: i32,
    row: usize,
    bias: i32,
  ): void {
    const border = pixel(job.border + bias, job.border + bias);
    const step = job.step;
    let before = x < 0 ? (step - 1 - x) / step : 0;
    let inside = (job.inputWidth - x + step - 1) / step;
    if (start < 0) before = inside = this.pitch;
    before = min(before, this.pitch);
    inside = max(min(inside, this.pitch), before);
    for (let c = 0; c < before; c++) store<u32>(row + (c << 2), border);
    const first = start + x + before * step;
    const target = row + (before << 2);
    const count = inside - before;
    if (job.isSigned) pairSigned(even + first, odd + first, target, count, step);
    else if (step == 1) pairDense(even + first, odd + first, target, count, bias);
    else pairEvery(even + first, odd + first, target, count, step, bias);
    for (let c = inside; c < this.pitch; c++) store<u32>(row + (c << 2), border);
  }
}

function pixel(even: i32, odd: i32): u32 {
  return (<u32>even & 0xffff) | ((<u32>odd) << 16);
}

/** Pairs `count` neighbouring pixels of two channels. */
function pairDense(even: usize, odd: usize, target: usize, count: i32, bias: i32): void {
  const biases = i16x8.splat(<i16>bias);
  let i = 0;
  for (; i + 8 <= count; i += 8) {
    const evens = i16x8.add(v128.load_ext<u8>(even + i), biases);
    const odds = i16x8.add(v128.load_ext<u8>(odd + i), biases);
    v128.store(target + (i << 2), v128.shuffle<i16>(evens, odds, 0, 8, 1, 9, 2, 10, 3, 11));
    v128.store(target + (i << 2), v128.shuffle<i16>(evens, odds, 4, 12, 5, 13, 6, 14, 7, 15), 16);
  }
  pairEvery(even + i, odd + i, target + (i << 2), count - i, 1, bias);
}

/** Pairs `count` pixels of two channels that lie `step` apart. */
function pairEvery(even: usize, odd: usize, target: usize, count: i32, step: i32, bias: i32): void {
  for (let i = 0; i < count; i++) {
    const value = pixel(load<u8>(even + i * step) + bias, load<u8>(odd + i * step) + bias);
    store<u32>(target + (i << 2), value);
  }
}

/** Pairs `count` signed pixels of two channels that lie `step` apart. */
function pairSigned(even: usize, odd: usize, target: usize, count: i32, step: i32): void {
  for (let i = 0; i < count; i++) {
    const value = pixel(load<i8>(even + i * step), load<i8>(odd + i * step));
    store<u32>(target + (i << 2), value);
  }
}
