import { broadcastShape } from "../../tflite/broadcast-shape";
import { DTYPE_BYTES, Dtype } from "../../tflite/schema";
import { integerAt, isInteger, realAt, storeInteger, storeReal } from "./elements";
import { Evaluation } from "./evaluation";

/** Operators that ask for shapes, and those that make a tensor of a shape. */

/** Shapes are static: known whether or not the input itself is. */
export function foldShape(evaluation: Evaluation): bool {
  const shape = evaluation.input(0).shape;
  const dtype = evaluation.output().dtype;
  if (dtype != Dtype.INT32 && dtype != Dtype.INT64) return false;
  const target = evaluation.make([shape.length]);
  if (target == 0) return false;
  for (let i = 0; i < shape.length; i++) storeInteger(target, dtype, i, shape[i]);
  return true;
}

export function foldRank(evaluation: Evaluation): bool {
  const dtype = evaluation.output().dtype;
  const target = dtype == Dtype.INT32 ? evaluation.make([]) : 0;
  if (target == 0) return false;
  storeInteger(target, dtype, 0, evaluation.input(0).shape.length);
  return true;
}

export function foldZerosLike(evaluation: Evaluation): bool {
  const input = evaluation.input(0);
  // Of 8 bits, zero is not the byte 0.
  if (input.dtype < Dtype.INT32 || input.dtype != evaluation.output().dtype) return false;
  return evaluation.make(input.shape) != 0;
}

export function foldFill(evaluation: Evaluation): bool {
  const shape = evaluation.list(0);
  if (shape == null || !evaluation.has(1)) return false;
  const value = evaluation.input(1);
  if (value.elements != 1 || value.dtype != evaluation.output().dtype) return false;
  const target = evaluation.make(shape);
  if (target == 0) return false;
  const width = DTYPE_BYTES[value.dtype] as usize;
  let elements = 1;
  for (let i = 0; i < shape.length; i++) elements *= shape[i];
  for (let i = 0; i < elements; i++) {
    memory.copy(target + (i as usize) * width, value.data.pointer, width);
  }
  return true;
}

/** From a start on, `step` apart, up to a limit that is not reached. */
export function foldRange(evaluation: Evaluation): bool {
  if (!evaluation.has(1) || !evaluation.has(2)) return false;
  const dtype = evaluation.output().dtype;
  for (let i = 0; i < 3; i++) {
    if (evaluation.input(i).dtype != dtype || evaluation.input(i).elements != 1) return false;
  }
  if (dtype == Dtype.FLOAT32) return rangeOfReals(evaluation);
  if (dtype != Dtype.INT32 && dtype != Dtype.INT64) return false;
  const start = integerAt(evaluation.input(0), 0);
  const distance = integerAt(evaluation.input(1), 0) - start;
  const step = integerAt(evaluation.input(2), 0);
  if (step == 0 || step == i64.MIN_VALUE) return false;
  const rest = distance % step == 0 ? 0 : 1;
  const count = distance == 0 || distance > 0 != step > 0 ? 0 : distance / step + rest;
  if (count > (i32.MAX_VALUE as i64)) return false;
  const target = evaluation.make([count as i32]);
  if (target == 0) return false;
  for (let i = 0; i < (count as i32); i++) {
    storeInteger(target, dtype, i, start + (i as i64) * step);
  }
  return true;
}

function rangeOfReals(evaluation: Evaluation): bool {
  let value = realAt(evaluation.input(0), 0);
  const step = realAt(evaluation.input(2), 0);
  const count = Mathf.ceil(Mathf.abs((realAt(evaluation.input(1), 0) - value) / step));
  if (!(count >= 0 && count < 16777216)) return false;
  if (realAt(evaluation.input(1), 0) > value != step > 0) return false;
  const target = evaluation.make([count as i32]);
  if (target == 0) return false;
  for (let i = 0; i < (count as i32); i++) {
    storeReal(target, i, value);
    value += step;
  }
  return true;
}

/** The shape that two shapes broadcast to. */
export function foldBroadcastArgs(evaluation: Evaluation): bool {
  const a = evaluation.list(0);
  const b = evaluation.list(1);
  const dtype = evaluation.output().dtype;
  if (a == null || b == null || !isInteger(dtype)) return false;
  const shape = broadcastShape(a, b);
  if (shape == null) return false;
  const target = evaluation.make([shape.length]);
  if (target == 0) return false;
  for (let i = 0; i < shape.length; i++) storeInteger(target, dtype, i, shape[i]);
  return true;
}
