import { Tensor } from "../graph";
import { dimensionOf, Evaluation } from "./evaluation";
import { give, pitches, StridedBox } from "./strided";

/** Operators that only move elements: each output is a box of the input. */

/** RESHAPE, SQUEEZE and EXPAND_DIMS. */
export function foldView(evaluation: Evaluation): bool {
  const input = evaluation.input(0);
  const shape = evaluation.output().shape;
  let elements: u64 = 1;
  for (let i = 0; i < shape.length; i++) elements *= shape[i] as u64;
  if (elements != (input.elements as u64)) return false;
  const box = new StridedBox();
  box.add(input.elements, 1);
  return give(evaluation, input, box, shape);
}

export function foldTranspose(evaluation: Evaluation): bool {
  const input = evaluation.input(0);
  const order = evaluation.list(1);
  if (order == null || order.length != input.shape.length) return false;
  const steps = pitches(input.shape);
  const box = new StridedBox();
  for (let i = 0; i < order.length; i++) {
    const from = dimensionOf(order[i], order.length);
    if (from < 0) return false;
    box.add(input.shape[from], steps[from]);
  }
  return give(evaluation, input, box, box.extents);
}

export function foldSlice(evaluation: Evaluation): bool {
  const input = evaluation.input(0);
  const begins = evaluation.list(1);
  const sizes = evaluation.list(2);
  const rank = input.shape.length;
  if (begins == null || sizes == null || begins.length != rank || sizes.length != rank)
    return false;
  const steps = pitches(input.shape);
  const box = new StridedBox();
  for (let i = 0; i < rank; i++) {
    const room = input.shape[i] - begins[i];
    const size = sizes[i] == -1 ? room : sizes[i];
    if (begins[i] < 0 || size < 0 || size > room) return false;
    box.base += begins[i] * steps[i];
    box.add(size, steps[i]);
  }
  return give(evaluation, input, box, box.extents);
}

export function foldTile(evaluation: Evaluation): bool {
  const input = evaluation.input(0);
  const multiples = evaluation.list(1);
  if (multiples == null || multiples.length != input.shape.length) return false;
  const steps = pitches(input.shape);
  const shape: i32[] = [];
  const box = new StridedBox();
  for (let i = 0; i < multiples.length; i++) {
    const extent = (input.shape[i] as i64) * (multiples[i] as i64);
    if (multiples[i] < 0 || extent > i32.MAX_VALUE) return false;
    shape.push(extent as i32);
    box.add(multiples[i], 0);
    box.add(input.shape[i], steps[i]);
  }
  return give(evaluation, input, box, shape);
}

export function foldBroadcast(evaluation: Evaluation): bool {
  const shape = evaluation.list(1);
  if (shape == null) return false;
  const box = broadcastBox(evaluation.input(0), shape);
  return box != null && give(evaluation, evaluation.input(0), box, shape);
}

/** A tensor as one of `shape`, its dimensions of 1 repeated; null where it does not fit. */
export function broadcastBox(tensor: Tensor, shape: i32[]): StridedBox | null {
  const missing = shape.length - tensor.shape.length;
  if (missing < 0) return null;
  const steps = pitches(tensor.shape);
  const box = new StridedBox();
  for (let i = 0; i < shape.length; i++) {
    const extent = i < missing ? 1 : tensor.shape[i - missing];
    if (extent != 1 && extent != shape[i]) return null;
    box.add(shape[i], extent == 1 ? 0 : steps[i - missing]);
  }
  return box;
}

/** Equal parts along the axis that the first input names. */
export function foldSplit(evaluation: Evaluation): bool {
  const axes = evaluation.list(0);
  if (axes == null || axes.length != 1 || !evaluation.has(1)) return false;
  const input = evaluation.input(1);
  const axis = dimensionOf(axes[0], input.shape.length);
  const parts = evaluation.outputs;
  if (axis < 0 || parts == 0 || input.shape[axis] % parts != 0) return false;
  const shape = input.shape.slice(0);
  shape[axis] /= parts;
  const steps = pitches(input.shape);
  for (let part = 0; part < parts; part++) {
    const box = new StridedBox();
    box.base = part * shape[axis] * steps[axis];
    for (let i = 0; i < shape.length; i++) box.add(shape[i], steps[i]);
    if (!give(evaluation, input, box, shape)) return false;
  }
  return true;
}

/** One output for each index of an axis, which goes. */
export function foldUnpack(evaluation: Evaluation): bool {
  const input = evaluation.input(0);
  const axis = dimensionOf(evaluation.options.axis, input.shape.length);
  if (axis < 0 || input.shape[axis] != evaluation.outputs) return false;
  const steps = pitches(input.shape);
  for (let part = 0; part < evaluation.outputs; part++) {
    const box = new StridedBox();
    box.base = part * steps[axis];
    for (let i = 0; i < input.shape.length; i++) {
      if (i != axis) box.add(input.shape[i], steps[i]);
    }
    if (!give(evaluation, input, box, box.extents)) return false;
  }
  return true;
}
