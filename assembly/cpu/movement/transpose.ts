import { Kernel } from "../kernel";
import { Operation } from "../operation";
import { axisOf } from "./parts";
import { StridedCopy } from "./strided-copy";

/** TRANSPOSE. Inputs: the tensor, a constant permutation of its dimensions. */
export function prepareTranspose(operation: Operation): Kernel | null {
  if (!operation.wants(2, 1)) return null;
  const input = operation.inputs[0];
  const permutation = operation.inputs[1];
  const output = operation.outputs[0];
  const rank = input.shape.length;
  if (!operation.wantsConstant(permutation, "permutation")) return null;
  if (!operation.wantsElements(permutation, rank, "a permutation")) return null;
  if (!operation.wantsDtype(output, input.dtype, "an output")) return null;
  const shape: i32[] = [];
  const fromSteps: isize[] = [];
  let used = 0;
  for (let i = 0; i < rank; i++) {
    const axis = axisOf(operation, permutation.integerAt(i), rank);
    if (axis < 0) return null;
    used |= 1 << axis;
    shape.push(input.shape[axis]);
    fromSteps.push((input.pitch(axis) as isize) * input.elementBytes);
  }
  if (used != (1 << rank) - 1) {
    operation.refuse("each dimension once in its permutation", "one twice");
    return null;
  }
  if (!operation.wantsShape(output, shape, "an output")) return null;
  const toSteps: isize[] = [];
  for (let i = 0; i < rank; i++) toSteps.push((output.pitch(i) as isize) * output.elementBytes);
  return new StridedCopy(
    input.pointer,
    output.pointer,
    shape,
    fromSteps,
    toSteps,
    input.elementBytes,
  );
}
