import { Operation } from "../../tflite/operation";
import { stackedAxis } from "../../tflite/rules/rearrangement";
import { Tensor } from "../../tflite/tensor";
import { Kernel, KernelSequence } from "../kernel";
import { Copy } from "./reshape";

/** PACK: tensors of one shape become the elements of another along a new axis. */
export function preparePack(operation: Operation): Kernel | null {
  const axis = stackedAxis(operation, operation.outputs[0]);
  return stacked(operation.inputs, operation.outputs[0], axis, true);
}

/** UNPACK: the other way. */
export function prepareUnpack(operation: Operation): Kernel | null {
  const axis = stackedAxis(operation, operation.inputs[0]);
  return stacked(operation.outputs, operation.inputs[0], axis, false);
}

function stacked(parts: Tensor[], whole: Tensor, axis: i32, joins: bool): Kernel {
  const kernels: Kernel[] = [];
  const block = (whole.pitch(axis) as usize) * whole.elementBytes;
  const step = block * parts.length;
  for (let i = 0; i < parts.length; i++) {
    const part = parts[i].pointer;
    const there = whole.pointer + block * i;
    const count: usize = block == 0 ? 0 : (parts[i].bytes as usize) / block;
    kernels.push(
      joins
        ? new Copy(part, there, count, block, block, step)
        : new Copy(there, part, count, block, step, block),
    );
  }
  return new KernelSequence(kernels);
}
