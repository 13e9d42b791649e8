import { Geometry } from "../../tflite/geometry";
import { Tensor } from "../../tflite/tensor";
import { widen } from "./widen";

/**
 * An 8-bit image of one batch as 16-bit distances from its zero point, with the border that
 * the windows reach into laid around it as zeros: no window needs to look where it lies.
 *
 *    ┌──────────────────────┐
 *    │ 0  0  0  0  0  0  0  │ rows.before
 *    │ 0 ┌──────────────┐ 0 │
 *    │ 0 │ image        │ 0 │   height × width pixels of `channels` i16
 *    │ 0 └──────────────┘ 0 │
 *    └──────────────────────┘
 */
export class PaddedImage {
  private height: i64;
  private width: i64;
  private input: Tensor;

  constructor(private geometry: Geometry) {
    const rows = geometry.rows;
    const columns = geometry.columns;
    this.input = geometry.input;
    this.height = max<i64>(rows.covered, (rows.before as i64) + rows.input);
    this.width = max<i64>(columns.covered, (columns.before as i64) + columns.input);
  }

  /** Bytes it takes. */
  get bytes(): u64 {
    const pixels = (this.height as f64) * (this.width as f64);
    const bytes = pixels * (this.geometry.channels as f64) * 2;
    return bytes < 4294967296.0 ? (bytes as u64) : 1 << 32;
  }

  /** Bytes from one pixel to the next, and from one row to the next. */
  get pixelBytes(): i32 {
    return this.geometry.channels << 1;
  }

  get rowBytes(): i32 {
    return (this.width as i32) * this.pixelBytes;
  }

  /** Lays out the image of a batch at `pointer`. */
  fill(pointer: usize, batch: i32): void {
    const rows = this.geometry.rows;
    const columns = this.geometry.columns;
    const rowElements = columns.input * this.geometry.channels;
    const source = this.input.pointer + (batch as usize) * rows.input * rowElements;
    memory.fill(pointer, 0, this.bytes as usize);
    const corner =
      pointer +
      (rows.before as usize) * this.rowBytes +
      (columns.before as usize) * this.pixelBytes;
    for (let y = 0; y < rows.input; y++) {
      const from = source + (y as usize) * rowElements;
      widen(from, corner + (y as usize) * this.rowBytes, rowElements, this.input);
    }
  }
}
