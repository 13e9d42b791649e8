import { Operation } from "../../tflite/operation";
import { splitAxis } from "../../tflite/rules/movement";
import { Kernel, Sequence } from "../kernel";
import { Copy } from "./reshape";

/** SPLIT. Inputs: a constant axis, the tensor. */
export function prepareSplit(operation: Operation): Kernel | null {
  const input = operation.inputs[1];
  const axis = splitAxis(operation);
  const kernels: Kernel[] = [];
  let before = 0;
  for (let i = 0; i < operation.outputs.length; i++) {
    const part = operation.outputs[i];
    kernels.push(Copy.along(part, input, axis, before, false));
    before += part.shape[axis];
  }
  return new Sequence(kernels);
}
