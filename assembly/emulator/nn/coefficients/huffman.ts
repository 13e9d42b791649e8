import { decimal, phrase } from "../../../diagnostics/text";
import { WORK_OF_KERNEL } from "../../../targets/limits";
import { isDryRun, spend } from "../../jobs";
import { resolveWords } from "../../memory/buffers";
import { PairedImage } from "../image";
import { NnJob } from "../job";
import { KernelSet } from "../kernels";
import { CodedBytes } from "./coded_bytes";
import { badCoefficients, CoefficientDecoder } from "./decoder";
import { HuffmanHeader } from "./header";
import { LONGEST_CODE, LONGEST_CODE_WITH_RUNS, SHORTEST_CODE } from "./pairs";
import { KernelShares } from "./shares";
import { TapPositions } from "./taps";

/**
 * The coefficient buffer of v8: Huffman coded weights without their zero point, and the biases
 * of all outputs after them.
 *
 * ```
 *  ┌ header, 64 bytes ┬ streams, each padded to 64 bytes ┬ biases ───────────────┐
 *  │                  │ core 0 │ core 1 │ …              │ i32 x output channels │
 *  └──────────────────┴──────────────────────────────────┴───────────────────────┘
 *  stream, as bytes │ kernels of the core u16 │ superblock by superblock: weights
 * ```
 *
 * In a superblock every kernel in turn has nine weights, then the next nine: channel by channel
 * and row by row, the last nine filled up with zeros. In a depthwise job a kernel has one channel
 * and all its nines come at once.
 */

const BLOCK = 9;
const COUNT_BYTES: u32 = 2;
/** Bytes that may follow the weights: one that makes them even, and two empty pairs. */
const MOST_BEHIND = 5;

const EXPECTED_END = "two empty pairs and the end behind the weights";

export class HuffmanDecoder extends CoefficientDecoder {
  private job: NnJob = new NnJob();
  private header: HuffmanHeader = new HuffmanHeader();
  private shares: KernelShares = new KernelShares();
  /** Address of the next stream. */
  private next: u64 = 0;
  private biases: usize = 0;

  private nnCore: i32 = 0;
  private bytes: CodedBytes = new CodedBytes();
  private positions: TapPositions = new TapPositions();

  open(job: NnJob, nnCores: i32, _mostRunBits: u32): bool {
    this.job = job;
    this.shares.prepare(job, nnCores);
    if (!this.header.read(job.coefficients, this.shares.cores)) return false;
    this.bytes.setCodes(this.header, 0);
    this.next = job.coefficients + HuffmanHeader.BYTES;
    let biases = this.next;
    for (let i = 0; i < this.shares.cores; i++) biases += this.header.streamBytes(i);
    this.end = biases + ((<u64>job.outputChannels) << 2);
    this.biases = resolveWords(biases, (<u64>job.outputChannels) << 2, "the biases");
    return this.biases != 0;
  }

  decode(nnCore: i32, image: PairedImage, kernels: KernelSet): bool {
    this.nnCore = nnCore;
    if (nnCore >= this.shares.cores) return kernels.begin(0);
    this.preparePositions(image);
    if (!this.beginStream() || !this.beginKernels(kernels)) return false;
    // No weight moves an address.
    if (isDryRun()) return true;
    return this.takeKernels(kernels) && this.endStream(kernels);
  }

  /** Weights of a kernel, filled up to whole blocks. */
  private get filled(): i32 {
    return ((this.weights + BLOCK - 1) / BLOCK) * BLOCK;
  }

  private get weights(): i32 {
    return this.positions.area * (this.job.depthwise ? 1 : this.job.inputChannels);
  }

  private preparePositions(image: PairedImage): void {
    this.positions.begin(this.job, image);
    if (isDryRun()) return;
    for (let y = 0; y < this.job.kernelHeight; y++) {
      for (let x = 0; x < this.job.kernelWidth; x++) this.positions.append(this.job, image, y, x);
    }
  }

