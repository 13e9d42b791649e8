import { LoweringContext } from "./context";
import { BufferSlice } from "./jobs";
import { copyStrided, ImageShape, Pitches } from "./strided-copies";

/** Every so many rows and columns of a planar image, the first included, as the planar image `part`. */
export function keepPixels(
  whole: ImageShape,
  part: ImageShape,
  rowStep: i32,
  columnStep: i32,
  from: BufferSlice,
  to: BufferSlice,
  context: LoweringContext,
): void {
  const interleaved = new BufferSlice(context.buffers.create(whole.bytes));
  context.makeInterleaved(whole, from, interleaved);
  const pitches = Pitches.interleaved(whole);
  const pixel = columnStep * pitches.pixel;
  const row = min(rowStep, whole.rows) * pitches.row;
  context.addAll(copyStrided(part, pixel, row, interleaved, to));
}
