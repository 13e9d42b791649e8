import { Core } from "../../../targets/cores";
import { Words } from "../../fields/field";
import { HUFFMAN, KERNELS_ON_V8 } from "../../fields/streams";
import { ConvolutionJob } from "../../lower/jobs";
import { Choices } from "../choices";
import { Coefficients } from "../coefficients";
import { Tiling } from "../tiling";
import { Sink as WordSink } from "../zero-run/sink";
import { Walk } from "../zero-run/walk";
import { Sink, weightAt } from "./sink";
import { StreamCounts, StreamOrder } from "./streams";

/**
 * A coefficient buffer of the S905D3: v7's kernels, with biases and output offsets among their
 * weights, as bytes in v8's code. From every byte, be it of a weight or a word, the average bias is
 * taken off: the byte that stands for zero. Streams begin with the number of kernels, two bytes.
 */
export function encodeKernelWords(
  job: ConvolutionJob,
  tiling: Tiling,
  bias: i32,
  core: Core,
  choices: Choices,
): Coefficients | null {
  const zero: u32 = job.kernels.zero;
  const averageBias = choices.averageBias < 0 ? zero : (choices.averageBias as u32);
  const walk = new Walk(job, tiling, bias, core, true, choices);
  const order = new KernelBytes(job, walk, averageBias);
  const counts = new StreamCounts(order);
  const given = choices.book;
  const book = given != null ? given : counts.bestBook();
  const coefficients = Coefficients.allocate(counts.bytes(book), job.operator);
  if (coefficients == null) return null;
  counts.write(book, averageBias, coefficients, job.operator);
  coefficients.streamBytes = coefficients.bytes;
  return coefficients;
}

class KernelBytes extends StreamOrder {
  constructor(
    private job: ConvolutionJob,
    private walk: Walk,
    private averageBias: u32,
  ) {
    super();
    this.used = walk.used;
  }

  stream(core: i32, sink: Sink): void {
    const head = new Words(HUFFMAN, this.job.operator);
    head.set(KERNELS_ON_V8, this.walk.perCore);
    sink.literal((head.at(0) - this.averageBias) & 0xff);
    sink.literal(((head.at(0) >> 8) - this.averageBias) & 0xff);
    const kernels = this.job.kernels;
    this.walk.core(core, new BytesOfWords(kernels.zero, kernels.flip, this.averageBias, sink));
  }
}

/** Hands on v7's weights and words as bytes. Runs cover weights only, as the vendor's do. */
class BytesOfWords extends WordSink {
  private isPinned: bool = false;

  constructor(
    zero: u32,
    flip: u32,
    private averageBias: u32,
    private bytes: Sink,
  ) {
    super(zero, flip);
  }

  get hasBiasFirst(): bool {
    return true;
  }

  /** The vendor's compiler keeps it out of runs. */
  pin(): void {
    this.isPinned = true;
  }

  zeros(count: u32): void {
    if (this.zero == this.averageBias && !this.isPinned) {
      this.bytes.zeros(count);
      return;
    }
    for (let i: u32 = 0; i < count; i++) this.weight((this.zero - this.averageBias) & 0xff);
  }

  taps(base: usize, table: usize, count: i32): void {
    if (!this.isPinned) {
      this.bytes.taps(base, table, count, this.averageBias, this.flip);
      return;
    }
    this.weight(weightAt(base, table, this.averageBias, this.flip));
    this.bytes.taps(base, table + 4, count - 1, this.averageBias, this.flip);
  }

  private weight(byte: u32): void {
    if (byte == 0 && !this.isPinned) this.bytes.zeros(1);
    else this.bytes.literal(byte);
    this.isPinned = false;
  }

  flush(): void {}

  word(value: u32): void {
    for (let shift = 0; shift < 32; shift += 8) {
      this.bytes.literal(((value >> shift) - this.averageBias) & 0xff);
    }
  }
}
