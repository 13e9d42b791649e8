import { Builtin, Dtype } from "../../tflite/schema";
import { integerAt, storeInteger } from "./elements";
import { dimensionOf, Evaluation } from "./evaluation";
import { pitches, StridedBox } from "./strided";

/** SUM, REDUCE_PROD, REDUCE_MAX and REDUCE_MIN of integers, which no order of adding changes. */
export function foldReduction(evaluation: Evaluation): bool {
  const input = evaluation.input(0);
  const axes = evaluation.list(1);
  const dtype = evaluation.output().dtype;
  if (axes == null || input.dtype != dtype) return false;
  if ((dtype != Dtype.INT32 && dtype != Dtype.INT64) || input.elements == 0) return false;
  if (!evaluation.takes(input.elements)) return false;
  const rank = input.shape.length;
  const isReduced = new StaticArray<bool>(rank);
  for (let i = 0; i < axes.length; i++) {
    const axis = dimensionOf(axes[i], rank);
    if (axis < 0) return false;
    isReduced[axis] = true;
  }
  const steps = pitches(input.shape);
  const shape: i32[] = [];
  const kept = new StridedBox();
  const reduced = new StridedBox();
  for (let i = 0; i < rank; i++) {
    (isReduced[i] ? reduced : kept).add(input.shape[i], steps[i]);
    if (!isReduced[i] || evaluation.options.keepDims) shape.push(isReduced[i] ? 1 : input.shape[i]);
  }
  const target = evaluation.make(shape);
  if (target == 0) return false;
  const bases = kept.positions();
  const offsets = reduced.positions();
  for (let i = 0; i < bases.length; i++) {
    let value = integerAt(input, bases[i]);
    for (let j = 1; j < offsets.length; j++) {
      value = combined(evaluation.operator.code, value, integerAt(input, bases[i] + offsets[j]));
    }
    storeInteger(target, dtype, i, value);
  }
  return true;
}

function combined(code: i32, a: i64, b: i64): i64 {
  switch (code) {
    case Builtin.SUM:
      return a + b;
    case Builtin.REDUCE_PROD:
      return a * b;
    case Builtin.REDUCE_MAX:
      return max(a, b);
    default:
      return min(a, b);
  }
}
