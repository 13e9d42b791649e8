import { Operation } from "../../tflite/operation";
import { Option } from "../../tflite/option";
import { scaleOf } from "../../tflite/resize-positions";
import { Dtype } from "../../tflite/schema";
import { Tensor } from "../../tflite/tensor";
import { Kernel } from "../kernel";
import { BilinearInteger } from "./bilinear-integer";
import { BilinearLoop, Neighbours } from "./bilinear-loop";

/** RESIZE_BILINEAR. The size is that of the output tensor. */
export function prepareBilinear(operation: Operation): Kernel | null {
  const input = operation.inputs[0];
  const output = operation.outputs[0];
  const alignCorners = operation.flag(Option.ALIGN_CORNERS);
  const halfPixels = operation.flag(Option.HALF_PIXEL_CENTERS);
  // TFLite's reference kernels compute in float32 for all types but int8.
  return input.dtype == Dtype.INT8
    ? new BilinearInteger(input, output, alignCorners, halfPixels)
    : new Bilinear(input, output, alignCorners, halfPixels);
}

class RealWeights extends Neighbours {
  /** The weight of `upper`; that of `lower` is what is missing to 1. */
  share: StaticArray<f32>;

  constructor(input: i32, output: i32, alignCorners: bool, halfPixels: bool) {
    super(output);
    const scale = scaleOf(input, output, alignCorners);
    this.share = new StaticArray<f32>(output);
    for (let i = 0; i < output; i++) {
      const position: f32 = halfPixels ? ((i as f32) + 0.5) * scale - 0.5 : (i as f32) * scale;
      const floor = Mathf.floor(position) as i32;
      // In float32 the last position of a long side may come out after the image.
      this.lower[i] = min(max(floor, 0), input - 1);
      this.upper[i] = min(Mathf.ceil(position) as i32, input - 1);
      this.share[i] = position - (this.lower[i] as f32);
    }
  }
}

class Bilinear extends BilinearLoop<RealWeights> {
  constructor(input: Tensor, output: Tensor, alignCorners: bool, halfPixels: bool) {
    super(
      input,
      output,
      new RealWeights(input.shape[1], output.shape[1], alignCorners, halfPixels),
      new RealWeights(input.shape[2], output.shape[2], alignCorners, halfPixels),
    );
  }

  protected pixel(top: usize, bottom: usize, y: i32, x: i32, to: usize): void {
    const down = this.rows.share[y];
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
