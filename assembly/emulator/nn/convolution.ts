import { Scratch } from "../memory/scratch";
import { PairedImage, PIXEL_BYTES } from "./image";
import { NnJob } from "./job";
import { KernelSet, NOT_STORED, TAP_BYTES } from "./kernels";
import { Requantizer } from "./requantize";

/**
 * The sums themselves. Stored pixels are walked in strips of fixed width over the rows laid end
 * to end, which costs a few needless sums between the rows and keeps small images fast; a strip
 * stays in the cache while all kernels of a core pass over it.
 */

const WIDE = 32;
const NARROW = 8;

/** Sums of one strip. */
const sums = memory.data(WIDE * 4, 16);

/** Bytes of all kernels' planes, their rows `pitch` apart. */
const planes = new Scratch();

/** Computes the planes of all kernels and stores them at `output`; false where memory is short. */
export function convolve(
  job: NnJob,
  image: PairedImage,
  kernels: KernelSet,
  requantizer: Requantizer,
  output: usize,
): bool {
  const span = image.span(job);
  const plane = (span + WIDE - 1) & ~(WIDE - 1);
  if (!planes.reserve(<u64>plane * <u64>kernels.count)) return false;
  for (let pixel = 0; pixel < span; ) {
    const width = span - pixel > WIDE - NARROW ? WIDE : NARROW;
    const strip = image.pointer + <usize>pixel * PIXEL_BYTES;
    for (let kernel = 0; kernel < kernels.count; kernel++) {
      if (kernels.output(kernel) == NOT_STORED) continue;
      const tap = kernels.firstTap(kernel);
      const end = kernels.endOfTaps(kernel);
      if (width == WIDE) sumWide(strip, tap, end, kernels.bias(kernel));
      else sumNarrow(strip, tap, end, kernels.bias(kernel));
      requantizer.run(sums, planes.pointer + <usize>kernel * plane + pixel, width);
    }
    pixel += width;
  }
  for (let kernel = 0; kernel < kernels.count; kernel++) {
    const offset = kernels.output(kernel);
    if (offset == NOT_STORED) continue;
    storePlane(job, image.pitch, planes.pointer + <usize>kernel * plane, output, offset);
  }
  return true;
}

/** Stores a plane whose rows lie `pitch` apart, `offset` bytes from the output image. */
function storePlane(job: NnJob, pitch: i32, plane: usize, output: usize, offset: u32): void {
  const isDense = pitch == job.outputWidth && pitch == job.outputPitch;
  if (isDense && !job.storesMaxima && !job.outputRing.isUsed) {
    memory.copy(output + offset, plane, <usize>job.outputWidth * job.outputHeight);
    return;
  }
  for (let y = 0; y < job.outputHeight; y++) {
    const row = job.storesMaxima ? maximaOf(job, plane + 2 * y * pitch, pitch) : plane + y * pitch;
    storeRow(job, row, output, <u64>offset + y * job.outputPitch);
  }
}

/** In a circular buffer, `output` is where it starts, and a row may go on there. */
function storeRow(job: NnJob, row: usize, output: usize, offset: u64): void {
  const ring = job.outputRing;
  if (!ring.isUsed) {
    memory.copy(output + <usize>offset, row, job.outputWidth);
    return;
  }
  const first = ring.wrap(ring.wrap(job.outputAddress) + offset);
  const toEnd = <usize>min<u64>(job.outputWidth, ring.end - first);
  memory.copy(output + <usize>(first - ring.start), row, toEnd);
  memory.copy(output, row + toEnd, <usize>job.outputWidth - toEnd);
}

/** Maxima of 2 x 2 of the computed pixels, over two rows of them: they overwrite the first row. */
function maximaOf(job: NnJob, upper: usize, pitch: i32): usize {
  const lower = upper + pitch;
  for (let x = 0; x < job.outputWidth; x++) {
    const high = larger(job, load<u8>(upper + 2 * x), load<u8>(upper + 2 * x, 1));
    const low = larger(job, load<u8>(lower + 2 * x), load<u8>(lower + 2 * x, 1));
    store<u8>(upper + x, larger(job, high, low));
  }
  return upper;
}

function larger(job: NnJob, a: u8, b: u8): u8 {
  return job.isSigned ? <u8>max<i8>(<i8>a, <i8>b) : max(a, b);
}

/** Sums of 32 neighbouring pixels over all taps. */
function sumWide(strip: usize, tap: usize, end: usize, bias: i32): void {
  let a = i32x4.splat(bias);
  let b = a;
  let c = a;
  let d = a;
  let e = a;
  let f = a;
  let g = a;
  let h = a;
  for (; tap < end; tap += TAP_BYTES) {
    const pixels = strip + load<u32>(tap);
    const weights = v128.load_splat<u32>(tap, 4);
    a = i32x4.add(a, i32x4.dot_i16x8_s(v128.load(pixels), weights));
    b = i32x4.add(b, i32x4.dot_i16x8_s(v128.load(pixels, 16), weights));
    c = i32x4.add(c, i32x4.dot_i16x8_s(v128.load(pixels, 32), weights));
    d = i32x4.add(d, i32x4.dot_i16x8_s(v128.load(pixels, 48), weights));
    e = i32x4.add(e, i32x4.dot_i16x8_s(v128.load(pixels, 64), weights));
    f = i32x4.add(f, i32x4.dot_i16x8_s(v128.load(pixels, 80), weights));
    g = i32x4.add(g, i32x4.dot_i16x8_s(v128.load(pixels, 96), weights));
    h = i32x4.add(h, i32x4.dot_i16x8_s(v128.load(pixels, 112), weights));
  }
  v128.store(sums, a);
  v128.store(sums, b, 16);
  v128.store(sums, c, 32);
  v128.store(sums, d, 48);
  v128.store(sums, e, 64);
  v128.store(sums, f, 80);
  v128.store(sums, g, 96);
  v128.store(sums, h, 112);
}

/** Sums of 8 neighbouring pixels over all taps. */
function sumNarrow(strip: usize, tap: usize, end: usize, bias: i32): void {
  let a = i32x4.splat(bias);
  let b = a;
  for (; tap < end; tap += TAP_BYTES) {
    const pixels = strip + load<u32>(tap);
    const weights = v128.load_splat<u32>(tap, 4);
    a = i32x4.add(a, i32x4.dot_i16x8_s(v128.load(pixels), weights));
    b = i32x4.add(b, i32x4.dot_i16x8_s(v128.load(pixels, 16), weights));
  }
  v128.store(sums, a);
  v128.store(sums, b, 16);
}
