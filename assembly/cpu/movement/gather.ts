import { Code, LocationKind } from "../../diagnostics/codes";
import { fail } from "../../diagnostics/failure";
import { Operation } from "../../tflite/operation";
import { Option } from "../../tflite/option";
import { Tensor } from "../../tflite/tensor";
import { isLate } from "../clock";
import { Kernel } from "../kernel";

/** GATHER. Inputs: the tensor, indices along an axis of it, whose dimensions replace that axis. */
export function prepareGather(operation: Operation): Kernel | null {
  const given = operation.integer(Option.AXIS);
  const axis = given < 0 ? given + operation.inputs[0].shape.length : given;
  return new Gather(operation, axis);
}

class Gather extends Kernel {
  private input: Tensor;
  private indices: Tensor;
  private output: Tensor;
  private extent: i32;
  /** Bytes of one element along the axis. */
  private block: usize;
  private index: u32;

  constructor(operation: Operation, axis: i32) {
    super();
    this.input = operation.inputs[0];
    this.indices = operation.inputs[1];
    this.output = operation.outputs[0];
    this.extent = this.input.shape[axis];
    this.block = (this.input.pitch(axis) as usize) * this.input.elementBytes;
    this.index = operation.index;
  }

  run(): void {
    const block = this.block;
    const whole = block * this.extent;
    const count = this.indices.elements as i32;
    const end = this.output.pointer + (this.output.bytes as usize);
    let from = this.input.pointer;
    for (let to = this.output.pointer; to < end; from += whole) {
      for (let i = 0; i < count && !isLate(block); i++, to += block) {
        const at = this.indices.integerAt(i);
        if (at < 0 || at >= this.extent) {
          const expected = `an index of GATHER from 0 to ${this.extent - 1}`;
          fail(Code.BAD_INPUT, LocationKind.OPERATOR, this.index, expected, `${at}`);
          return;
        }
        memory.copy(to, from + (at as usize) * block, block);
      }
      if (isLate(1)) return;
    }
  }
}
