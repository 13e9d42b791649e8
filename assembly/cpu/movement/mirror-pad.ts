import { Operation } from "../../tflite/operation";
import { Option } from "../../tflite/option";
import { Tensor } from "../../tflite/tensor";
import { isLate } from "../clock";
import { Kernel } from "../kernel";
import { copyElement } from "./strided-copy";

/**
 * MIRROR_PAD: what lies beyond an edge is the tensor mirrored, its edge repeated where the option
 * says symmetric. Inputs: the tensor, constant pairs of before and after.
 */
export function prepareMirrorPad(operation: Operation): Kernel | null {
  return new MirrorPad(operation);
}

class MirrorPad extends Kernel {
  private input: Tensor;
  private output: Tensor;
  private before: i32[] = [];
  /** From the mirror to the first element after it, which the edge itself is where symmetric. */
  private gap: i32;

  constructor(operation: Operation) {
    super();
    this.input = operation.inputs[0];
    this.output = operation.outputs[0];
    this.gap = operation.flag(Option.SYMMETRIC) ? 1 : 0;
    for (let i = 0; i < this.input.shape.length; i++) {
      this.before.push(operation.inputs[1].integerAt(2 * i) as i32);
    }
  }

  run(): void {
    this.walk(0, 0, 0);
  }

  private walk(dimension: i32, from: usize, to: usize): void {
    if (dimension == this.input.shape.length) {
      const bytes = this.input.elementBytes;
      copyElement(this.input.pointer + from * bytes, this.output.pointer + to * bytes, bytes);
      return;
    }
    const fromStep = this.input.pitch(dimension) as usize;
    const toStep = this.output.pitch(dimension) as usize;
    for (let i = 0; i < this.output.shape[dimension] && !isLate(1); i++) {
      const position = this.mirrored(i - this.before[dimension], this.input.shape[dimension]);
      this.walk(dimension + 1, from + (position as usize) * fromStep, to + (i as usize) * toStep);
    }
  }

  private mirrored(position: i32, extent: i32): i32 {
    if (position < 0) return -position - this.gap;
    return position < extent ? position : 2 * extent - 2 - position + this.gap;
  }
}
