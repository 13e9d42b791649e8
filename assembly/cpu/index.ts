/**
 * The CPU's kernels: run what is not on the NPU, exactly as TFLite's reference kernels do.
 *
 * An instance serves one session. The host first makes its tensors here, then describes its
 * operators one by one and has each prepared, and seals the instance: from then on its memory
 * grows no more, and operators are run by the number that preparing them gave, each as long as the
 * host lets it (clock.ts). Wherever a
 * pointer or number of 0 or less comes back, the failure exports tell why.
 */

export {
  failureCode,
  failureLocation,
  failureLocationKind,
  failureText,
} from "../diagnostics/failure";

import { clearFailure, failureCode } from "../diagnostics/failure";
import { COVERAGE, Covered } from "../tflite/coverage";
import { Operation } from "../tflite/operation";
import { Option } from "../tflite/option";
import { Dtype } from "../tflite/schema";
import { Tensor } from "../tflite/tensor";
import { isLate, startClock } from "./clock";
import { Kernel } from "./kernel";
import { prepareKernel } from "./kernels";
import { sealScratch, takeMemory } from "./memory";

const tensors: Tensor[] = [];
const kernels: Kernel[] = [];
let operation: Operation = new Operation("", 0);

/** Begins a tensor, the last of those known: its extents and scales follow. Gives its number. */
export function newTensor(dtype: Dtype, isConstant: bool, axis: i32): i32 {
  const tensor = new Tensor(dtype, isConstant);
  tensor.axis = axis;
  return tensors.push(tensor) - 1;
}

export function addExtent(extent: i32): void {
  tensors[tensors.length - 1].shape.push(extent);
}

export function addScale(scale: f32, zeroPoint: i32): void {
  const tensor = tensors[tensors.length - 1];
  tensor.scales.push(scale);
  tensor.zeroPoints.push(zeroPoint);
}

/** Takes memory for the last tensor; gives its pointer, 0 where there is none. */
export function allocateTensor(): usize {
  clearFailure();
  const tensor = tensors[tensors.length - 1];
  // What has no bytes for an extent of 0 is held to the same limit.
  const width = max(tensor.elementBytes, 1) as u64;
  tensor.pointer = takeMemory(max(tensor.bytes, tensor.reach * width));
  return tensor.pointer;
}

/** Begins the description of an operator by its number in `COVERAGE`. */
export function newOperation(covered: i32, index: u32): void {
  operation = new Operation((COVERAGE[covered] as Covered).operator, index);
}

/** Adds an input by its tensor's number, -1 for one that is left out. */
export function addInput(tensor: i32): void {
  operation.given.push(tensor >= 0);
  operation.inputs.push(tensor >= 0 ? tensors[tensor] : new Tensor(Dtype.OTHER, false));
}

export function addOutput(tensor: i32): void {
  operation.outputs.push(tensors[tensor]);
}

export function setOption(option: Option, value: f64): void {
  operation.setOption(option, value);
}

/** Prepares the operator described; constants must hold their bytes. Gives its number, or -1. */
export function prepare(): i32 {
  clearFailure();
  const kernel = prepareKernel(operation);
  if (kernel == null || failureCode() != 0) return -1;
  return kernels.push(kernel) - 1;
}

/** Takes what memory all kernels share. Gives 0, or a code. */
export function seal(): i32 {
  clearFailure();
  sealScratch();
  return failureCode();
}

/** Runs an operator; gives whether it came to its end. No failure: its time was over. */
export function run(kernel: i32): bool {
  clearFailure();
  startClock();
  kernels[kernel].run();
  return failureCode() == 0 && !isLate(0);
}
