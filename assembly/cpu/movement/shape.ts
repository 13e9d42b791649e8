import { Operation } from "../../tflite/operation";
import { Dtype } from "../../tflite/schema";
import { Tensor } from "../../tflite/tensor";
import { Kernel } from "../kernel";

/** SHAPE: the extents of a tensor. */
export function prepareShape(operation: Operation): Kernel | null {
  return new Shape(operation.inputs[0], operation.outputs[0]);
}

class Shape extends Kernel {
  constructor(
    private input: Tensor,
    private output: Tensor,
  ) {
    super();
  }

  run(): void {
    for (let i = 0; i < this.input.shape.length; i++) {
      const at = this.output.pointer + (i as usize) * this.output.elementBytes;
      if (this.output.dtype == Dtype.INT64) store<i64>(at, this.input.shape[i]);
      else store<i32>(at, this.input.shape[i]);
    }
  }
}
