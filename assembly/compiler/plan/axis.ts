/** The widest kernel that is known to work. */
export const LARGEST_KERNEL = 5;

/** Rows or columns: what the two sides of an image have in common. */
export class Axis {
  input: i32 = 0;
  output: i32 = 0;
  /** Taps of the model's kernel, and the pixels from one to the next. */
  kernel: i32 = 1;
  dilation: i32 = 1;
  stride: i32 = 1;
  /** Pixels of padding before the image, as seen by the square kernel. */
  padding: i32 = 0;
  /** Where the model's kernel begins inside the square kernel. */
  inset: i32 = 0;

  /** Sets both images' sides and the number of taps. */
  span(input: i32, output: i32, kernel: i32): void {
    this.input = input;
    this.output = output;
    this.kernel = kernel;
  }

  /** Pixels past the image that the last step of a kernel of this side reads. */
  paddingAfter(side: i32): i32 {
    return max((this.output - 1) * this.stride + side - this.input - this.padding, 0);
  }

  /** Pixels that the model's kernel spans. */
  get extent(): i32 {
    return (this.kernel - 1) * this.dilation + 1;
  }

  /** Steps of the stride that the model's kernel spans. */
  private get steps(): i32 {
    return (this.extent + this.stride - 1) / this.stride;
  }

  /** Whether each tap has a copy of its own: few of them, far apart. */
  private get isTapwise(): bool {
    const copies = this.copies;
    return this.stride == 1 && copies > 1 && copies == this.kernel;
  }

  /** Copies of the image, so that each has at most LARGEST_KERNEL steps; or one copy per tap. */
  get copies(): i32 {
    const copies = (this.steps + LARGEST_KERNEL - 1) / LARGEST_KERNEL;
    return this.stride == 1 ? min(copies, this.kernel) : copies;
  }

  /** Pixels from one copy to the next; taps beyond them belong to the next. */
  get shift(): i32 {
    return this.isTapwise ? this.dilation : this.stepsInCopy * this.stride;
  }

  /** Steps of the stride that the taps of one copy span. */
  get stepsInCopy(): i32 {
    const copies = this.copies;
    return this.isTapwise ? 1 : (this.steps + copies - 1) / copies;
  }

  /** Planes of one channel, along this axis: the phases of a block, for each copy. */
  get planes(): i32 {
    return this.copies * this.stride;
  }
}

/** What TFLite's SAME puts before the image for a kernel that spans so many pixels. */
export function paddingBefore(axis: Axis, extent: i32): i32 {
  return max((axis.output - 1) * axis.stride + extent - axis.input, 0) >> 1;
}
