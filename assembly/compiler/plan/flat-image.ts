import { PIXELS_PER_ROUND, rowsOfLine } from "../../targets/timing";
import { LONGEST_SIDE } from "./limits";

/**
 * Where no pixel meets another, a planar image of so many pixels may have any shape:
 *
 *   7 × 7   ┌───┐      49 × 1   ┌─────────────────────────┐
 *           │   │   =           └─────────────────────────┘
 *           └───┘
 */

/** Widths of an image of so many pixels, whose sides fit the fields: for each number of rows in a line, the one that takes the fewest rounds. */
export function flatWidths(pixels: i32): i32[] {
  const widths: i32[] = [];
  let line = 0;
  let least = i32.MAX_VALUE;
  for (let width = 1; width <= min(LONGEST_SIDE, pixels); width++) {
    const height = pixels / width;
    if (height * width != pixels || height > LONGEST_SIDE) continue;
    const rounds = roundsOf(width, height);
    const lineOfWidth = width > (PIXELS_PER_ROUND as i32) ? 1 : -(rowsOfLine(width) as i32);
    if (lineOfWidth != line) {
      line = lineOfWidth;
      widths.push(width);
    } else if (rounds < least) {
      widths[widths.length - 1] = width;
    } else {
      continue;
    }
    least = rounds;
  }
  return widths;
}

/** The width that takes the fewest rounds, of several the widest: the vendor's 128 where it divides the pixels. 0 if there is none. */
export function flatWidth(pixels: i32): i32 {
  const widths = flatWidths(pixels);
  let best = 0;
  for (let i = 0; i < widths.length; i++) {
    const width = widths[i];
    if (best == 0 || roundsOf(width, pixels / width) <= roundsOf(best, pixels / best)) best = width;
  }
  return best;
}

/** Groups of pixels that meet a weight at once. */
function roundsOf(width: i32, height: i32): i32 {
  const lines = rowsOfLine(width) as i32;
  const columns = (width + PIXELS_PER_ROUND - 1) / PIXELS_PER_ROUND;
  return columns * ((height + lines - 1) / lines);
}
