import { Core } from "../../targets/cores";
import { KERNELS_PER_CORE } from "../fields/nn";
import { TileShape } from "../generations/generation";
import { generationOf } from "../generations/generations";
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
    const tile = new TileShape(this.tileX, this.tileY, side, job.stride);
    const room = generationOf(core).kernelsPerCore(tile, lines, core.accumulationBufferDepth);
    // There is room for one, as the job itself steps by one pixel where strides are that long.
    const most = max(min(min(room, perCore), MOST_KERNELS), 1);
    this.superblocks = superblocks(job.outputZ, perCore, most, core.nnCores);
    this.kernelsPerCore = ceil(perCore, this.superblocks);
  }
}

const WIDEST_TILE = 64;
const MOST_KERNELS = KERNELS_PER_CORE.most as i32;

/** Image lines that share one line of the buffers, which are as wide as a whole tile. */
function interleave(tileX: i32, side: i32, core: Core): i32 {
  const span = tileX + side - 1;
  if (span > 36) return 1;
  const byWidth = tileX <= 8 ? 8 : tileX <= 16 ? 4 : tileX <= 32 ? 2 : 1;
  return min(byWidth, generationOf(core).rowsPerLine(span));
}

function tileHeight(height: i32, side: i32, lines: i32, stride: i32, core: Core): i32 {
  const input = core.inputBufferDepth * lines - side + 1;
  const accumulators = core.accumulationBufferDepth * lines;
  let tileY = min(height, min<u32>(input, accumulators) as i32);
  tileY = min(tileY, generationOf(core).highestTile);
  if (stride > 1) tileY &= ~1;
  return max(tileY, 1);
}

/** As few passes as the accumulators allow, evened out. */
function superblocks(kernels: i32, perCore: i32, most: i32, nnCores: i32): i32 {
  const passes = ceil(kernels, nnCores * most);
  return ceil(perCore, ceil(kernels, passes * nnCores));
}

function ceil(a: i32, b: i32): i32 {
  return (a + b - 1) / b;
}
