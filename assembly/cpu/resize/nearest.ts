import { Operation } from "../../tflite/operation";
import { Option } from "../../tflite/option";
import { nearestPositions } from "../../tflite/resize-positions";
import { Tensor } from "../../tflite/tensor";
import { isLate } from "../clock";
import { Kernel } from "../kernel";

/** RESIZE_NEAREST_NEIGHBOR. The size is that of the output tensor. */
export function prepareNearest(operation: Operation): Kernel | null {
  return new Nearest(
    operation.inputs[0],
    operation.outputs[0],
    operation.flag(Option.ALIGN_CORNERS),
    operation.flag(Option.HALF_PIXEL_CENTERS),
  );
}

class Nearest extends Kernel {
  private rows: StaticArray<i32>;
  private columns: StaticArray<i32>;

  constructor(
    private input: Tensor,
    private output: Tensor,
    alignCorners: bool,
    halfPixels: bool,
  ) {
    super();
    this.rows = nearestPositions(input.shape[1], output.shape[1], alignCorners, halfPixels);
    this.columns = nearestPositions(input.shape[2], output.shape[2], alignCorners, halfPixels);
  }

  run(): void {
    const input = this.input;
    const pixel = (input.shape[3] * input.elementBytes) as usize;
    let to = this.output.pointer;
    for (let batch = 0; batch < input.shape[0]; batch++) {
      for (let y = 0; y < this.rows.length; y++) {
        const row = (batch * input.shape[1] + this.rows[y]) * input.shape[2];
        if (isLate(this.columns.length)) return;
        for (let x = 0; x < this.columns.length; x++, to += pixel) {
          memory.copy(to, input.pointer + ((row + this.columns[x]) as usize) * pixel, pixel);
        }
      }
    }
  }
}
