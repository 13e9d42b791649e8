import { Operation } from "../../tflite/operation";
import { Kernel } from "../kernel";
import { StridedCopy } from "./strided-copy";

/** SLICE. Inputs: the tensor, constant begins and sizes of all its dimensions. */
export function prepareSlice(operation: Operation): Kernel | null {
  const input = operation.inputs[0];
  const output = operation.outputs[0];
  const begins = operation.inputs[1];
  const fromSteps: isize[] = [];
  const toSteps: isize[] = [];
  let from = input.pointer;
  for (let i = 0; i < input.shape.length; i++) {
    const step = (input.pitch(i) as isize) * input.elementBytes;
    from += (begins.integerAt(i) as isize) * step;
    fromSteps.push(step);
    toSteps.push((output.pitch(i) as isize) * output.elementBytes);
  }
  const bytes = input.elementBytes;
  return new StridedCopy(from, output.pointer, output.shape, fromSteps, toSteps, bytes);
}
