import { Tensor } from "../../tflite/tensor";
import { isLate } from "../clock";
import { Kernel } from "../kernel";
import { scratch } from "../memory";

/** Elements of the output between two looks at the clock. */
const ROW: usize = 1 << 16;

/** Adds up what belongs to each element of the output, walking the input in its order. */
export abstract class Reduction extends Kernel {
  private steps: i32[] = [];

  constructor(
    protected input: Tensor,
    protected output: Tensor,
    reduced: bool[],
    protected count: i32,
  ) {
    super();
    let pitch = 1;
    for (let i = reduced.length - 1; i >= 0; i--) {
      this.steps.unshift(reduced[i] ? 0 : pitch);
      if (!reduced[i]) pitch *= input.shape[i];
    }
  }

  run(): void {
    const count = this.output.elements as usize;
    for (let from: usize = 0; from < count && !isLate(ROW); from += ROW) {
      const to = min(from + ROW, count);
      for (let i = from; i < to; i++) this.begin(scratch() + (i << 2));
    }
    this.walk(0, 0, 0);
    for (let from: usize = 0; from < count && !isLate(ROW); from += ROW) {
      this.finish(from, min(from + ROW, count));
    }
  }

  private walk(dimension: i32, from: usize, to: usize): void {
    const shape = this.input.shape;
    if (dimension == shape.length) {
      this.add(from, scratch() + (to << 2));
      return;
    }
    const pitch = this.input.pitch(dimension);
    for (let i = 0; i < shape[dimension] && !isLate(1); i++) {
      this.walk(
        dimension + 1,
        from + (i as usize) * pitch,
        to + (i as usize) * this.steps[dimension],
      );
    }
  }

  /** Sets a sum to what it begins with. */
  protected begin(sum: usize): void {
    store<i32>(sum, 0);
  }

  /** Adds the input's element with that number to the sum at a pointer. */
  protected abstract add(element: usize, sum: usize): void;

  /** Makes elements of the output of their sums. */
  protected abstract finish(from: usize, to: usize): void;
}
