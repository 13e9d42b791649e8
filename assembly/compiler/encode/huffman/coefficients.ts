import { Core } from "../../../targets/cores";
import { Words } from "../../fields/field";
import { STREAM_BITS, SYMBOL_MAP, V8_HEADER, V8_STREAM, VERSION } from "../../fields/streams";
import { ConvolutionJob } from "../../lower/jobs";
import { Settings } from "../../settings";
import { Coefficients } from "../coefficients";
import { Tiling } from "../tiling";
import { CodeBook } from "./code-book";
import { Histogram } from "./symbols";
import { Walk } from "./walk";
import { Writer } from "./writer";

/**
 * A v8 coefficient buffer:
 *
 *  ┌────────────────────────────┐ 0
 *  │ header                     │
 *  ├────────────────────────────┤ 64
 *  │ stream of core 0, 1 …      │   each filled up to a multiple of 64 bytes
 *  ├────────────────────────────┤
 *  │ biases                     │   u32 for each output channel
 *  └────────────────────────────┘
 *
 *  The header:
 *    0  u8      bits 7:4 the version, 1; other bits off
 *    1  u8, 18 × u8   run lengths of zeros: off, for want of knowledge
 *   20  u32     the length that each symbol stands for, four bits each
 *   24  u16     added to every weight: 0
 *   28  u32 …   bits of each core's stream
 */
const VERSION_1 = 1;
const STREAM_SIZES = 28;

/** v8 adds up its input less this. */
const INPUT_SHIFT = 128;

/** `bias` is added to that of every output channel. */
export function encodeHuffman(
  job: ConvolutionJob,
  tiling: Tiling,
  bias: i32,
  core: Core,
  settings: Settings,
): Coefficients | null {
  const walk = new Walk(job, tiling, core);
  const histograms: Histogram[] = [];
  const total = new Histogram();
  for (let c = 0; c < walk.used; c++) {
    const histogram = new Histogram();
    walk.stream(c, histogram);
    histograms.push(histogram);
    total.add(histogram);
  }
  const lengths = settings.compatMesa ? countRawBytes(job).mesaLengths() : total.bestLengths();
  return write(job, walk, histograms, lengths, bias);
}

/** Mesa counts the weights before the zero point is taken off. */
function countRawBytes(job: ConvolutionJob): Histogram {
  const histogram = new Histogram();
  const kernels = job.kernels;
  const table = kernels.wholeKernel();
  const rawZero = kernels.zero ^ kernels.flip;
  for (let k = 0; k < kernels.count; k++) {
    const base = kernels.kernelAddress(k);
    for (let i = 0; i < table.length; i++) {
      histogram.byte(table[i] < 0 ? rawZero : load<u8>(base + table[i]));
    }
  }
  return histogram;
}

function write(
  job: ConvolutionJob,
  walk: Walk,
  histograms: Histogram[],
  lengths: StaticArray<i32>,
  bias: i32,
): Coefficients | null {
  const header = (STREAM_SIZES + 4 * walk.used + 63) & ~63;
  const biases = job.kernels.count << 2;
  let bytes: u64 = header + biases;
  for (let c = 0; c < walk.used; c++) bytes += streamBytes(histograms[c].streamBits(lengths));
  const coefficients = Coefficients.allocate(bytes, job.operator);
  if (coefficients == null) return null;
  coefficients.streamBytes = coefficients.bytes;
  const book = new CodeBook(lengths);
  const start = coefficients.pointer;
  writeHeader(book, start, job.operator);
  let position = start + header;
  for (let c = 0; c < walk.used; c++) {
    const writer = new Writer(book, position);
    walk.stream(c, writer);
    const bits = writer.finish();
    const size = new Words(V8_STREAM, job.operator);
    size.set(STREAM_BITS, bits);
    store<u32>(start + (c << 2), size.at(0), STREAM_SIZES);
    position += streamBytes(bits) as usize;
  }
  writeBiases(job, bias, position);
  return coefficients;
}

function writeHeader(book: CodeBook, pointer: usize, operator: i32): void {
  const header = new Words(V8_HEADER, operator);
  header.set(VERSION, VERSION_1);
  header.set(SYMBOL_MAP, book.header);
  memory.copy(pointer, header.pointer, header.bytes);
}

function streamBytes(bits: u64): u64 {
  return ((bits + 511) >> 9) << 6;
}

function writeBiases(job: ConvolutionJob, bias: i32, position: usize): void {
  const kernels = job.kernels;
  for (let k = 0; k < kernels.count; k++) {
    const shift = kernels.sumOf(k) * (INPUT_SHIFT - job.inputZero);
    store<i32>(position + ((k as usize) << 2), kernels.biasOf(k) + bias + shift);
  }
}
