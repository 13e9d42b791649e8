import { Operation } from "../../tflite/operation";
import { Kernel } from "../kernel";
import { StridedCopy } from "./strided-copy";

/** TRANSPOSE. Inputs: the tensor, a constant permutation of its dimensions. */
export function prepareTranspose(operation: Operation): Kernel | null {
  const input = operation.inputs[0];
  const permutation = operation.inputs[1];
  const output = operation.outputs[0];
  const rank = input.shape.length;
  const fromSteps: isize[] = [];
  for (let i = 0; i < rank; i++) {
    const given = permutation.integerAt(i) as i32;
    const axis = given < 0 ? given + rank : given;
    fromSteps.push((input.pitch(axis) as isize) * input.elementBytes);
  }
  const toSteps: isize[] = [];
  for (let i = 0; i < rank; i++) toSteps.push((output.pitch(i) as isize) * output.elementBytes);
  return new StridedCopy(
    input.pointer,
    output.pointer,
    output.shape,
    fromSteps,
    toSteps,
    input.elementBytes,
  );
}
