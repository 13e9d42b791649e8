import { Tensor } from "../../tflite/tensor";
import { isLate } from "../clock";
import { Kernel } from "../kernel";

/** For each position of the output along an axis: the two of the input that it lies between. */
export class Neighbours {
  lower: StaticArray<i32>;
  upper: StaticArray<i32>;

  constructor(output: i32) {
    this.lower = new StaticArray<i32>(output);
    this.upper = new StaticArray<i32>(output);
  }
}

/** The loop over pixels that all bilinear kernels share. `W` adds the weights of the neighbours. */
export abstract class BilinearLoop<W extends Neighbours> extends Kernel {
  constructor(
    protected input: Tensor,
    protected output: Tensor,
    protected rows: W,
    protected columns: W,
  ) {
    super();
  }

  run(): void {
    const input = this.input;
    const channels = input.shape[3] as usize;
    let to: usize = 0;
    for (let batch = 0; batch < input.shape[0]; batch++) {
      for (let y = 0; y < this.output.shape[1]; y++) {
        const top = this.rowStart(batch, this.rows.lower[y]);
        const bottom = this.rowStart(batch, this.rows.upper[y]);
        for (let x = 0; x < this.output.shape[2]; x++, to += channels) {
          this.pixel(top, bottom, y, x, to);
          if (isLate(channels)) return;
        }
      }
    }
  }

  /** The index of a row's first element. */
  private rowStart(batch: i32, row: i32): usize {
    const input = this.input;
    return ((batch * input.shape[1] + row) * input.shape[2] * input.shape[3]) as usize;
  }

  /**
   * Computes all channels of the output's pixel (x, y), from element `to` on. `top` and `bottom` are
   * the first elements of the two input rows that it lies between.
   */
  protected abstract pixel(top: usize, bottom: usize, y: i32, x: i32, to: usize): void;
}
