import { Core } from "../../../targets/cores";
import { Words } from "../../fields/field";
import { HUFFMAN, KERNELS_ON_V8 } from "../../fields/streams";
import { ConvolutionJob } from "../../lower/jobs";
import { Kernels } from "../../lower/kernels";
import { Tiling } from "../tiling";
import { Sink, weightAt } from "./sink";
import { StreamOrder } from "./streams";

/** Weights that come one after the other before the next kernel's turn. */
const BLOCK = 9;

/**
 * The order in which v8 hands each core its kernels: first their number, two bytes, then in
 * every superblock block after block of nine weights, and in each block kernel after kernel.
 * Zeros fill the last block.
 */
export class Walk extends StreamOrder {
  private kernels: Kernels;
  private table: StaticArray<i32> = [];
  /** Kernels of each core in every superblock but the last. */
  private full: i32;

  constructor(
    private job: ConvolutionJob,
    private tiling: Tiling,
    private core: Core,
  ) {
    super();
    this.kernels = job.kernels;
    this.used = min(this.kernels.count, core.nnCores);
    this.table = this.kernels.wholeKernel();
    const perPass = (core.nnCores as i32) * tiling.superblocks;
    this.full = (this.kernels.count + perPass - 1) / perPass;
  }

  /** Hands the whole stream of one core to `sink`. */
  stream(core: i32, sink: Sink): void {
    const total = share(this.kernels.count, this.used, core);
    const head = new Words(HUFFMAN, this.job.operator);
    head.set(KERNELS_ON_V8, total);
    sink.literal(head.at(0) & 0xff);
    sink.literal(head.at(0) >> 8);
    for (let s = 0; s < this.tiling.superblocks; s++) {
      if (this.job.native) this.depthwise(s, core, sink);
      else this.superblock(s, core, sink);
    }
  }

  /** Each core takes neighbouring channels. */
  private superblock(s: i32, core: i32, sink: Sink): void {
    const start = s * this.full * this.used;
    const left = this.kernels.count - start;
    const isLast = s == this.tiling.superblocks - 1;
    const kernels = isLast ? share(left, this.used, core) : this.full;
    let first = start;
    for (let c = 0; c < core; c++) first += isLast ? share(left, this.used, c) : this.full;
    for (let at = 0; at < this.kernels.size; at += BLOCK) {
      for (let k = first; k < first + kernels; k++) this.block(k, at, sink);
    }
  }

  /** Channels go round the cores, backwards in each round; a kernel is one block, or three. */
  private depthwise(s: i32, core: i32, sink: Sink): void {
    const nnCores = this.core.nnCores as i32;
    const first = s * this.full;
    const rounds = (this.kernels.count + nnCores - 1) / nnCores;
    const end = s == this.tiling.superblocks - 1 ? rounds : first + this.full;
    for (let round = first; round < end; round++) {
      const inRound = min(nnCores, this.kernels.count - round * nnCores);
      if (core >= inRound) continue;
      const kernel = round * nnCores + inRound - 1 - core;
      for (let at = 0; at < this.kernels.size; at += BLOCK) this.block(kernel, at, sink);
    }
  }

  /**
   * Nine weights of a kernel. The vendor's compiler never takes a kernel's last one for part of a run;
   * in a depthwise kernel, that goes for its first one.
   */
  private block(kernel: i32, at: i32, sink: Sink): void {
    const kernels = this.kernels;
    const count = min(BLOCK, kernels.size - at);
    const isNative = this.job.native;
    const pinsFirst = isNative && at == 0;
    const pinsLast = !isNative && at + BLOCK >= kernels.size;
    const end = pinsLast && count == BLOCK ? count - 1 : count;
    if (pinsFirst) sink.literal(this.weight(kernel, at));
    this.weights(kernel, at, pinsFirst ? 1 : 0, end, sink);
    if (end < count) sink.literal(this.weight(kernel, at + end));
    const blanks = BLOCK - count;
    if (blanks == 0) return;
    sink.zeros(pinsLast ? blanks - 1 : blanks);
    if (pinsLast) sink.literal(0);
  }

  private weights(kernel: i32, at: i32, from: i32, to: i32, sink: Sink): void {
    const kernels = this.kernels;
    const entry = this.entry(kernel, at + from);
    sink.taps(kernels.kernelAddress(kernel), entry, to - from, kernels.zero, kernels.flip);
  }

  private weight(kernel: i32, at: i32): u32 {
    const kernels = this.kernels;
    const entry = this.entry(kernel, at);
    return weightAt(kernels.kernelAddress(kernel), entry, kernels.zero, kernels.flip);
  }

  /** Where the table of whole kernels has a kernel's weight. */
  private entry(kernel: i32, at: i32): usize {
    const index = this.kernels.startInTable(kernel) + at;
    return changetype<usize>(this.table) + ((index as usize) << 2);
  }
}

/** How many of `items` one of `takers` gets where they are dealt out evenly. */
function share(items: i32, takers: i32, taker: i32): i32 {
  return items / takers + (taker < items % takers ? 1 : 0);
}
