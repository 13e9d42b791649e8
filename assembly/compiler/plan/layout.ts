import { Tensor } from "../graph";
import { LONGEST_WINDOW, MOST_PLANES, WIDEST_PITCH } from "./limits";

/**
 * How the TP unit can take an image between interleaved and planar order. Where its rows end makes
 * no difference to that, so the pixels of an image whose rows are too long for a job are counted in
 * rows of another length that divides them all.
 */

/** Columns under which jobs make an interleaved image planar, or copy it; 0: there are none. */
export function columnsToPlanar(pixels: i32, columns: i32, channels: i32): i32 {
  if (channels > WIDEST_PITCH) return pixels == 1 ? 1 : 0;
  return columnsFor(pixels, columns, WIDEST_PITCH / channels, MOST_PLANES);
}

/** And under which they make it interleaved. */
export function columnsToInterleaved(pixels: i32, columns: i32, channels: i32): i32 {
  return columnsFor(pixels, columns, LONGEST_WINDOW / channels, LONGEST_WINDOW);
}

/** So many that all channels go at a time, or else some of them. */
function columnsFor(pixels: i32, columns: i32, most: i32, mostRows: i32): i32 {
  const atOnce = folded(pixels, columns, min(most, LONGEST_WINDOW), mostRows);
  return atOnce > 0 ? atOnce : folded(pixels, columns, LONGEST_WINDOW, mostRows);
}

/** The image's own columns, or else the most that divide all its pixels; 0 if there are none. */
function folded(pixels: i32, columns: i32, most: i32, mostRows: i32): i32 {
  if (columns <= most && pixels / columns <= mostRows) return columns;
  let fitting = min(most, pixels);
  while (fitting > 1 && pixels % fitting != 0) fitting--;
  return fitting > 0 && pixels / fitting <= mostRows ? fitting : 0;
}

/** Why a tensor cannot be moved between interleaved and planar order. */
export function whyNoLayout(tensor: Tensor, name: string): string {
  const channels = tensor.fromLast(1);
  const columns = tensor.fromLast(2);
  const pixels = (tensor.elements / max<u32>(channels, 1)) as i32;
  if (pixels == 0 || columns == 0) return `its ${name} is empty`;
  if (channels == 1 || pixels == 1) return ""; // both orders are one
  const isMovable =
    columnsToPlanar(pixels, columns, channels) > 0 &&
    columnsToInterleaved(pixels, columns, channels) > 0;
  return isMovable ? "" : `the sides of its ${name} are too long for a change of layout`;
}
