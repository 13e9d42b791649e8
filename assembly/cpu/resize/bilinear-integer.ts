import { Tensor } from "../../tflite/tensor";
import { isLate } from "../clock";
import { Kernel } from "../kernel";

/** Fraction bits of a position, and of the weights along one axis. */
const BITS = 10;
const ONE: i64 = 1 << BITS;

/** For each position along an axis: the two positions of the input, and how far behind the first. */
class IntegerWeights {
  lower: StaticArray<i32>;
  upper: StaticArray<i32>;
  /** From `lower` on, in 1/1024. */
  behind: StaticArray<i32>;

  constructor(input: i32, output: i32, alignCorners: bool, halfPixels: bool) {
    this.lower = new StaticArray<i32>(output);
    this.upper = new StaticArray<i32>(output);
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
export class BilinearInteger extends Kernel {
  private rows: IntegerWeights;
  private columns: IntegerWeights;

  constructor(
    private input: Tensor,
    private output: Tensor,
    alignCorners: bool,
    halfPixels: bool,
  ) {
    super();
    this.rows = new IntegerWeights(input.shape[1], output.shape[1], alignCorners, halfPixels);
    this.columns = new IntegerWeights(input.shape[2], output.shape[2], alignCorners, halfPixels);
  }

  run(): void {
    const input = this.input;
    const channels = input.shape[3] as usize;
    let to = this.output.pointer;
    for (let batch = 0; batch < input.shape[0]; batch++) {
      for (let y = 0; y < this.output.shape[1]; y++) {
        const top = this.rowStart(batch, this.rows.lower[y]);
        const bottom = this.rowStart(batch, this.rows.upper[y]);
        for (let x = 0; x < this.output.shape[2]; x++, to += channels) {
          this.pixel(top, bottom, this.rows.behind[y], x, to);
          if (isLate(channels)) return;
        }
      }
    }
  }

  private rowStart(batch: i32, row: i32): usize {
    const input = this.input;
    const pixels = (batch * input.shape[1] + row) * input.shape[2];
    return input.pointer + (pixels as usize) * input.shape[3];
  }

  private pixel(top: usize, bottom: usize, down: i32, x: i32, to: usize): void {
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
        (load<i8>(top + left + c) as i64) * topLeft +
        (load<i8>(bottom + left + c) as i64) * bottomLeft +
        (load<i8>(top + right + c) as i64) * topRight +
        (load<i8>(bottom + right + c) as i64) * bottomRight;
      const half: i64 = sum > 0 ? 1 << (2 * BITS - 1) : -(1 << (2 * BITS - 1));
      store<i8>(to + c, ((sum + half) / (1 << (2 * BITS))) as i8);
    }
  }
}
