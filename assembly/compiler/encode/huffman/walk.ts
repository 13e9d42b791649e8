import { Core } from "../../../targets/cores";
import { Words } from "../../fields/field";
import { HUFFMAN, KERNELS_ON_V8 } from "../../fields/streams";
import { ConvolutionJob } from "../../lower/jobs";
import { Kernels } from "../../lower/kernels";
import { Tiling } from "../tiling";
import { Sink } from "./sink";

/** Weights that come one behind the other before the next kernel's turn. */
const BLOCK = 9;

/**
 * The order in which v8 hands each core its kernels: first their number, two bytes, then in
 * every superblock block after block of nine weights, and in each block kernel after kernel.
 * Zeros fill the last block.
 */
export class Walk {
  /** Cores that have kernels. */
  used: i32;
  private kernels: Kernels;
  private table: StaticArray<i32> = [];
  /** Kernels of each core in every superblock but the last. */
  private full: i32;

  constructor(
    private job: ConvolutionJob,
    private tiling: Tiling,
    private core: Core,
  ) {
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
    sink.byte(head.at(0) & 0xff);
    sink.byte(head.at(0) >> 8);
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

  private block(kernel: i32, at: i32, sink: Sink): void {
    const kernels = this.kernels;
    const count = min(BLOCK, kernels.size - at);
    const first = kernels.startInTable(kernel) + at;
    const entries = changetype<usize>(this.table) + ((first as usize) << 2);
    sink.taps(kernels.kernelAddress(kernel), entries, count, kernels.zero, kernels.flip);
    for (let i = count; i < BLOCK; i++) sink.byte(0);
  }
}

/** How many of `items` one of `takers` gets where they are dealt out evenly. */
function share(items: i32, takers: i32, taker: i32): i32 {
  return items / takers + (taker < items % takers ? 1 : 0);
}
