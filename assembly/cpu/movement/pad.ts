import { Operation } from "../../tflite/operation";
import { Tensor } from "../../tflite/tensor";
import { Kernel, KernelSequence } from "../kernel";
import { copyElement, StridedCopy } from "./strided-copy";

/** PAD with what stands for 0. Inputs: the tensor, constant pairs of before and after. */
export function preparePad(operation: Operation): Kernel | null {
  return prepare(operation, null);
}

/** PADV2. A third input: the value to pad with. */
export function preparePadWithValue(operation: Operation): Kernel | null {
  return prepare(operation, operation.inputs[2]);
}

function prepare(operation: Operation, value: Tensor | null): Kernel {
  const input = operation.inputs[0];
  const paddings = operation.inputs[1];
  const output = operation.outputs[0];
  const rank = input.shape.length;
  let to = output.pointer;
  const fromSteps: isize[] = [];
  const toSteps: isize[] = [];
  for (let i = 0; i < rank; i++) {
    const step = (output.pitch(i) as isize) * output.elementBytes;
    to += (paddings.integerAt(2 * i) as isize) * step;
    toSteps.push(step);
    fromSteps.push((input.pitch(i) as isize) * input.elementBytes);
  }
  const bytes = input.elementBytes;
  const copy = new StridedCopy(input.pointer, to, input.shape, fromSteps, toSteps, bytes);
  return new KernelSequence([new Fill(output, value), copy]);
}

/** Fills a tensor with what stands for 0, or with the value of another. */
class Fill extends Kernel {
  constructor(
    private tensor: Tensor,
    private value: Tensor | null,
  ) {
    super();
  }

  run(): void {
    const value = this.value;
    const bytes = this.tensor.bytes as usize;
    const step = this.tensor.elementBytes;
    if (value == null) {
      memory.fill(this.tensor.pointer, this.tensor.zeroByte, bytes);
    } else {
      const end = this.tensor.pointer + bytes;
      for (let to = this.tensor.pointer; to < end; to += step) copyElement(value.pointer, to, step);
    }
  }
}
