import { Core } from "../../targets/cores";
import {
  CYCLES_PER_ROUND,
  GIGABYTES_PER_SECOND,
  megahertzOf,
  rowsOfLine,
} from "../../targets/timing";
import { KERNELS_PER_CORE } from "../fields/nn";
import { generationOf } from "../generations/generations";
import { ConvolutionJob } from "../lower/jobs";
import { tokensOfDense } from "../plan/zero-runs";

export const WIDEST_TILE = 64;
export const MOST_KERNELS = KERNELS_PER_CORE.most as i32;

/**
 * How one convolution passes through the NN unit: the output in tiles, the kernels in superblocks. A
 * superblock is one pass over the image with as many kernels per core as the accumulators hold.
 *
 * Lines of the buffers are as wide as the widest tile; m rows of narrow tiles share one. Two limits
 * hold (docs/hardware.md, "Tiling"):
 *
 *     rows of a tile + kernel's rows − 1   ≤  lines of the input buffer · m
 *     rows of a tile · kernels per core    ≤  lines of the accumulators · m
 */
export class Tiling {
  /** Kernels of one core in every superblock but the last. */
  kernelsPerCore: i32;
  /** By the performance model, without the job's start. */
  nanoseconds: f64 = Infinity;

  constructor(
    public tileX: i32,
    public tileY: i32,
    public superblocks: i32,
    kernelsOfCore: i32,
  ) {
    this.kernelsPerCore = ceil(kernelsOfCore, superblocks);
  }

  /** The fastest by the performance model; of several, the first with the widest and highest tiles. */
  static of(job: ConvolutionJob, core: Core): Tiling {
    const perCore = ceil(job.outputZ, core.nnCores);
    // A row of one kernel fits the buffers of every core; two rows of pooled pixels do as well.
    const widest = min(job.outputX * sides(job), WIDEST_TILE);
    let best = new Tiling(widest, sides(job), perCore, perCore);
    const widths = tileWidths(job);
    for (let i = 0; i < widths.length; i++) {
      let superblocks = 1;
      while (superblocks <= perCore) {
        const kernels = ceil(perCore, superblocks);
        if (kernels <= MOST_KERNELS) {
          const tileX = widths[i];
          const rows = tileRows(job, core, tileX, kernels);
          const whole = rows - (rows % (rowsOfLine(tileX) as i32));
          best = faster(best, new Tiling(tileX, rows, superblocks, perCore), job, core);
          best = faster(best, new Tiling(tileX, whole, superblocks, perCore), job, core);
        }
        // The next number with fewer kernels in each.
        superblocks = kernels == 1 ? perCore + 1 : ceil(perCore, kernels - 1);
      }
    }
    return best;
  }

  /**
   * Arithmetic and memory run side by side (docs/performance-model.md). As it is not sure which takes
   * longer, the shorter one counts a little, too.
   */
  estimate(job: ConvolutionJob, core: Core): f64 {
    const cycles = (this.rounds(job, core) as f64) * CYCLES_PER_ROUND;
    const arithmetic = (cycles * 1000) / (megahertzOf(core.customer) as f64);
    const bytes = this.bytesRead(job, core) + (job.outputBytes as u64);
    const memory = (bytes as f64) / GIGABYTES_PER_SECOND;
    return max(arithmetic, memory) + min(arithmetic, memory) / 4;
  }

  /** Every group of pixels meets each weight of the core's kernels. */
  private rounds(job: ConvolutionJob, core: Core): u64 {
    const lines = rowsOfLine(this.tileX) as i32;
    const height = job.outputY * sides(job);
    const last = height % this.tileY;
    const groups = (height / this.tileY) * ceil(this.tileY, lines) + ceil(last, lines);
    const columns = ceil(job.outputX * sides(job), this.tileX);
    const kernels = ceil(job.outputZ, core.nnCores) as u64;
    return (columns as u64) * (groups as u64) * kernels * (weightsOf(job, core) as u64);
  }

  /** Pixels at a tile's border are read again; what is not cached, in each superblock and tile. */
  private bytesRead(job: ConvolutionJob, core: Core): u64 {
    const width = job.outputX * sides(job);
    const height = job.outputY * sides(job);
    const across = ceil(width, this.tileX);
    const down = ceil(height, this.tileY);
    const rows = height + down * (job.kernelY - 1);
    const columns = width + across * (job.kernelX - 1);
    const image = (rows as u64) * (columns as u64) * (job.inputZ as u64);
    const kernels = (job.kernels.count as u64) * (weightsOf(job, core) as u64);
    const caches = generationOf(core).caches;
    const isCached = caches && kernels < (core.sramBytes as u64);
    const passes = isCached ? 1 : ((across * down) as u64);
    return image * (caches ? 1 : (this.superblocks as u64)) + kernels * passes;
  }
}

function faster(best: Tiling, other: Tiling, job: ConvolutionJob, core: Core): Tiling {
  if (other.tileY == 0) return best;
  other.nanoseconds = other.estimate(job, core);
  return other.nanoseconds < best.nanoseconds ? other : best;
}

/** Whole images, equal parts of them, and tiles whose rows fill the lines of the buffers. */
function tileWidths(job: ConvolutionJob): i32[] {
  const width = job.outputX * sides(job);
  const least = ceil(width, WIDEST_TILE);
  const widths: i32[] = [];
  for (let parts = least; parts < least + MOST_PARTS; parts++) {
    addWidth(widths, roundUpTo(ceil(width, parts), sides(job)), width);
  }
  for (let full = WIDEST_TILE; full >= 8; full >>= 1) addWidth(widths, full, width);
  return widths;
}

const MOST_PARTS = 4;

function addWidth(widths: i32[], tileX: i32, width: i32): void {
  if (tileX <= min(width, WIDEST_TILE) && !widths.includes(tileX)) widths.push(tileX);
}

/** What a core steps through of one kernel: all weights, but runs of zeros at once. */
function weightsOf(job: ConvolutionJob, core: Core): i32 {
  const all = job.kernels.size;
  if (!job.depthwise || job.native) return all;
  const own = job.kernels.phases * job.kernels.area;
  return tokensOfDense(own, all, core);
}

/** Pixels that are computed for one that is stored, along either side. */
function sides(job: ConvolutionJob): i32 {
  return job.firstPixel ? 2 : 1;
}

/** As many rows as the buffers hold for so many kernels, whole blocks of pooled ones; 0 if none fit. */
function tileRows(job: ConvolutionJob, core: Core, tileX: i32, kernels: i32): i32 {
  const shared = rowsOfLine(tileX) as i32;
  const input = (core.inputBufferDepth as i32) * shared - job.kernelY + 1;
  const sums = ((core.accumulationBufferDepth as i32) * shared) / kernels;
  const rows = min(min(input, sums), job.outputY * sides(job));
  return max(rows - (rows % sides(job)), 0);
}

function roundUpTo(value: i32, step: i32): i32 {
  return ceil(value, step) * step;
}

export function ceil(a: i32, b: i32): i32 {
  return (a + b - 1) / b;
}
