import { Geometry } from "../../tflite/geometry";
import { OutputRange } from "../../tflite/values/range";
import { isLate } from "../clock";
import { Kernel } from "../kernel";

/** Walks the windows of a pool, clipped to the image; what one gives is left to the pools. */
export abstract class PoolWindows extends Kernel {
  protected channels: i32;
  /** Elements per row of the input. */
  protected rowElements: i32;
  protected isSigned: bool;

  constructor(
    private geometry: Geometry,
    protected range: OutputRange,
  ) {
    super();
    this.channels = geometry.channels;
    this.rowElements = geometry.columns.input * geometry.channels;
    this.isSigned = geometry.input.least < 0;
  }

  run(): void {
    const rows = this.geometry.rows;
    const columns = this.geometry.columns;
    const input = this.geometry.input;
    const pixel = this.channels * input.elementBytes;
    let to = this.geometry.output.pointer;
    for (let batch = 0; batch < this.geometry.batches; batch++) {
      for (let y = 0; y < rows.output; y++) {
        const top = rows.first(y);
        const row = ((batch as usize) * rows.input + top) * columns.input;
        for (let x = 0; x < columns.output; x++, to += pixel) {
          const left = columns.first(x);
          const corner = input.pointer + (row + left) * pixel;
          const height = rows.end(y) - top;
          const width = columns.end(x) - left;
          this.pool(corner, height, width, to);
          if (isLate((height as u64) * width * this.channels)) return;
        }
      }
    }
  }

  /** Pools `rows` × `columns` pixels from `corner` on, at least one, into the pixel at `to`. */
  protected abstract pool(corner: usize, rows: i32, columns: i32, to: usize): void;
}
