import { Activation, DTYPE_BYTES, Dtype } from "../../tflite/schema";
import { Tensor } from "../graph";
import { integerAt } from "./elements";
import { dimensionOf, Evaluation } from "./evaluation";
import { pitches } from "./strided";

/** Operators that put blocks of elements one after the other. */

function product(shape: i32[], from: i32, to: i32): i32 {
  let product = 1;
  for (let i = from; i < to; i++) product *= shape[i];
  return product;
}

function bytesOf(tensor: Tensor, elements: i32): usize {
  return (elements as usize) * (DTYPE_BYTES[tensor.dtype] as usize);
}

/** The inputs as one tensor with one more dimension. */
export function foldPack(evaluation: Evaluation): bool {
  const first = evaluation.input(0);
  const axis = dimensionOf(evaluation.options.axis, first.shape.length + 1);
  if (axis < 0 || !areAlike(evaluation, -1)) return false;
  const shape = first.shape.slice(0, axis);
  shape.push(evaluation.inputs);
  for (let i = axis; i < first.shape.length; i++) shape.push(first.shape[i]);
  return join(evaluation, shape, product(shape, 0, axis));
}

export function foldConcatenation(evaluation: Evaluation): bool {
  const first = evaluation.input(0);
  const axis = dimensionOf(evaluation.options.axis, first.shape.length);
  if (axis < 0 || evaluation.options.activation != Activation.NONE) return false;
  if (!areAlike(evaluation, axis)) return false;
  const shape = first.shape.slice(0);
  for (let i = 1; i < evaluation.inputs; i++) shape[axis] += evaluation.input(i).shape[axis];
  return join(evaluation, shape, product(shape, 0, axis));
}

/** Whether all inputs are of one type, quantization and shape, up to one axis. */
function areAlike(evaluation: Evaluation, axis: i32): bool {
  const first = evaluation.input(0);
  for (let i = 0; i < evaluation.inputs; i++) {
    const other = evaluation.input(i);
    if (other.dtype != first.dtype || other.shape.length != first.shape.length) return false;
    if (!isQuantizedAs(other, evaluation.output())) return false;
    for (let j = 0; j < first.shape.length; j++) {
      if (j != axis && other.shape[j] != first.shape[j]) return false;
    }
  }
  return true;
}

/** Whether the bytes of one mean the same in the other. */
function isQuantizedAs(a: Tensor, b: Tensor): bool {
  if (a.dtype > Dtype.INT16) return true;
  return a.quantization.isAlike(b.quantization);
}

/** `rounds` times the next block of each input. */
function join(evaluation: Evaluation, shape: i32[], rounds: i32): bool {
  let target = evaluation.make(shape);
  if (target == 0) return false;
  for (let round = 0; round < rounds; round++) {
    for (let i = 0; i < evaluation.inputs; i++) {
      const input = evaluation.input(i);
      const block = bytesOf(input, (input.elements as i32) / rounds);
      memory.copy(target, input.data.pointer + (round as usize) * block, block);
      target += block;
    }
  }
  return true;
}

export function foldGather(evaluation: Evaluation): bool {
  if (!evaluation.has(1) || evaluation.options.batchDims != 0) return false;
  const input = evaluation.input(0);
  const indices = evaluation.input(1);
  const axis = dimensionOf(evaluation.options.axis, input.shape.length);
  if (axis < 0) return false;
  if (indices.dtype != Dtype.INT32 && indices.dtype != Dtype.INT64) return false;
  const shape = input.shape.slice(0, axis);
  for (let i = 0; i < indices.shape.length; i++) shape.push(indices.shape[i]);
  for (let i = axis + 1; i < input.shape.length; i++) shape.push(input.shape[i]);
  let target = evaluation.make(shape);
  if (target == 0) return false;
  const extent = input.shape[axis];
  const block = bytesOf(input, pitches(input.shape)[axis]);
  const rounds = product(input.shape, 0, axis);
  for (let round = 0; round < rounds; round++) {
    for (let i = 0; i < (indices.elements as i32); i++) {
      const index = integerAt(indices, i);
      if (index < 0 || index >= (extent as i64)) return false;
      const from = (round * extent + (index as i32)) as usize;
      memory.copy(target, input.data.pointer + from * block, block);
      target += block;
    }
  }
  return true;
}
