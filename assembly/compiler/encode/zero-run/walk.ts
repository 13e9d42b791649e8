import { Core } from "../../../targets/cores";
import { ConvolutionJob } from "../../lower/jobs";
import { Kernels } from "../../lower/kernels";
import { Choices } from "../choices";
import { Tiling } from "../tiling";
import { Sink } from "./sink";

/** Planes of one kernel that come one after the other in the stream of a pointwise job. */
const POINTWISE_BLOCK = 6;

/** Pointwise jobs with no more kernels than this are streamed plane by plane. */
const FEW_KERNELS = 8;

/**
 * The order in which v7 hands each core its kernels: in every superblock, block after block
 * of planes, and in each block kernel after kernel.
 *
 *     superblock 0 ┬ block 0 ┬ kernel 0: w  bias  w w w …
 *                  │         └ kernel 1: w  bias  w w w …
 *                  └ last    ┬ kernel 0: w w w …  output offset
 *                    block   └ kernel 1: w w w …  output offset
 *     superblock 1 ┬ …
 *
 * A block is one plane, or six where the kernel is a single pixel. Words stand between
 * tokens, so the runs of zeros are flushed before them.
 */
export class Walk {
  /** Cores that have kernels, and kernels of each, counting those past the last channel. */
  used: i32;
  perCore: i32;
  private kernels: Kernels;
  private taps: i32;
  private block: i32 = 1;
  private order: StaticArray<i32> = [];

  constructor(
    private job: ConvolutionJob,
    private tiling: Tiling,
    private extraBias: i32,
    core: Core,
    splitRows: bool,
    private choices: Choices,
  ) {
    this.kernels = job.kernels;
    this.taps = this.kernels.area;
    this.used = min(this.kernels.count, core.nnCores);
    this.perCore = (this.kernels.count + this.used - 1) / this.used;
    if (this.hasBlocksOfSix) this.block = POINTWISE_BLOCK;
    this.order = this.hasBlocksOfSix ? SIDE_BY_SIDE : inBrickOrder(this.kernels, splitRows);
  }

  get hasBlocksOfSix(): bool {
    return this.job.pointwise && this.kernels.count > FEW_KERNELS;
  }

  /** Hands the whole stream of one core to `sink`, but for its header. */
  core(core: i32, sink: Sink): void {
    for (let s = 0; s < this.tiling.superblocks; s++) {
      const kernels = this.kernelsIn(s);
      const first = this.firstIn(s) + core * kernels;
      this.superblock(first, first + kernels, this.isLast(s) && this.block == 1, sink);
    }
    sink.flush();
  }

  /** The core that has the kernel at a position, which `Choices.outputs` counts alike. */
  coreAt(position: i32): i32 {
    let s = 0;
    while (!this.isLast(s) && position >= this.firstIn(s + 1)) s++;
    return (position - this.firstIn(s)) / this.kernelsIn(s);
  }

  private isLast(superblock: i32): bool {
    return superblock == this.tiling.superblocks - 1;
  }

  /** Kernels of each core in a superblock: the last one has the remainder. */
  private kernelsIn(superblock: i32): i32 {
    const full = this.fullSuperblock;
    return this.isLast(superblock) ? this.perCore - full * superblock : full;
  }

  /** The first position of a superblock, which is its first core's. */
  private firstIn(superblock: i32): i32 {
    return superblock * this.fullSuperblock * this.used;
  }

  private get fullSuperblock(): i32 {
    return (this.perCore + this.tiling.superblocks - 1) / this.tiling.superblocks;
  }

  /** Hands the weights of one kernel alone to `sink`. */
  kernel(kernel: i32, sink: Sink): void {
    for (let plane = 0; plane < this.kernels.planes; plane += this.block) {
      const next = min(plane + this.block, this.kernels.planes);
      this.weights(kernel, plane, 0, (next - plane) * this.taps, sink);
    }
    sink.flush();
  }

  private superblock(first: i32, end: i32, flushes: bool, sink: Sink): void {
    const planes = this.kernels.planes;
    for (let plane = 0; plane < planes; plane += this.block) {
      const next = min(plane + this.block, planes);
      const inner = plane > 0 && next < planes;
      if (inner && this.hasOneOwner(end)) {
        this.depthwisePlane(first, end, plane, sink);
      } else {
        const taps = (next - plane) * this.taps;
        for (let k = first; k < end; k++) {
          if (plane == 0) this.begin(this.kernelOf(k), k == end - 1, sink);
          this.weights(this.kernelOf(k), plane, plane == 0 ? 1 : 0, taps, sink);
          if (plane == 0 && this.choices.runsPassBiases) this.endFirstBlock(sink);
          if (next == planes) this.end(this.kernelOf(k), sink);
        }
      }
      if (flushes && !this.choices.runsPassBiases) sink.flush();
    }
  }

