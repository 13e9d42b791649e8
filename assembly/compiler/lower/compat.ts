import { KERNEL_X } from "../fields/nn";
import { Convolution, Striding } from "../plan/convolution";
import { BufferSlice, ConvolutionJob, TpJob } from "./jobs";
import { SpaceToDepth } from "./space-to-depth";
import { detransposeAtOnce, ImageShape, Pitches, transposeAtOnce } from "./strided-copies";

/**
 * `--compat mesa`: what Mesa 25.0.7 writes otherwise than it should, so that its recordings
 * can be met word by word. Nothing here is ever what a user gets. On square images with odd
 * kernels most of it changes nothing.
 */

/** Rows or columns after space-to-depth; a 5×5 kernel takes two more than half. */
function halved(inputs: i32, c: Convolution): i32 {
  const extra = c.same ? (c.rows.kernel == 5 ? 2 : 1) : 0;
  return ((inputs + 1) >> 1) + extra;
}

/** Fault: padding goes by the side's parity and the kernel's being 5, and rows stand for x. */
function padding(inputs: i32, c: Convolution): i32 {
  return c.same ? (c.rows.kernel == 5 ? 1 : 0) + (inputs & 1) : 0;
}

/** Fault: images are turned so that x is the longer side; their bytes are not. */
export function turnRearrangement(job: SpaceToDepth, c: Convolution): void {
  const rows = c.rows.input;
  const columns = c.columns.input;
  job.inputX = max(rows, columns);
  job.inputY = min(rows, columns);
  job.outputX = halved(job.inputX, c);
  job.outputY = halved(job.inputY, c);
  job.padX = padding(rows, c);
  job.padY = padding(columns, c);
  job.rowPitch = columns;
  job.outputRowPitch = job.outputY;
}

/** The same fault in the NN job, and its own rule for where padding begins. */
export function turnConvolution(job: ConvolutionJob, c: Convolution): void {
  const reduced =
    c.striding == Striding.SPACE_TO_DEPTH || c.striding == Striding.HALVED_KERNEL_ONLY;
  const rows = reduced ? halved(c.rows.input, c) : c.rows.input;
  const columns = reduced ? halved(c.columns.input, c) : c.columns.input;
  job.inputX = max(rows, columns);
  job.inputY = min(rows, columns);
  job.outputX = rows < columns ? c.columns.output : c.rows.output;
  job.outputY = rows < columns ? c.rows.output : c.columns.output;
  job.offsetX = offset(job, c);
  job.offsetY = job.offsetX;
}

/** Fault: right for odd kernels and even sizes only. */
function offset(job: ConvolutionJob, c: Convolution): i32 {
  const side = job.kernels.side;
  if (!c.same || side <= 2) return 0;
  if (c.stride == 1) return side < 5 ? -1 : -2;
  const small = job.inputX < 5 || (c.depthwise && (side == 5 || job.inputX == 5));
  if (!small) return 0;
  return (job.inputX <= 5 && side < 5) || (job.inputX > 5 && side >= 5) ? -1 : -2;
}

/**
 * Faults: FULLY_CONNECTED as one kernel over as many pixels as fit its sides, with weights in
 * plain order, which v7 does not read them in; its activation is left out.
 */
export function turnFullyConnected(job: ConvolutionJob, c: Convolution): void {
  const inputs = c.inputChannels;
  job.kernelX = largestDivisor(inputs);
  job.kernelY = largestDivisor(inputs / job.kernelX);
  job.inputX = job.kernelX;
  job.inputY = job.kernelY;
  job.inputZ = inputs / (job.kernelX * job.kernelY);
  job.kernels.flatten();
  job.pointwise = false;
  job.relu = false;
}

/** That the field for a kernel's side holds. */
function largestDivisor(count: i32): i32 {
  let divisor = KERNEL_X.most as i32;
  while (count % divisor != 0) divisor--;
  return divisor;
}

/** Fault: a change of layout is one job, whatever its fields hold: they keep the low bits. */
export function copyAsMesa(
  image: ImageShape,
  toPlanar: bool,
  from: BufferSlice,
  to: BufferSlice,
): TpJob {
  const pitches = Pitches.interleaved(image);
  return toPlanar
    ? transposeAtOnce(image, pitches.pixel, pitches.row, from, to)
    : detransposeAtOnce(image, pitches, from, to);
}

/** How wide the elements of two planes lie: as 128, 64 or 32, or what else divides an image's plane. */
export function flatWidthAsMesa(plane: i32): i32 {
  for (let width = 128; width >= 32; width >>= 1) if (plane % width == 0) return width;
  let width = min(plane, 63);
  while (plane % width != 0) width--;
  return width;
}
