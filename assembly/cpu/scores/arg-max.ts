import { DTYPE_NAMES, Dtype } from "../../compiler/schema";
import { Kernel } from "../kernel";
import { Operation } from "../operation";
import { Tensor } from "../tensor";

/** ARG_MAX along one constant axis: the first of the greatest. Output int32 or int64. */
export function prepareArgMax(operation: Operation): Kernel | null {
  if (!operation.wants(2, 1)) return null;
  const input = operation.inputs[0];
  const output = operation.outputs[0];
  const rank = input.shape.length;
  if (!input.isByte && !input.isReal) {
    operation.refuse("an input of 8 bits or float32", DTYPE_NAMES[input.dtype]);
    return null;
  }
  if (output.dtype != Dtype.INT32 && output.dtype != Dtype.INT64) {
    operation.refuse("an output of int32 or int64", DTYPE_NAMES[output.dtype]);
    return null;
  }
  if (!operation.wantsConstant(operation.inputs[1], "axis")) return null;
  if (!operation.wantsElements(operation.inputs[1], 1, "an axis")) return null;
  const given = operation.inputs[1].integerAt(0);
  const axis = given < 0 ? given + rank : given;
  if (axis < 0 || axis >= rank || input.shape[axis as i32] == 0) {
    operation.refuse(`an axis with elements below ${rank}`, `${given}`);
    return null;
  }
  const rows = input.elements / (input.shape[axis as i32] as u64);
  if (!operation.wantsElements(output, rows, "an output")) return null;
  return new ArgMax(input, output, axis as i32);
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
    for (let row: usize = 0; row < rows; row++) {
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
