import { Core } from "../../../targets/cores";
import { ConvolutionJob } from "../../lower/jobs";
import { Settings } from "../../settings";
import { Choices } from "../choices";
import { Coefficients } from "../coefficients";
import { Tiling } from "../tiling";
import { CodeBook } from "./code-book";
import { StreamCounts } from "./streams";
import { Histogram } from "./symbols";
import { Walk } from "./walk";

/** v8 adds up its input less this. */
const INPUT_SHIFT = 128;

/**
 * A v8 coefficient buffer: streams of weights, and after them the biases, u32 for each output
 * channel. `bias` is added to that of every channel.
 */
export function encodeHuffman(
  job: ConvolutionJob,
  tiling: Tiling,
  bias: i32,
  core: Core,
  settings: Settings,
  choices: Choices,
): Coefficients | null {
  const counts = new StreamCounts(new Walk(job, tiling, core));
  const given = choices.book;
  const book = given != null ? given : bookFor(job, counts, settings);
  const bytes = counts.bytes(book) + ((job.kernels.count as u64) << 2);
  const coefficients = Coefficients.allocate(bytes, job.operator);
  if (coefficients == null) return null;
  coefficients.streamBytes = coefficients.bytes;
  coefficients.hasRunLengths = book.runs != null;
  writeBiases(job, bias, counts.write(book, 0, coefficients, job.operator));
  return coefficients;
}

function bookFor(job: ConvolutionJob, counts: StreamCounts, settings: Settings): CodeBook {
  if (settings.compatMesa) return countRawBytes(job).mesaBook();
  return settings.strict ? counts.total.plainBook() : counts.bestBook();
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
      histogram.literal(table[i] < 0 ? rawZero : load<u8>(base + table[i]));
    }
  }
  return histogram;
}

function writeBiases(job: ConvolutionJob, bias: i32, position: usize): void {
  const kernels = job.kernels;
  for (let k = 0; k < kernels.count; k++) {
    const shift = kernels.sumOf(k) * (INPUT_SHIFT - job.inputZero);
    store<i32>(position + ((k as usize) << 2), kernels.biasOf(k) + bias + shift);
  }
}
