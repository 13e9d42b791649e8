import { decimal, phrase } from "../../diagnostics/text";
import { Core } from "../../targets/cores";
import { refuse } from "../descriptor";
import * as field from "./fields";
import { Generation } from "./generations/generation";
import { NnJob } from "./job";
import { NARROW_SPAN, WIDE_SPAN, WIDEST_TILE } from "./sram";

/**
 * What of a tile the core's buffers hold. Lines of the input and of the accumulators are as wide as
 * the widest tile; of narrow tiles, several rows share one:
 *
 * ```
 *   ┌──────────── 64 pixels ────────────┐
 *   │ row 0          │ row 1          │   a line that two rows share
 *   └───────────────────────────────────┘
 *   rows of a tile and those that its kernels reach   ≤ input lines * rows that share one
 *   rows of a tile * kernels of a superblock          ≤ accumulator lines * rows that share one
 * ```
 *
 * The vendor's compiler keeps to these two limits alone, with as many rows to a line as fit by the
 * tile's width. The open driver has others, which it keeps to as well. A tile is right by either.
 *
 * The open driver counts with the kernel of the operator, which in an addition is not the descriptor's:
 * the more generous of the two counts.
 */

export function checkTiling(job: NnJob, core: Core, generation: Generation): bool {
  const width = <i32>field.tileX.value;
  const height = <i32>field.tileY.value;
  if (width > WIDEST_TILE) return refuse(field.tileX, upTo(WIDEST_TILE));
  if (fitsBuffers(job, core, width, height)) return true;
  const sharing = max(
    rowsPerLine(width, job.kernelHeight, generation),
    rowsPerLine(width, 1, generation),
  );
  const highest = min(highestTile(job, sharing, core), generation.highestTile);
  if (height > highest) return refuse(field.tileY, upTo(highest));
  const lines = <i32>core.accumulationBufferDepth;
  const most = mostKernels(width, height, job.kernelWidth, sharing, lines, generation);
  return job.kernelsPerCore <= most || refuse(field.kernelsPerCore, upTo(most));
}

function fitsBuffers(job: NnJob, core: Core, width: i32, height: i32): bool {
  const rows = fittingRows(width);
  return (
    height + job.kernelHeight - 1 <= <i32>core.inputBufferDepth * rows &&
    height * job.kernelsPerCore <= <i32>core.accumulationBufferDepth * rows
  );
}

/** Rows of so narrow tiles that fit into a line. */
function fittingRows(width: i32): i32 {
  return width <= 8 ? 8 : width <= 16 ? 4 : width <= 32 ? 2 : 1;
}

function upTo(most: i32): string {
  return phrase("up to ", decimal(most), ", which the buffers hold");
}

function rowsPerLine(width: i32, kernelHeight: i32, generation: Generation): i32 {
  const span = width + kernelHeight - 1;
  if (span > WIDE_SPAN) return 1;
  const rows = span > NARROW_SPAN ? generation.wideRows : generation.narrowRows;
  return min(fittingRows(width), rows);
}

/** A single row fits always. */
function highestTile(job: NnJob, sharing: i32, core: Core): i32 {
  const input = <i32>core.inputBufferDepth * sharing - job.kernelHeight + 1;
  return max(1, min(input, <i32>core.accumulationBufferDepth * sharing));
}

/** Kernels of a core in a superblock. A single kernel fits always. */
function mostKernels(
  width: i32,
  height: i32,
  kernelWidth: i32,
  sharing: i32,
  lines: i32,
  generation: Generation,
): i32 {
  const isColumn = kernelWidth == 1;
  const group = generation.accumulatorGroup;
  let most = (lines * sharing) / height;
  if (group > 0) {
    most = lines / (isColumn ? ceil(height, sharing) : ceil(width * height, group));
  }
  const thirds = isColumn ? generation.columnThirds : generation.kernelThirds;
  return max(1, thirds > 0 ? min(most, (lines * thirds) / 3) : most);
}

function ceil(a: i32, b: i32): i32 {
  return (a + b - 1) / b;
}
