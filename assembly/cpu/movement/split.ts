import { Kernel, Sequence } from "../kernel";
import { Operation } from "../operation";
import { areParts, axisOf } from "./parts";
import { Copy } from "./reshape";

/** SPLIT. Inputs: a constant axis, the tensor. */
export function prepareSplit(operation: Operation): Kernel | null {
  if (!operation.wants(2, operation.outputs.length)) return null;
  const axes = operation.inputs[0];
  const input = operation.inputs[1];
  if (!operation.wantsConstant(axes, "axis")) return null;
  if (!operation.wantsElements(axes, 1, "an axis")) return null;
  const axis = axisOf(operation, axes.integerAt(0), input.shape.length);
  if (axis < 0 || !areParts(operation, operation.outputs, input, axis)) return null;
  const kernels: Kernel[] = [];
  let before = 0;
  for (let i = 0; i < operation.outputs.length; i++) {
    const part = operation.outputs[i];
    kernels.push(Copy.along(part, input, axis, before, false));
    before += part.shape[axis];
  }
  return new Sequence(kernels);
}