  /** Only one kernel has taps in this plane; all others are zeros on end. */
  private depthwisePlane(first: i32, end: i32, plane: i32, sink: Sink): void {
    const owner = this.kernels.channelOf(plane);
    if (owner < first || owner >= end) {
      sink.zeros((end - first) * this.taps);
      return;
    }
    sink.zeros((owner - first) * this.taps);
    this.weights(owner, plane, 0, this.taps, sink);
    sink.zeros((end - owner - 1) * this.taps);
  }

  /** Depthwise kernels in their own order, none beyond the last. */
  private hasOneOwner(end: i32): bool {
    return this.kernels.depthwise && end <= this.kernels.count && this.choices.outputs == null;
  }

  private kernelOf(number: i32): i32 {
    const outputs = this.choices.outputs;
    return outputs == null || number >= outputs.length ? number : outputs[number];
  }

  /** A kernel's first weight and its bias. */
  private begin(kernel: i32, isLastOfSuperblock: bool, sink: Sink): void {
    if (sink.hasBiasFirst) sink.word(this.bias(kernel));
    if (isLastOfSuperblock) sink.pin();
    this.weights(kernel, 0, 0, 1, sink);
    if (sink.hasBiasFirst) return;
    if (!this.choices.runsPassBiases) sink.flush();
    sink.wordBehindToken(this.bias(kernel));
  }

  /** As the vendor's compiler does: runs go on in 2×2 kernels, if no bias waits for their end. */
  private endFirstBlock(sink: Sink): void {
    if (this.kernels.side > 2) sink.flush();
    else sink.flushLate();
  }

  private end(kernel: i32, sink: Sink): void {
    sink.flush();
    sink.word(this.job.outputX * this.job.outputY * kernel);
  }

  /** Taps `from` to `to` of the block that begins with this plane. */
  private weights(kernel: i32, plane: i32, from: i32, to: i32, sink: Sink): void {
    const kernels = this.kernels;
    if (kernel >= kernels.count) {
      sink.blanks(to - from);
    } else if (!kernels.hasTaps(kernel, plane)) {
      sink.zeros(to - from);
    } else {
      const first = kernels.phaseOf(plane) * this.taps + from;
      const table = changetype<usize>(this.order) + ((first as usize) << 2);
      sink.taps(kernels.planeAddress(kernel, plane), table, to - from);
    }
  }

  /** With the input's zero point taken out, so that the unit can add up plain bytes. */
  private bias(kernel: i32): i32 {
    const kernels = this.kernels;
    const beyond = kernel >= kernels.count;
    const sum = beyond ? -kernels.size * (kernels.zero as i32) : kernels.sumOf(kernel);
    return (
      (beyond ? 0 : kernels.biasOf(kernel) + this.extraBias) -
      sum * (this.job.inputZero ^ this.job.flip)
    );
  }
}

/** The taps of six planes that are one pixel each: neighbours in the model. */
const SIDE_BY_SIDE: StaticArray<i32> = [0, 1, 2, 3, 4, 5];

/**
 * A plane's taps as the unit takes them: rows in pairs, and of a pair first three columns,
 * then the rest. For sides up to 3 that is row by row.
 *
 *      0  1  2 | 6  7
 *      3  4  5 | 8  9
 *     10 11 12 |16 17
 *     13 14 15 |18 19
 *     20 21 22 |23 24
 */
function inBrickOrder(kernels: Kernels, splitRows: bool): StaticArray<i32> {
  const side = kernels.side;
  if (kernels.area != side * side) return kernels.taps;
  const ordered = new StaticArray<i32>(kernels.taps.length);
  const split = splitRows && side > 3 ? 3 : side;
  let i = 0;
  for (let phase = 0; phase < kernels.phases; phase++) {
    const base = phase * side * side;
    for (let row = 0; row < side; row += 2) {
      i = brick(kernels, base, row, 0, split, ordered, i);
      i = brick(kernels, base, row, split, side, ordered, i);
    }
  }
  return ordered;
}

function brick(
  kernels: Kernels,
  base: i32,
  row: i32,
  from: i32,
  to: i32,
  ordered: StaticArray<i32>,
  i: i32,
): i32 {
  const side = kernels.side;
  for (let y = row; y < min(row + 2, side); y++) {
    for (let x = from; x < to; x++) ordered[i++] = kernels.taps[base + y * side + x];
  }
  return i;
}
