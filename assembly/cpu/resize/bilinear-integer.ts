import { Tensor } from "../../tflite/tensor";
import { BilinearLoop, Neighbours } from "./bilinear-loop";

/** Fraction bits of a position, and of the weights along one axis. */
const BITS = 10;
const ONE: i64 = 1 << BITS;

class IntegerWeights extends Neighbours {
  /** The distance from `lower`, in 1/1024. */
  behind: StaticArray<i32>;

  constructor(input: i32, output: i32, alignCorners: bool, halfPixels: bool) {
    super(output);
    this.behind = new StaticArray<i32>(output);
    const aligned = alignCorners && output > 1;
    const from: i64 = aligned ? input - 1 : input;
    const to: i64 = aligned ? output - 1 : output;
    // In 64 bits: TFLite counts in 32, and overflows for images of 2²¹ pixels on a side.
    const scale = (ONE * from + to / 2) / max<i64>(to, 1);
    for (let i = 0; i < output; i++) {
      const position = halfPixels ? i * scale + scale / 2 - ONE / 2 : i * scale;
      const last: i64 = input - 1;
      const lower = min<i64>(max<i64>(position / ONE, 0), last);
      this.lower[i] = lower as i32;
      this.upper[i] = min<i64>((position + ONE - 1) / ONE, last) as i32;
      this.behind[i] = (position - lower * ONE) as i32;
    }
  }
}

/** Bilinear resizing of int8 images in integers, as TFLite's reference kernel does it. */
export class BilinearInteger extends BilinearLoop<IntegerWeights> {
  constructor(input: Tensor, output: Tensor, alignCorners: bool, halfPixels: bool) {
    super(
      input,
      output,
      new IntegerWeights(input.shape[1], output.shape[1], alignCorners, halfPixels),
      new IntegerWeights(input.shape[2], output.shape[2], alignCorners, halfPixels),
    );
  }

  protected pixel(top: usize, bottom: usize, y: i32, x: i32, to: usize): void {
    const source = this.input.pointer;
    const target = this.output.pointer + to;
    const down = this.rows.behind[y];
    const channels = this.input.shape[3];
    const left = (this.columns.lower[x] * channels) as usize;
    const right = (this.columns.upper[x] * channels) as usize;
    const across = this.columns.behind[x];
    const topLeft = (ONE - down) * (ONE - across);
    const bottomLeft = down * (ONE - across);
    const topRight = (ONE - down) * across;
    const bottomRight = (down as i64) * across;
    for (let c: usize = 0; c < (channels as usize); c++) {
      const sum =
        (load<i8>(source + top + left + c) as i64) * topLeft +
        (load<i8>(source + bottom + left + c) as i64) * bottomLeft +
        (load<i8>(source + top + right + c) as i64) * topRight +
        (load<i8>(source + bottom + right + c) as i64) * bottomRight;
      const half: i64 = sum > 0 ? 1 << (2 * BITS - 1) : -(1 << (2 * BITS - 1));
      store<i8>(target + c, ((sum + half) / (1 << (2 * BITS))) as i8);
    }
  }
}
