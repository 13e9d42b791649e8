import { Operation } from "../../tflite/operation";
import { Kernel } from "../kernel";
import { StridedCopy } from "./strided-copy";

/** TILE. Inputs: the tensor, how often it is repeated along each dimension, constant. */
export function prepareTile(operation: Operation): Kernel | null {
  const input = operation.inputs[0];
  const output = operation.outputs[0];
  const rank = input.shape.length;
  const counts: i32[] = [];
  const fromSteps: isize[] = [];
  const toSteps: isize[] = [];
  for (let i = 0; i < rank; i++) {
    const pitch = (output.pitch(i) as isize) * output.elementBytes;
    counts.push(operation.inputs[1].integerAt(i) as i32);
    fromSteps.push(0);
    toSteps.push(pitch * input.shape[i]);
  }
  for (let i = 0; i < rank; i++) {
    counts.push(input.shape[i]);
    fromSteps.push((input.pitch(i) as isize) * input.elementBytes);
    toSteps.push((output.pitch(i) as isize) * output.elementBytes);
  }
  const bytes = input.elementBytes;
  return new StridedCopy(input.pointer, output.pointer, counts, fromSteps, toSteps, bytes);
}
