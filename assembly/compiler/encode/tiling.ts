import { Core } from "../../targets/cores";
import { KERNELS_PER_CORE } from "../fields/nn";
import { generationOf } from "../generations/generations";
import { ConvolutionJob } from "../lower/jobs";

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

  constructor(
    public tileX: i32,
    public tileY: i32,
    public superblocks: i32,
    kernelsOfCore: i32,
  ) {
    this.kernelsPerCore = ceil(kernelsOfCore, superblocks);
  }

  /** The tiling that reads the fewest bytes; of several, the one with the fewest superblocks. */
  static of(job: ConvolutionJob, core: Core): Tiling {
    const tileX = min(job.outputX * sides(job), WIDEST_TILE);
    const perCore = ceil(job.outputZ, core.nnCores);
    let best: Tiling | null = null;
    let least = u64.MAX_VALUE;
    for (let superblocks = 1; superblocks <= perCore; superblocks++) {
      const kernels = ceil(perCore, superblocks);
      // As many superblocks as these kernels need, no more.
      if (kernels > MOST_KERNELS || ceil(perCore, kernels) != superblocks) continue;
      const tileY = tileRows(job, core, tileX, kernels);
      if (tileY == 0) continue;
      const tiling = new Tiling(tileX, tileY, superblocks, perCore);
      const bytes = tiling.bytesRead(job, core);
      if (best == null || bytes < least) {
        best = tiling;
        least = bytes;
      }
    }
    // A row of one kernel fits the buffers of every core; two rows of pooled pixels do as well.
    return best == null ? new Tiling(tileX, sides(job), perCore, perCore) : best;
  }

  /** Rows at a tile's border are read again; what is not cached, in each superblock and tile. */
  private bytesRead(job: ConvolutionJob, core: Core): u64 {
    const height = job.outputY * sides(job);
    const tiles = ceil(job.outputX * sides(job), this.tileX) * ceil(height, this.tileY);
    const rows = height + ceil(height, this.tileY) * (job.kernelY - 1);
    const image = (rows as u64) * (job.inputX as u64) * (job.inputZ as u64);
    const kernels = (job.kernels.count as u64) * (job.kernels.size as u64);
    const caches = generationOf(core).caches;
    const tilesOfKernels = caches && kernels < (core.sramBytes as u64) ? 1 : tiles;
    return image * (caches ? 1 : (this.superblocks as u64)) + kernels * (tilesOfKernels as u64);
  }
}

/** Pixels that are computed for one that is stored, along either side. */
function sides(job: ConvolutionJob): i32 {
  return job.firstPixel ? 2 : 1;
}

/** As many rows as the buffers hold for so many kernels, whole blocks of pooled ones; 0 if none fit. */
function tileRows(job: ConvolutionJob, core: Core, tileX: i32, kernels: i32): i32 {
  const shared = rowsByWidth(tileX);
  const input = (core.inputBufferDepth as i32) * shared - job.kernelY + 1;
  const sums = ((core.accumulationBufferDepth as i32) * shared) / kernels;
  const rows = min(min(input, sums), job.outputY * sides(job));
  return max(rows - (rows % sides(job)), 0);
}

/** Rows of tiles so wide that share a line of the buffers. */
export function rowsByWidth(tileX: i32): i32 {
  return tileX <= 8 ? 8 : tileX <= 16 ? 4 : tileX <= 32 ? 2 : 1;
}

export function ceil(a: i32, b: i32): i32 {
  return (a + b - 1) / b;
}
