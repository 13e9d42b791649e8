import { decimal, phrase } from "../../../diagnostics/text";
import { Core } from "../../../targets/cores";
import { WORK_OF_KERNEL } from "../../../targets/limits";
import { isDryRun, spend } from "../../jobs";
import { resolveWords } from "../../memory/buffers";
import { PairedImage } from "../image";
import { NnJob } from "../job";
import { KernelSet, NOT_STORED } from "../kernels";
import { BitReader } from "./bits";
import { badCoefficients, CoefficientDecoder } from "./decoder";
import { WeightOrder } from "./order";
import { ZeroRunTokens } from "./tokens";

/**
 * The coefficient buffer of v7: zero-run-length coded weights, and with every kernel its bias
 * and the place of its output.
 *
 * ```
 *  ┌ header ───────────────────────────────┬ streams, each padded to 64 bytes ┐
 *  │ bytes of stream u32 x NN cores, to 64 │ core 0 │ core 1 │ …              │
 *  └───────────────────────────────────────┴──────────────────────────────────┘
 *  stream │ run bits 8 │ kernels 16 │ token … bias 32 token … output offset 32 … │ zeros
 * ```
 *
 * The bias stands behind a kernel's first weight, the output offset (in bytes from the output
 * image) behind its last one; a token never reaches over either.
 */

const STREAM_UNIT: u32 = 64;

export class ZeroRunDecoder extends CoefficientDecoder {
  private job: NnJob = new NnJob();
  private mostRunBits: u32 = 0;
  private usedCores: i32 = 0;
  private header: usize = 0;

  private nnCore: i32 = 0;
  private bits: BitReader = new BitReader();
  private tokens: ZeroRunTokens = new ZeroRunTokens();
  private order: WeightOrder = new WeightOrder();

  open(job: NnJob, core: Core): bool {
    const headerBytes = (core.nnCores * 4 + STREAM_UNIT - 1) & ~(STREAM_UNIT - 1);
    this.job = job;
    this.mostRunBits = core.zeroRunBits;
    this.usedCores = min<i32>(job.outputChannels, core.nnCores);
    this.header = resolveWords(job.coefficients, headerBytes, "the header of the coefficients");
    this.end = job.coefficients + headerBytes;
    return this.header != 0;
  }

  decode(nnCore: i32, image: PairedImage, kernels: KernelSet): bool {
    this.nnCore = nnCore;
    const bytes = load<u32>(this.header + (nnCore << 2));
    if (nnCore >= this.usedCores)
      return kernels.begin(0) && (bytes == 0 || this.bad("none", "one"));
    if (bytes == 0 || bytes % STREAM_UNIT != 0) {
      return this.bad("a multiple of 64 bytes", decimal(bytes));
    }
    const stream = resolveWords(this.end, bytes, "a coefficient stream");
    if (stream == 0 || !spend(bytes + this.kernelsOfCore * WORK_OF_KERNEL)) return false;
    this.end += bytes;
    this.bits.open(stream, (<u64>bytes) << 3);
    this.order.prepare(this.job, image);
    return this.beginStream(kernels) && this.decodeKernels(kernels) && this.endStream(kernels);
  }

  /** Kernels of each core, those that only fill it up among them. */
  private get kernelsOfCore(): i32 {
    return (this.job.outputChannels + this.usedCores - 1) / this.usedCores;
  }

  private beginStream(kernels: KernelSet): bool {
    const runBits = this.bits.read(8);
    if (runBits > this.mostRunBits) {
      const expected = phrase("run lengths of at most ", decimal(this.mostRunBits), " bits");
      return this.bad(expected, decimal(runBits));
    }
    this.tokens.begin(this.bits, runBits);
    const count = <i32>this.bits.read(16);
    const announced = this.kernelsOfCore;
    if (count != announced) return this.bad(phrase(decimal(announced), " kernels"), decimal(count));
    return kernels.begin(count);
  }

  private decodeKernels(kernels: KernelSet): bool {
    const full = this.job.kernelsPerCore;
    for (let first = 0; first < kernels.count; first += full) {
      if (!this.decodeSuperblock(kernels, first, min(full, kernels.count - first))) return false;
    }
    return true;
  }

  /** Kernels `first` to `first + count - 1`, round by round. */
  private decodeSuperblock(kernels: KernelSet, first: i32, count: i32): bool {
    const rounds = this.order.rounds;
    for (let round = 0; round < rounds; round++) {
      const weights = this.order.length(round);
      if (!kernels.expect(weights * count)) return false;
      for (let k = 0; k < count; k++) {
        if (round == 0 && !this.beginKernel(kernels, first + k, k)) return false;
        this.decodeWeights(kernels, first + k, k, round, round == 0 ? 1 : 0, weights);
        if (round < rounds - 1) continue;
        const number = first * this.usedCores + this.nnCore * count + k;
        if (!this.endKernel(kernels, first + k, number)) return false;
      }
      if (this.bits.overrun) return this.bad("more weights", "the end");
      if (round == 0 && isDryRun()) round += this.passMiddle(count);
    }
    return true;
  }

  /** Passes over the rounds between the first and the last one; gives how many they are. */
  private passMiddle(kernels: i32): i32 {
    const rounds = max(0, this.order.rounds - 2);
    if (rounds > 0) this.tokens.pass(<i64>rounds * this.order.length(1) * kernels);
    return rounds;
  }

  private beginKernel(kernels: KernelSet, kernel: i32, k: i32): bool {
    this.decodeWeights(kernels, kernel, k, 0, 0, 1);
    if (!this.tokens.done) return this.bad("a token that ends before the bias", "a longer one");
    kernels.setBias(kernel, this.bits.read(32));
    return true;
  }

  /**
   * Every kernel's plane has the place of its number. Those that only fill up the last superblock
   * have one behind the output; they are not stored.
   */
  private endKernel(kernels: KernelSet, kernel: i32, number: i32): bool {
    if (!this.tokens.done) return this.bad("a token that ends with the kernel", "a longer one");
    const job = this.job;
    const offset = this.bits.read(32);
    const expected = <u64>number * job.outputPlane;
    if (offset != expected) {
      return this.bad(phrase("the output offset ", decimal(expected)), decimal(offset));
    }
    kernels.setOutput(kernel, number < job.outputChannels ? offset : NOT_STORED);
    return true;
  }

  /** Weights `from` up to, not with, `to` of what a kernel has in a round. */
  private decodeWeights(
    kernels: KernelSet,
    kernel: i32,
    k: i32,
    round: i32,
    from: i32,
    to: i32,
  ): void {
    if (isDryRun()) {
      this.tokens.pass(to - from);
      return;
    }
    const zero = this.job.weightZero;
    for (let i = from; i < to; i++) {
      i += this.tokens.skip(to - i);
      if (i == to) return;
      const weight = this.tokens.take() - zero;
      if (weight != 0) this.order.add(kernels, kernel, k, round, i, weight);
    }
  }

  private endStream(kernels: KernelSet): bool {
    this.bits.align(32);
    if (!this.bits.endsPadded(STREAM_UNIT * 8)) {
      return this.bad("zeros to the next 64 bytes, then the end", "something else");
    }
    return kernels.group();
  }

  private bad(expected: string, found: string): bool {
    return badCoefficients(this.nnCore, expected, found);
  }
}
