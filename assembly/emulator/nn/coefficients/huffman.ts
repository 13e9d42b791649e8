import { decimal, phrase } from "../../../diagnostics/text";
import { Core } from "../../../targets/cores";
import { WORK_OF_KERNEL } from "../../../targets/limits";
import { isDryRun, spend } from "../../jobs";
import { resolveWords } from "../../memory/buffers";
import { Scratch } from "../../memory/scratch";
import { PairedImage } from "../image";
import { NnJob } from "../job";
import { KernelSet } from "../kernels";
import { badCoefficients, CoefficientDecoder } from "./decoder";
import { HuffmanHeader } from "./header";
import { LEAD_IN, PairDecoder } from "./pairs";
import { KernelShares } from "./shares";
import { TapPlaces } from "./taps";

/**
 * The coefficient buffer of v8: Huffman coded weights without their zero point, and the biases
 * of all outputs behind them.
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
/** Bits that a byte takes. */
const SHORTEST_CODE = 3;
const LONGEST_CODE = 12;
/** Bytes that may follow the weights: one that makes them even, and two empty pairs. */
const MOST_BEHIND = 5;

export class HuffmanDecoder extends CoefficientDecoder {
  private job: NnJob = new NnJob();
  private header: HuffmanHeader = new HuffmanHeader();
  private shares: KernelShares = new KernelShares();
  /** Address of the next stream. */
  private next: u64 = 0;
  private biases: usize = 0;

  private nnCore: i32 = 0;
  private pairs: PairDecoder = new PairDecoder();
  private decoded: Scratch = new Scratch();
  /** Pointer to the next decoded byte. */
  private at: usize = 0;
  private places: TapPlaces = new TapPlaces();

  open(job: NnJob, core: Core): bool {
    this.job = job;
    this.shares.prepare(job, core.nnCores);
    if (!this.header.read(job.coefficients, this.shares.cores)) return false;
    this.pairs.setSymbols(this.header.symbolMap);
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
    this.preparePlaces(image);
    if (!this.decodeStream() || !this.beginKernels(kernels)) return false;
    return isDryRun() || this.takeKernels(kernels);
  }

  /** Weights of a kernel, filled up to whole blocks. */
  private get filled(): i32 {
    return ((this.weights + BLOCK - 1) / BLOCK) * BLOCK;
  }

  private get weights(): i32 {
    return this.places.area * (this.job.depthwise ? 1 : this.job.inputChannels);
  }

  private preparePlaces(image: PairedImage): void {
    this.places.begin(this.job, image);
    if (isDryRun()) return;
    for (let y = 0; y < this.job.kernelHeight; y++) {
      for (let x = 0; x < this.job.kernelWidth; x++) this.places.append(this.job, image, y, x);
    }
  }

  /**
   * Decodes all bytes of the core's stream: how many there are is known beforehand. A dry run takes
   * only the first two, as no weight moves an address.
   */
  private decodeStream(): bool {
    const nnCore = this.nnCore;
    const stream = resolveWords(this.next, this.header.streamBytes(nnCore), "a coefficient stream");
    if (stream == 0 || !spend(this.shares.count(nnCore) * WORK_OF_KERNEL)) return false;
    this.next += this.header.streamBytes(nnCore);
    const bits = this.header.streamBits(nnCore);
    const bytes = COUNT_BYTES + <u64>this.shares.count(nnCore) * this.filled;
    if (bytes * SHORTEST_CODE > bits) return this.bad("more weights", "the end");
    const expectedEnd = "two empty pairs and the end behind the weights";
    if ((bytes + MOST_BEHIND) * LONGEST_CODE < bits) return this.bad(expectedEnd, "more");
    const dry = isDryRun();
    const wanted = dry ? COUNT_BYTES : <u32>bytes;
    if (!this.decoded.reserve(<u64>LEAD_IN + wanted + 1)) return false;
    this.at = this.decoded.pointer + LEAD_IN;
    if (this.pairs.decode(stream, bits, this.at, wanted, dry)) return true;
    return this.bad(expectedEnd, "others");
  }

  private beginKernels(kernels: KernelSet): bool {
    const count = <i32>load<u16>(this.at);
    const announced = this.shares.count(this.nnCore);
    if (count != announced) return this.bad(phrase(decimal(announced), " kernels"), decimal(count));
    this.at += COUNT_BYTES;
    return kernels.begin(count);
  }

  private takeKernels(kernels: KernelSet): bool {
    for (let first = 0; first < kernels.count; first += this.job.kernelsPerCore) {
      const count = this.shares.countFrom(first, this.nnCore);
      for (let k = 0; k < count; k++) {
        const output = this.shares.output(first, k, this.nnCore);
        kernels.setBias(first + k, load<i32>(this.biases + (output << 2)));
        kernels.setOutput(first + k, <u32>output * this.job.outputPlane);
      }
      if (!this.takeSuperblock(kernels, first, count)) return false;
    }
    return kernels.group();
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
    const area = this.places.area;
    let channel = base + start / area;
    let position = start % area;
    for (const end = this.at + count; this.at < end; this.at++) {
      const weight = ((load<u8>(this.at) + zero) & 0xff) - zero;
      if (weight != 0) this.places.add(kernels, kernel, k, channel, position, weight);
      if (++position == area) {
        position = 0;
        channel++;
      }
    }
  }

  private passZeros(count: i32): bool {
    for (const end = this.at + count; this.at < end; this.at++) {
      if (load<u8>(this.at) != 0) return this.bad("zeros behind a kernel's weights", "others");
    }
    return true;
  }

  private bad(expected: string, found: string): bool {
    return badCoefficients(this.nnCore, expected, found);
  }
}
