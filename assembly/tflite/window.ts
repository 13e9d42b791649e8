import { Padding } from "./schema";

/** How a window moves along one axis of an image. */
export class WindowAxis {
  /** Input positions before the image that the first window covers. */
  before: i32 = 0;
  output: i32 = 0;

  constructor(
    public input: i32,
    public kernel: i32,
    public stride: i32,
    public dilation: i32,
    padding: Padding,
  ) {
    const reach = this.reach;
    const covered = padding == Padding.SAME ? (input as i64) : (input as i64) - reach + 1;
    this.output = (max<i64>(covered + stride - 1, 0) / stride) as i32;
    const missing = ((this.output as i64) - 1) * stride + reach - input;
    this.before = padding == Padding.SAME ? ((max<i64>(missing, 0) / 2) as i32) : 0;
  }

  /** Positions from a window's first to its last. */
  get reach(): i64 {
    return ((this.kernel as i64) - 1) * this.dilation + 1;
  }

  /** Positions that all windows together cover, the padding before the image included. */
  get covered(): i64 {
    return max<i64>(((this.output as i64) - 1) * this.stride + this.reach, 0);
  }

  /** The first input position of a window that lies inside the image, and the first after it. */
  first(output: i32): i32 {
    return max(output * this.stride - this.before, 0);
  }

  end(output: i32): i32 {
    return min(output * this.stride - this.before + this.kernel, this.input);
  }
}
