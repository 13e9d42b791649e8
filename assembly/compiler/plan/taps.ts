import { Axis } from "./axis";
import { Convolution } from "./convolution";

export const NO_TAP = -1;

/**
 * Which of the model's taps, counted row by row, lies at a position of the kernel over one plane
 * of a channel, or NO_TAP. Where the image is rearranged, channels have several planes (phases).
 */
export function tapAt(c: Convolution, phase: i32, y: i32, x: i32): i32 {
  const isOne = c.planesOfChannel == 1;
  const planes = isOne ? 1 : c.columns.planes;
  const row = tapOn(c.rows, phase / planes, y, isOne);
  const column = tapOn(c.columns, phase % planes, x, isOne);
  return row < 0 || column < 0 ? NO_TAP : row * c.columns.kernel + column;
}

function tapOn(axis: Axis, plane: i32, position: i32, isOne: bool): i32 {
  let from = position - axis.inset;
  if (!isOne) {
    const copy = plane / axis.stride;
    const inCopy = position * axis.stride + (plane % axis.stride);
    if (copy + 1 < axis.copies && inCopy >= axis.shift) return NO_TAP;
    from = copy * axis.shift + inCopy - axis.inset;
  }
  if (from < 0 || from % axis.dilation != 0) return NO_TAP;
  const tap = from / axis.dilation;
  return tap < axis.kernel ? tap : NO_TAP;
}
