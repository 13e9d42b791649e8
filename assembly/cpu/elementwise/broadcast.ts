import { Tensor } from "../../tflite/tensor";
import { isLate } from "../clock";
import { Kernel } from "../kernel";

/** Walks the output of an operator of two inputs; what two elements give is left to the operators. */
export abstract class Pairwise extends Kernel {
  constructor(
    protected a: Tensor,
    protected b: Tensor,
    protected output: Tensor,
  ) {
    super();
  }

  run(): void {
    if (this.a.sameShape(this.b)) {
      const count = this.output.elements as usize;
      for (let i: usize = 0; i < count && !isLate(1); i++) this.combine(i, i, i);
    } else {
      this.walk(this.output.shape.length, 0, 0, 0);
    }
  }

  /** `dimension` counts from the last; the numbers are those of the elements reached so far. */
  private walk(dimension: i32, a: usize, b: usize, to: usize): void {
    if (dimension == 0) {
      this.combine(a, b, to);
      return;
    }
    const stepA = step(this.a, dimension);
    const stepB = step(this.b, dimension);
    const stepTo = step(this.output, dimension);
    for (let i: usize = 0; i < (this.output.fromLast(dimension) as usize) && !isLate(1); i++) {
      this.walk(dimension - 1, a + i * stepA, b + i * stepB, to + i * stepTo);
    }
  }

  protected abstract combine(a: usize, b: usize, to: usize): void;
}

/** Elements per step of a dimension counted from the last, 0 where its one element is repeated. */
function step(tensor: Tensor, dimension: i32): usize {
  if (tensor.fromLast(dimension) == 1) return 0;
  return tensor.pitch(tensor.shape.length - dimension);
}
