import { Core } from "../../targets/cores";
import { rowsOfLine } from "../../targets/timing";
import { TileShape } from "../generations/generation";
import { generationOf } from "../generations/generations";
import { ConvolutionJob } from "../lower/jobs";
import { ceil, MOST_KERNELS, Tiling, WIDEST_TILE } from "./tiling";

/**
 * `--compat mesa`: Mesa's tiling. It keeps to more limits than the buffers have, takes the image's
 * rows for its width, and computes as many rows at a time as it can.
 */
export function tileAsMesa(job: ConvolutionJob, core: Core): Tiling {
  const side = job.kernels.side;
  const scale = job.firstPixel ? 2 : 1;
  const width = job.outputRows * scale;
  const height = job.outputColumns * scale;
  const tileX = min(width, WIDEST_TILE);
  const lines = interleave(tileX, side, core);
  const tileY = tileHeight(height, side, lines, job.stride, core);
  const perCore = ceil(job.outputZ, core.nnCores);
  const tile = new TileShape(tileX, tileY, side, job.stride);
  const room = generationOf(core).kernelsPerCore(tile, lines, core.accumulationBufferDepth);
  // There is room for one, as the job itself steps by one pixel where strides are that long.
  const most = max(min(min(room, perCore), MOST_KERNELS), 1);
  return new Tiling(tileX, tileY, superblocks(job.outputZ, perCore, most, core.nnCores), perCore);
}

/** Image lines that share one line of the buffers, which are as wide as a whole tile. */
function interleave(tileX: i32, side: i32, core: Core): i32 {
  const span = tileX + side - 1;
  return span > 36 ? 1 : min(rowsOfLine(tileX) as i32, generationOf(core).rowsPerLine(span));
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
