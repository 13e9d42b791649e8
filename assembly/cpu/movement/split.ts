import { Operation } from "../../tflite/operation";
import { lengthsAxis, splitAxis } from "../../tflite/rules/movement";
import { Tensor } from "../../tflite/tensor";
import { Kernel, KernelSequence } from "../kernel";
import { Copy } from "./reshape";

/** SPLIT. Inputs: a constant axis, the tensor. */
export function prepareSplit(operation: Operation): Kernel | null {
  return split(operation.inputs[1], operation.outputs, splitAxis(operation));
}

/** SPLIT_V. Inputs: the tensor, the constant lengths of its parts, a constant axis. */
export function prepareSplitByLengths(operation: Operation): Kernel | null {
  return split(operation.inputs[0], operation.outputs, lengthsAxis(operation));
}

function split(whole: Tensor, parts: Tensor[], axis: i32): Kernel {
  const kernels: Kernel[] = [];
  let before = 0;
  for (let i = 0; i < parts.length; i++) {
    kernels.push(Copy.along(parts[i], whole, axis, before, false));
    before += parts[i].shape[axis];
  }
  return new KernelSequence(kernels);
}
