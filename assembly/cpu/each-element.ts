import { Tensor } from "../tflite/tensor";
import { isLate } from "./clock";
import { Kernel } from "./kernel";

/** A kernel that computes every element of its output from the same element of its input. */
export abstract class EachElement extends Kernel {
  constructor(
    protected input: Tensor,
    protected output: Tensor,
  ) {
    super();
  }

  run(): void {
    const count = this.output.elements as usize;
    for (let i: usize = 0; i < count && !isLate(4); i++) this.compute(i);
  }

  protected abstract compute(i: usize): void;
}
