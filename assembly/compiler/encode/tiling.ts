import { Core } from "../../targets/cores";
import { KERNELS_PER_CORE } from "../fields/nn";
import { ConvolutionJob } from "../lower/jobs";

/**
 * How one convolution passes through the NN unit: the output in tiles, the kernels in
 * superblocks. A superblock is one pass over the image with as many kernels per core as the
 * accumulators hold. The limits are those of the open driver (docs/hardware.md, "Tiling").
 */
export class Tiling {
  tileX: i32;
  tileY: i32;
  superblocks: i32;
  /** Kernels of one core in every superblock but the last. */
  kernelsPerCore: i32;

  constructor(job: ConvolutionJob, core: Core) {
    const side = job.kernels.side;
    const scale = job.firstPixel ? 2 : 1;
    const width = job.outputRows * scale;
    const height = job.outputColumns * scale;
    this.tileX = min(width, WIDEST_TILE);
    const lines = interleave(this.tileX, side, core);
    this.tileY = tileHeight(height, side, lines, job.stride, core);
    const perCore = ceil(job.outputZ, core.nnCores);
    const room =
      core.architecture >= 8
        ? kernelsOnV8(this, side, lines, job.stride, core)
        : kernelsOnV7(this, side, lines, core);
    // There is room for one, as the job itself steps by one pixel where strides are that long.
    const most = max(min(min(room, perCore), MOST_KERNELS), 1);
    this.superblocks = superblocks(job.outputZ, perCore, most, core.nnCores);
    this.kernelsPerCore = ceil(perCore, this.superblocks);
  }
}

const WIDEST_TILE = 64;
const MOST_KERNELS = KERNELS_PER_CORE.most as i32;
const HIGHEST_TILE_ON_V8 = 4;

/** Image lines that share one line of the buffers, which are as wide as a whole tile. */
function interleave(tileX: i32, side: i32, core: Core): i32 {
  const span = tileX + side - 1;
  if (span > 36) return 1;
  const byWidth = tileX <= 8 ? 8 : tileX <= 16 ? 4 : tileX <= 32 ? 2 : 1;
  if (core.architecture >= 8) return min(byWidth, span > 18 ? 2 : 4);
  return min(byWidth, span > 18 ? 4 : 2);
}

function tileHeight(height: i32, side: i32, lines: i32, stride: i32, core: Core): i32 {
  const input = core.inputBufferDepth * lines - side + 1;
  const accumulators = core.accumulationBufferDepth * lines;
  let tileY = min(height, min<u32>(input, accumulators) as i32);
  if (core.architecture >= 8) tileY = min(tileY, HIGHEST_TILE_ON_V8);
  if (stride > 1) tileY &= ~1;
  return max(tileY, 1);
}

/** Kernels of one core whose accumulators for a tile are there at the same time. */
function kernelsOnV7(tile: Tiling, side: i32, lines: i32, core: Core): i32 {
  const depth = core.accumulationBufferDepth as i32;
  const most = (depth * lines) / tile.tileY;
  return side == 1 ? min(most, depth / 3) : most;
}

/** The same on v8, where accumulators come in groups of 64. */
function kernelsOnV8(tile: Tiling, side: i32, lines: i32, stride: i32, core: Core): i32 {
  const depth = core.accumulationBufferDepth as i32;
  const groups = ceil(ceil(tile.tileX * tile.tileY, stride), 64) * stride;
  const most = depth / (side == 1 ? ceil(tile.tileY, lines) : groups);
  return min(most, (depth * 6) / 9);
}

/** As few passes as the accumulators allow, evened out. */
function superblocks(kernels: i32, perCore: i32, most: i32, nnCores: i32): i32 {
  const passes = ceil(kernels, nnCores * most);
  return ceil(perCore, ceil(kernels, passes * nnCores));
}

function ceil(a: i32, b: i32): i32 {
  return (a + b - 1) / b;
}
