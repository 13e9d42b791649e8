import { decimal, phrase } from "../../diagnostics/text";
import { Core } from "../../targets/cores";
import { refuse } from "../descriptor";
import * as field from "./fields";
import { NnJob } from "./job";

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
 * Drivers count with the kernel of the operator, which in an addition is not the descriptor's: the
 * more generous of the two counts.
 */

const WIDEST: i32 = 64;
const HIGHEST_ON_V8: i32 = 4;
/** Accumulators of v8 come in groups of so many. */
const GROUP: i32 = 64;

export function checkTiling(job: NnJob, core: Core): bool {
  const width = <i32>field.tileX.value;
  const height = <i32>field.tileY.value;
  if (width > WIDEST) return refuse(field.tileX, upTo(WIDEST));
  const sharing = max(
    rowsPerLine(width, job.kernelHeight, core.architecture),
    rowsPerLine(width, 1, core.architecture),
  );
  const highest = highestTile(job, sharing, core);
  if (height > highest) return refuse(field.tileY, upTo(highest));
  const most = mostKernels(job, width, height, sharing, core);
  return job.kernelsPerCore <= most || refuse(field.kernelsPerCore, upTo(most));
}

function upTo(most: i32): string {
  return phrase("up to ", decimal(most), ", which the buffers hold");
}

function rowsPerLine(width: i32, kernelHeight: i32, architecture: u32): i32 {
  const span = width + kernelHeight - 1;
  if (span > 36) return 1;
  const fitting = width <= 8 ? 8 : width <= 16 ? 4 : width <= 32 ? 2 : 1;
  if (architecture == 8) return min(fitting, span > 18 ? 2 : 4);
  return min(fitting, span > 18 ? 4 : 2);
}

/** A single row fits always. */
function highestTile(job: NnJob, sharing: i32, core: Core): i32 {
  const input = <i32>core.inputBufferDepth * sharing - job.kernelHeight + 1;
  const highest = max(1, min(input, <i32>core.accumulationBufferDepth * sharing));
  return core.architecture == 8 ? min(highest, HIGHEST_ON_V8) : highest;
}

/** Kernels of a core in a superblock; 1 fits always. */
function mostKernels(job: NnJob, width: i32, height: i32, sharing: i32, core: Core): i32 {
  const lines = <i32>core.accumulationBufferDepth;
  if (core.architecture == 8) {
    const groups = (width * height + GROUP - 1) / GROUP;
    const taken = job.kernelWidth == 1 ? (height + sharing - 1) / sharing : groups;
    return max(1, min(lines / taken, (lines * 6) / 9));
  }
  const most = (lines * sharing) / height;
  return max(1, job.kernelWidth == 1 ? min(most, lines / 3) : most);
}
