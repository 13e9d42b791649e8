import { Operation } from "../../tflite/operation";
import { Option } from "../../tflite/option";
import { scaleOf } from "../../tflite/resize-positions";
import { Dtype } from "../../tflite/schema";
import { Tensor } from "../../tflite/tensor";
import { isLate } from "../clock";
import { Kernel } from "../kernel";
import { BilinearInteger } from "./bilinear-integer";

/** RESIZE_BILINEAR. The size is that of the output tensor. */
export function prepareBilinear(operation: Operation): Kernel | null {
  const input = operation.inputs[0];
  const output = operation.outputs[0];
  const alignCorners = operation.flag(Option.ALIGN_CORNERS);
  const halfPixels = operation.flag(Option.HALF_PIXEL_CENTERS);
  // TFLite's reference kernels count in float32 for all but int8.
  return input.dtype == Dtype.INT8
    ? new BilinearInteger(input, output, alignCorners, halfPixels)
    : new Bilinear(input, output, alignCorners, halfPixels);
}

/** For each position along an axis: the two positions of the input, and the second one's share. */
class Weights {
  lower: StaticArray<i32>;
  upper: StaticArray<i32>;
  share: StaticArray<f32>;

  constructor(input: i32, output: i32, alignCorners: bool, halfPixels: bool) {
    const scale = scaleOf(input, output, alignCorners);
    this.lower = new StaticArray<i32>(output);
    this.upper = new StaticArray<i32>(output);
    this.share = new StaticArray<f32>(output);
    for (let i = 0; i < output; i++) {
      const position: f32 = halfPixels ? ((i as f32) + 0.5) * scale - 0.5 : (i as f32) * scale;
      const floor = Mathf.floor(position) as i32;
      // In float32 the last position of a long side may come out behind the image.
      this.lower[i] = min(max(floor, 0), input - 1);
      this.upper[i] = min(Mathf.ceil(position) as i32, input - 1);
      this.share[i] = position - (this.lower[i] as f32);
    }
  }
}

class Bilinear extends Kernel {
  private rows: Weights;
  private columns: Weights;

  constructor(
    private input: Tensor,
    private output: Tensor,
    alignCorners: bool,
    halfPixels: bool,
  ) {
    super();
    this.rows = new Weights(input.shape[1], output.shape[1], alignCorners, halfPixels);
    this.columns = new Weights(input.shape[2], output.shape[2], alignCorners, halfPixels);
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
          this.pixel(top, bottom, this.rows.share[y], x, to);
          if (isLate(channels)) return;
        }
      }
    }
  }

  private rowStart(batch: i32, row: i32): usize {
    const input = this.input;
    return ((batch * input.shape[1] + row) * input.shape[2] * input.shape[3]) as usize;
  }

  private pixel(top: usize, bottom: usize, down: f32, x: i32, to: usize): void {
    const channels = this.input.shape[3];
    const left = (this.columns.lower[x] * channels) as usize;
    const right = (this.columns.upper[x] * channels) as usize;
    const across = this.columns.share[x];
    const up: f32 = 1 - down;
    const back: f32 = 1 - across;
    const topLeft = up * back;
    const topRight = up * across;
    const bottomLeft = down * back;
    const bottomRight = down * across;
    for (let c: usize = 0; c < (channels as usize); c++) {
      const value: f32 =
        this.at(top + left + c) * topLeft +
        this.at(top + right + c) * topRight +
        this.at(bottom + left + c) * bottomLeft +
        this.at(bottom + right + c) * bottomRight;
      if (this.output.isReal) store<f32>(this.output.pointer + ((to + c) << 2), value);
      else store<u8>(this.output.pointer + to + c, (value + 0.5) as i32);
    }
  }

  private at(element: usize): f32 {
    const input = this.input;
    return input.isReal
      ? load<f32>(input.pointer + (element << 2))
      : (input.byteAt(element) as f32);
  }
}
