import { Operation } from "../../tflite/operation";
import { Dtype } from "../../tflite/schema";
import { Tensor } from "../../tflite/tensor";
import { isLate } from "../clock";
import { Kernel } from "../kernel";

/** ARG_MAX along one constant axis: the first of the greatest. Output int32 or int64. */
export function prepareArgMax(operation: Operation): Kernel | null {
  const input = operation.inputs[0];
  const output = operation.outputs[0];
  const given = operation.inputs[1].integerAt(0) as i32;
  const axis = given < 0 ? given + input.shape.length : given;
  return new ArgMax(input, output, axis);
}

class ArgMax extends Kernel {
  constructor(
    private input: Tensor,
    private output: Tensor,
    private axis: i32,
  ) {
    super();
  }

  run(): void {
    const extent = this.input.shape[this.axis];
    const inner = this.input.pitch(this.axis);
    const rows = this.output.elements as usize;
    for (let row: usize = 0; row < rows && !isLate(extent); row++) {
      const first = (row / inner) * extent * inner + (row % inner);
      const best = this.input.isReal
        ? this.bestReal(first, inner, extent)
        : this.bestByte(first, inner, extent);
      if (this.output.dtype == Dtype.INT64) store<i64>(this.output.pointer + (row << 3), best);
      else store<i32>(this.output.pointer + (row << 2), best);
    }
  }

  private bestByte(first: usize, step: usize, extent: i32): i32 {
    let best = 0;
    let greatest = this.input.byteAt(first);
    for (let i = 1; i < extent; i++) {
      const value = this.input.byteAt(first + (i as usize) * step);
      if (value > greatest) {
        greatest = value;
        best = i;
      }
    }
    return best;
  }

  private bestReal(first: usize, step: usize, extent: i32): i32 {
    let best = 0;
    let greatest = load<f32>(this.input.pointer + (first << 2));
    for (let i = 1; i < extent; i++) {
      const value = load<f32>(this.input.pointer + ((first + (i as usize) * step) << 2));
      if (value > greatest) {
        greatest = value;
        best = i;
      }
    }
    return best;
  }
}
