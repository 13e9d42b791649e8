import { Operation } from "../../tflite/operation";
import { Tensor } from "../../tflite/tensor";
import { Kernel, Sequence } from "../kernel";
import { StridedCopy } from "./strided-copy";

/** PAD with what stands for 0. Inputs: the tensor, constant pairs of before and after. */
export function preparePad(operation: Operation): Kernel | null {
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
  return new Sequence([new Zeros(output), copy]);
}

/** Fills a tensor with what stands for 0. */
class Zeros extends Kernel {
  private byte: u8;

  constructor(private tensor: Tensor) {
    super();
    this.byte = tensor.isByte && tensor.scales.length > 0 ? (tensor.zeroPoint as u8) : 0;
  }

  run(): void {
    memory.fill(this.tensor.pointer, this.byte, this.tensor.bytes as usize);
  }
}
