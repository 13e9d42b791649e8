import { Range } from "../arithmetic/activation";
import { Geometry } from "../convolution/geometry";
import { Kernel } from "../kernel";
import { Operation } from "../operation";
import { Option } from "../option";

/** Whether an operator makes of one image another with the same type and quantization. */
export function isPool(operation: Operation): bool {
  if (!operation.wants(1, 1)) return false;
  const input = operation.inputs[0];
  const output = operation.outputs[0];
  if (!operation.wantsRank(input, 4, "input")) return false;
  if (!operation.wantsNumbers(input, "input")) return false;
  if (!operation.wantsDtype(output, input.dtype, "an output")) return false;
  if (input.isReal) return true;
  return operation.wantsBytes(output, "output") && operation.wantsSameQuantization(input, output);
}

export function poolGeometry(operation: Operation): Geometry | null {
  const height = operation.integer(Option.FILTER_HEIGHT);
  const width = operation.integer(Option.FILTER_WIDTH);
  return Geometry.of(operation, height, width, false, operation.inputs[0].shape[3]);
}

/** Walks the windows of a pool, clipped to the image; what one gives is left to the pools. */
export abstract class PoolWindows extends Kernel {
  protected channels: i32;
  /** Elements per row of the input. */
  protected rowElements: i32;
  protected isSigned: bool;

  constructor(
    private geometry: Geometry,
    protected range: Range,
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
          this.pool(corner, rows.end(y) - top, columns.end(x) - left, to);
        }
      }
    }
  }

  /** Pools `rows` × `columns` pixels from `corner` on, at least one, into the pixel at `to`. */
  protected abstract pool(corner: usize, rows: i32, columns: i32, to: usize): void;
}
