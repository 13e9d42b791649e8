import { Operation } from "../../tflite/operation";
import { Tensor } from "../../tflite/tensor";
import { Kernel } from "../kernel";

/** RESHAPE, SQUEEZE, EXPAND_DIMS: the same bytes under another shape. */
export function prepareReshape(operation: Operation): Kernel | null {
  const input = operation.inputs[0];
  const output = operation.outputs[0];
  return new Copy(input.pointer, output.pointer, 1, input.bytes as usize, 0, 0);
}

/** Copies `count` blocks, each some bytes from the one before. */
export class Copy extends Kernel {
  constructor(
    private from: usize,
    private to: usize,
    private count: usize,
    private bytes: usize,
    private fromStep: usize,
    private toStep: usize,
  ) {
    super();
  }

  run(): void {
    for (let i: usize = 0; i < this.count; i++) {
      memory.copy(this.to + i * this.toStep, this.from + i * this.fromStep, this.bytes);
    }
  }

  /** From the tensor to its range of another's blocks along an axis, or the other way. */
  static along(part: Tensor, whole: Tensor, axis: i32, before: i32, joins: bool): Copy {
    const blockBytes = (part.shape[axis] * part.pitch(axis) * part.elementBytes) as usize;
    const wholeBytes = (whole.shape[axis] * whole.pitch(axis) * whole.elementBytes) as usize;
    const offset = (before * whole.pitch(axis) * whole.elementBytes) as usize;
    const count: usize = blockBytes == 0 ? 0 : (part.bytes as usize) / blockBytes;
    const there = whole.pointer + offset;
    return joins
      ? new Copy(part.pointer, there, count, blockBytes, blockBytes, wholeBytes)
      : new Copy(there, part.pointer, count, blockBytes, wholeBytes, blockBytes);
  }
}
