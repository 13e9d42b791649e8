import { decimal, phrase } from "../../../diagnostics/text";
import { isDryRun } from "../../jobs";
import { PairedImage } from "../image";
import { NnJob } from "../job";
import { KernelSet, NOT_STORED } from "../kernels";
import { badCoefficients } from "./decoder";
import { WeightOrder } from "./order";

/** A job has fewer output channels than this. */
const MOST_OUTPUTS = 1 << 14;

/**
 * The kernels of v7, whose bias and output offset stand among their weights. An offset (in bytes
 * from the output image) alone says where a kernel's output goes: kernels come in any order.
 *
 * `Weights` is what their bytes are read from: `skip`, `take` and `pass` as in ZeroRunTokens, `word`
 * for a bias or an offset, `isBetweenTokens` where a kernel may end, `hasBiasFirst` whether the bias
 * comes before a kernel's first weight or after it, and `overrun`.
 */
export class KernelsWithWords<Weights> {
  weights: Weights = instantiate<Weights>();
  private job: NnJob = new NnJob();
  private nnCore: i32 = 0;
  private usedCores: i32 = 0;
  private order: WeightOrder = new WeightOrder();
  /** By output channel: whether a kernel of the job has its plane, u8. */
  private taken: usize = heap.alloc(MOST_OUTPUTS);

  /** Begins a job whose kernels are shared by so many cores. */
  begin(job: NnJob, usedCores: i32): void {
    this.job = job;
    this.usedCores = usedCores;
    memory.fill(this.taken, 0, job.outputChannels);
  }

  /** Kernels of each core, those that only fill it up among them. */
  get kernelsOfCore(): i32 {
    return (this.job.outputChannels + this.usedCores - 1) / this.usedCores;
  }

  /** Takes the number of kernels that a core's stream announces, and then them. */
  decode(nnCore: i32, announced: i32, image: PairedImage, kernels: KernelSet): bool {
    this.nnCore = nnCore;
    const count = this.kernelsOfCore;
    if (announced != count) return this.bad(phrase(decimal(count), " kernels"), decimal(announced));
    this.order.prepare(this.job, image);
    if (!kernels.begin(count)) return false;
    const full = this.job.kernelsPerCore;
    for (let first = 0; first < count; first += full) {
      if (!this.decodeSuperblock(kernels, first, min(full, count - first))) return false;
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
        if (round == 0) this.beginKernel(kernels, first + k, k);
        this.decodeWeights(kernels, first + k, k, round, round == 0 ? 1 : 0, weights);
        if (round < rounds - 1) continue;
        const number = first * this.usedCores + this.nnCore * count + k;
        if (!this.endKernel(kernels, first + k, number)) return false;
      }
      if (this.weights.overrun) return this.bad("more weights", "the end");
      if (round == 0 && isDryRun()) round += this.passMiddle(count);
    }
    return true;
  }

  /** Passes over the rounds between the first and the last one; gives how many they are. */
  private passMiddle(kernels: i32): i32 {
    const rounds = max(0, this.order.rounds - 2);
    if (rounds > 0) this.weights.pass(<i64>rounds * this.order.length(1) * kernels);
    return rounds;
  }

  /** The first weight and the bias. */
  private beginKernel(kernels: KernelSet, kernel: i32, k: i32): void {
    if (this.weights.hasBiasFirst) kernels.setBias(kernel, this.weights.word());
    this.decodeWeights(kernels, kernel, k, 0, 0, 1);
    if (!this.weights.hasBiasFirst) kernels.setBias(kernel, this.weights.word());
  }

  /**
   * Every output channel has one kernel. Those that only fill up the last superblock have the position
   * of their number, after the output; they are not stored.
   */
  private endKernel(kernels: KernelSet, kernel: i32, number: i32): bool {
    if (!this.weights.isBetweenTokens) {
      return this.bad("a token that ends with the kernel", "a longer one");
    }
    const outputs = this.job.outputChannels;
    const plane = this.job.outputPlanePitch;
    const offset = this.weights.word();
    if (number >= outputs) {
      const expected = <u64>number * plane;
      kernels.setOutput(kernel, NOT_STORED);
      if (offset == expected) return true;
      return this.bad(phrase("the output offset ", decimal(expected)), decimal(offset));
    }
    const output = offset / plane;
    if (offset % plane != 0 || output >= <u32>outputs || load<u8>(this.taken + output) != 0) {
      return this.bad("an output offset of a plane without a kernel", decimal(offset));
    }
    store<u8>(this.taken + output, 1);
    kernels.setOutput(kernel, offset);
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
      this.weights.pass(to - from);
      return;
    }
    for (let i = from; i < to; i++) {
      i += this.weights.skip(to - i);
      if (i == to) return;
      const weight = this.job.weightOf(this.weights.take());
      if (weight != 0) this.order.add(kernels, kernel, k, round, i, weight);
    }
  }

  private bad(expected: string, found: string): bool {
    return badCoefficients(this.nnCore, expected, found);
  }
}