  /** Finds the stream of the core, and that it may be as long as its weights make it. */
  private beginStream(): bool {
    const nnCore = this.nnCore;
    const stream = resolveWords(this.next, this.header.streamBytes(nnCore), "a coefficient stream");
    if (stream == 0 || !spend(this.shares.count(nnCore) * WORK_OF_KERNEL)) return false;
    this.next += this.header.streamBytes(nnCore);
    const bits = this.header.streamBits(nnCore);
    const bytes = COUNT_BYTES + <u64>this.shares.count(nnCore) * this.filled;
    const longestRun = this.header.longestRun;
    const codes = (bytes + longestRun - 1) / longestRun;
    const longestCode = this.header.runLengths == 0 ? LONGEST_CODE : LONGEST_CODE_WITH_RUNS;
    if (codes * SHORTEST_CODE > bits) return this.bad("more weights", "the end");
    if ((bytes + MOST_BEHIND) * longestCode < bits) return this.bad(EXPECTED_END, "more");
    this.bytes.begin(stream, bits);
    return true;
  }

  private beginKernels(kernels: KernelSet): bool {
    const count = this.bytes.take() | (this.bytes.take() << 8);
    const announced = this.shares.count(this.nnCore);
    if (this.bytes.overrun) return this.bad("more weights", "the end");
    if (count != announced) return this.bad(phrase(decimal(announced), " kernels"), decimal(count));
    return kernels.begin(count);
  }

  private endStream(kernels: KernelSet): bool {
    if (this.bytes.overrun) return this.bad("more weights", "the end");
    if (!this.bytes.finish()) return this.bad(EXPECTED_END, "others");
    return kernels.group();
  }

  private takeKernels(kernels: KernelSet): bool {
    for (let first = 0; first < kernels.count; first += this.job.kernelsPerCore) {
      const count = this.shares.countFrom(first, this.nnCore);
      for (let k = 0; k < count; k++) {
        const output = this.shares.output(first, k, this.nnCore);
        kernels.setBias(first + k, load<i32>(this.biases + (output << 2)));
        kernels.setOutput(first + k, <u32>output * this.job.outputPlanePitch);
      }
      if (!this.takeSuperblock(kernels, first, count)) return false;
    }
    return true;
  }

  /** Kernels `first` to `first + count - 1`. */
  private takeSuperblock(kernels: KernelSet, first: i32, count: i32): bool {
    const depthwise = this.job.depthwise;
    const turn = depthwise ? this.filled : BLOCK;
    for (let start = 0; start < this.filled; start += turn) {
      if (!kernels.expect(turn * count)) return false;
      const real = min(turn, this.weights - start);
      for (let k = 0; k < count; k++) {
        const base = depthwise ? this.shares.output(first, k, this.nnCore) : 0;
        this.takeWeights(kernels, first + k, k, base, start, real);
        if (!this.passZeros(turn - real)) return false;
      }
    }
    return true;
  }

  /** `count` weights of a kernel, of which number `start` is the first; channels from `base` on. */
  private takeWeights(
    kernels: KernelSet,
    kernel: i32,
    k: i32,
    base: i32,
    start: i32,
    count: i32,
  ): void {
    const zero = this.job.weightZero;
    const area = this.positions.area;
    for (let i = start; i < start + count; i++) {
      i += this.bytes.skip(start + count - i);
      if (i == start + count) return;
      const weight = this.job.weightOf((this.bytes.take() + zero) & 0xff);
      if (weight == 0) continue;
      this.positions.add(kernels, kernel, k, base + i / area, i % area, weight);
    }
  }

  private passZeros(count: i32): bool {
    while (count > 0) {
      count -= this.bytes.skip(count);
      if (count == 0) return true;
      if (this.bytes.take() != 0) return this.bad("zeros behind a kernel's weights", "others");
      count--;
    }
    return true;
  }

  private bad(expected: string, found: string): bool {
    return badCoefficients(this.nnCore, expected, found);
  }
}
