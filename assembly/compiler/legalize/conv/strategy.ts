import { Core } from "../../../targets/cores";
import { generationOf } from "../../generations/generations";
import { Axis, LARGEST_KERNEL, paddingBefore } from "../../plan/axis";
import { Convolution, Striding } from "../../plan/convolution";
import { LONGEST_REARRANGED } from "../../plan/limits";
import { Mark } from "../../plan/mark";
import { isKnownToFail } from "./rules";

/**
 * Chooses the pattern that a convolution is lowered to: its square kernel, and how it strides.
 * All kernels become patterns that silicon has run (3×3, 5×5, 1×1 over channels); the
 * words that a device then sees decide the mark.
 */
export function chooseStrategy(c: Convolution, core: Core): void {
  if (!isCustomary(c)) {
    copy(c, core);
    return;
  }
  c.native = isNative(c, core);
  c.side = squareSide(c, core);
  if (c.rows.kernel == 1 && c.columns.kernel == 1) c.same = true; // no padding either way
  embed(c.rows, c);
  embed(c.columns, c);
  c.striding = c.stride == 1 ? Striding.NONE : chooseStriding(c);
  c.blankPlane = generationOf(core).singlePlanesFail && needsCompany(c);
}

/** Strides of 1 or 2, and a kernel for which these have a pattern of their own. */
export function isCustomary(c: Convolution): bool {
  if (c.rows.stride != c.columns.stride || c.stride > 2) return false;
  if (c.rows.copies > 1 || c.columns.copies > 1) return false;
  return !c.depthwise || max(c.rows.extent, c.columns.extent) <= LARGEST_KERNEL;
}

/** Planes of 2×2 taps are proven; the order of single taps is not known for phases on v7. */
function copy(c: Convolution, core: Core): void {
  const steps = max(c.rows.stepsInCopy, c.columns.stepsInCopy);
  const least = generationOf(core).unknownOrderUpTo == 0 ? 1 : 2;
  c.striding = Striding.COPIES;
  c.side = steps > 3 ? LARGEST_KERNEL : max(steps, least);
}

/** Whether the NN unit takes it as depthwise kernels of one plane each. */
export function isNative(c: Convolution, core: Core): bool {
  return generationOf(core).hasDepthwise && c.depthwise && c.outputChannels > 1;
}

/** Sides 3 and 5 are proven, 1 where each kernel sums over several channels. */
function squareSide(c: Convolution, core: Core): i32 {
  const longest = max(c.rows.extent, c.columns.extent);
  if (longest == 2 && !c.same && c.stride == 1) return 2; // what a 3×3 of stride 2 is halved to
  if (longest > 5) return longest == 6 ? 6 : 10; // halved: 3 or 5
  if (longest > 1) return longest <= 3 ? 3 : 5;
  return c.pointwise && hasOneOrder(c.outputChannels, core) ? 1 : 3;
}

/** Whether the order of single-pixel kernels is known: where no core has more than one it does not matter. */
function hasOneOrder(kernels: i32, core: Core): bool {
  return kernels > generationOf(core).unknownOrderUpTo || kernels <= (core.nnCores as i32);
}

/** Centres the model's kernel so that the square one has its own customary SAME padding. */
function embed(axis: Axis, c: Convolution): void {
  if (!c.same) return;
  const own = axis.padding;
  axis.padding = paddingBefore(axis, c.side);
  axis.inset = axis.padding - own;
}

/** First-pixel pooling wastes three of four pixels, but needs no rearranged image. */
function chooseStriding(c: Convolution): Striding {
  if (c.side == 1 || c.native) return Striding.FIRST_PIXEL;
  // As first pixels, depthwise 5×5 kernels have given zeros; as convolutions, 5×5 ones work.
  if (!c.depthwise || c.side == 5) return Striding.SPACE_TO_DEPTH;
  const plain = keepsFirstPixel(c.rows, c) && keepsFirstPixel(c.columns, c);
  return plain ? Striding.FIRST_PIXEL : Striding.SPACE_TO_DEPTH;
}

function keepsFirstPixel(axis: Axis, c: Convolution): bool {
  const small = axis.input >= 3 && axis.input <= 5;
  const paddedOdd = c.same && (axis.input & 1) == 1;
  return !small && !paddedOdd;
}

/** A single plane of 5×5 taps over a small image fails on silicon; among several it works. */
function needsCompany(c: Convolution): bool {
  const alone = c.inputChannels == 1 && c.striding == Striding.NONE;
  return alone && c.side == 5 && c.rows.input <= 64;
}

/** The mark of the words this strategy leads to (docs/hardware.md, "What is proven"). */
export function markOf(c: Convolution, core: Core): Mark {
  if (whyUnproven(c, core) != "") return Mark.UNPROVEN;
  const mark = isProven(c, core) ? Mark.PROVEN : Mark.EXPECTED;
  return max<i32>(mark, core.mark) as Mark;
}

/** Why the words of a convolution are unproven; "" if they are not. */
export function whyUnproven(c: Convolution, core: Core): string {
  if (isKnownToFail(c, core)) return "such a layer fails on silicon, for unknown reasons";
  if (c.native && c.outputChannels < (core.nnCores as i32))
    return "no driver is known to stream fewer depthwise kernels than there are NN cores";
  return "";
}

function isProven(c: Convolution, core: Core): bool {
  const customary = c.side == 1 || c.side == 3 || c.side == 5;
  if (c.striding == Striding.COPIES || !customary || !c.square || c.blankPlane) return false;
  if (takesSeveralRearrangements(c, core)) return false;
  const size = c.rows.input;
  if (size < c.side || !(provenSize(size) || (size == 1 && c.side == 1))) return false;
  if (!provenChannels(c.outputChannels, core.nnCores)) return false;
  return c.stride == 1 ? provenPadding(c) : provenStride(c);
}

/** The vendor does so, but not in these sizes. */
function takesSeveralRearrangements(c: Convolution, core: Core): bool {
  const longest = max(c.rows.input, c.columns.input);
  return c.isRearranged && generationOf(core).hasVendorTp && longest > LONGEST_REARRANGED;
}

/** The sizes that were tried on silicon, and those between them. */
export function provenSize(size: i32): bool {
  // Sizes of the driver's test grid, and of the first layers of MobileNet and MobileDet.
  return (size >= 3 && size <= 112) || size == 224 || size == 320;
}

/** 1001 channels are the classes of MobileNet, whose last layer runs on every proven core. */
function provenChannels(channels: i32, nnCores: i32): bool {
  return channels == 1 || channels == 1001 || channels % nnCores == 0;
}

function provenPadding(c: Convolution): bool {
  return c.same || (c.rows.extent == c.side && c.columns.extent == c.side);
}

/** For small depthwise images the driver pads or pools wrongly, so these words have not run on silicon. */
function provenStride(c: Convolution): bool {
  if (c.rows.extent != c.side || c.columns.extent != c.side) return false;
  const size = c.rows.input;
  const isOdd = (size & 1) == 1;
  if (c.depthwise) return size >= 8 && !isOdd && c.striding == Striding.FIRST_PIXEL;
  return c.side == 1 ? size >= 3 : size == 5 || (size >= 8 && !isOdd);
}
