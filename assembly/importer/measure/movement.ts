import { Builtin } from "../../tflite/schema";
import { Value } from "../graph/graph";
import { axisIn, NetworkStep } from "./step";
import { copyBlock, plainStrides, stridesOf } from "./strided";

// Operators that only move numbers.

export function same(step: NetworkStep): void {
  memory.copy(step.output, step.inputs[0], (step.outputCount as usize) << 2);
}

export function transpose(step: NetworkStep): void {
  const order = step.list(1);
  const own = plainStrides(step.shape(0));
  const strides: i32[] = [];
  for (let i = 0; i < order.length; i++) strides.push(own[order[i]]);
  copyBlock(step.output, plainStrides(step.outputShape), step.inputs[0], strides, step.outputShape);
}

export function slice(step: NetworkStep): void {
  const begin = step.list(1);
  const strides = plainStrides(step.shape(0));
  const shape = step.outputShape;
  copyBlock(
    step.output,
    plainStrides(shape),
    step.inputs[0] + offset(begin, strides),
    strides,
    shape,
  );
}

function offset(position: i32[], strides: i32[]): usize {
  let at = 0;
  for (let i = 0; i < position.length; i++) at += position[i] * strides[i];
  return (at as usize) << 2;
}

export function stridedSlice(step: NetworkStep): void {
  const shape = step.shape(0);
  const begin = step.list(1);
  const steps = step.list(3);
  const strides = plainStrides(shape);
  const extents: i32[] = [];
  const kept: i32[] = [];
  const first: i32[] = [];
  for (let axis = 0; axis < shape.length; axis++) {
    const isGiven = axis < begin.length && (step.option(0) & (1 << axis)) == 0;
    const by = axis < steps.length ? steps[axis] : 1;
    let from = isGiven ? axisIn(begin[axis], shape[axis]) : by < 0 ? shape[axis] - 1 : 0;
    from = min(max(from, 0), shape[axis] - 1);
    first.push(from);
    // What is taken out by one index has no axis in the result.
    if ((step.option(4) & (1 << axis)) != 0) continue;
    kept.push(strides[axis] * by);
    extents.push(step.outputShape[extents.length]);
  }
  const from = step.inputs[0] + offset(first, strides);
  copyBlock(step.output, plainStrides(step.outputShape), from, kept, extents);
}

export function pad(step: NetworkStep): void {
  const pads = step.list(1);
  const value: f32 = step.node.code == Builtin.PADV2 ? load<f32>(step.inputs[2]) : 0;
  const count = step.outputCount;
  for (let i = 0; i < count; i++) store<f32>(step.output + ((i as usize) << 2), value);
  const strides = plainStrides(step.outputShape);
  const before: i32[] = [];
  for (let i = 0; i < strides.length; i++) before.push(pads[2 * i]);
  const to = step.output + offset(before, strides);
  copyBlock(to, strides, step.inputs[0], plainStrides(step.shape(0)), step.shape(0));
}

/** A border that repeats what lies inside, in reverse; option 0: with the edge itself. */
export function mirrorPad(step: NetworkStep): void {
  const pads = step.list(1);
  const shape = step.shape(0);
  const strides = plainStrides(shape);
  const target = step.outputShape;
  const edge = step.option(0) == 0 ? 1 : 0;
  const count = step.outputCount;
  for (let i = 0; i < count; i++) {
    let rest = i;
    let at = 0;
    for (let axis = shape.length - 1; axis >= 0; axis--) {
      let position = (rest % target[axis]) - pads[2 * axis];
      rest /= target[axis];
      if (position < 0) position = -position - 1 + edge;
      if (position >= shape[axis]) position = 2 * shape[axis] - 1 - edge - position;
      at += position * strides[axis];
    }
    store<u32>(step.output + ((i as usize) << 2), load<u32>(step.inputs[0] + ((at as usize) << 2)));
  }
}

export function gather(step: NetworkStep): void {
  const shape = step.shape(0);
  const axis = axisIn(step.option(0), shape.length);
  const indices = step.list(1);
  let outer = 1;
  for (let i = 0; i < axis; i++) outer *= shape[i];
  let bytes: usize = 4;
  for (let i = axis + 1; i < shape.length; i++) bytes *= shape[i];
  let to = step.output;
  for (let i = 0; i < outer; i++) {
    const from = step.inputs[0] + ((i * shape[axis]) as usize) * bytes;
    for (let j = 0; j < indices.length; j++, to += bytes) {
      const index = axisIn(indices[j], shape[axis]);
      memory.copy(to, from + (min(max(index, 0), shape[axis] - 1) as usize) * bytes, bytes);
    }
  }
}

export function concatenate(step: NetworkStep): void {
  joinAlong(step, axisIn(step.option(0), step.outputShape.length));
}

/** PACK: each input becomes one index along a new axis. */
export function pack(step: NetworkStep): void {
  const axis = axisIn(step.option(1), step.outputShape.length);
  joinAlong(step, axis);
}

function joinAlong(step: NetworkStep, axis: i32): void {
  const shape = step.outputShape;
  let outer = 1;
  for (let i = 0; i < axis; i++) outer *= shape[i];
  const row = ((step.outputCount / max(outer, 1)) as usize) << 2;
  let before: usize = 0;
  for (let i = 0; i < step.inputs.length; i++) {
    const bytes = ((step.count(i) / max(outer, 1)) as usize) << 2;
    for (let j: usize = 0; j < (outer as usize); j++) {
      memory.copy(step.output + before + j * row, step.inputs[i] + j * bytes, bytes);
    }
    before += bytes;
  }
}

/** SPLIT has its axis first, SPLIT_V last. */
export function split(step: NetworkStep): void {
  const isFirst = step.node.code == Builtin.SPLIT;
  const source = isFirst ? 1 : 0;
  const axis = axisIn(step.list(isFirst ? 0 : 2)[0], step.shape(source).length);
  const strides = plainStrides(step.shape(source));
  let before = 0;
  for (let i = 0; i < step.outputs.length; i++) {
    const shape = (step.node.outputs[i] as Value).shape;
    const from = step.inputs[source] + (((before * strides[axis]) as usize) << 2);
    copyBlock(step.outputs[i], plainStrides(shape), from, strides, shape);
    before += shape[axis];
  }
}

export function broadcast(step: NetworkStep): void {
  const shape = step.outputShape;
  const strides = stridesOf(step.shape(0), shape);
  copyBlock(step.output, plainStrides(shape), step.inputs[0], strides, shape);
}

/** Every axis becomes two: how often it is repeated, and itself. */
export function tile(step: NetworkStep): void {
  const own = step.shape(0);
  const read = plainStrides(own);
  const write = plainStrides(step.outputShape);
  const extents: i32[] = [];
  const to: i32[] = [];
  const from: i32[] = [];
  for (let axis = 0; axis < own.length; axis++) {
    extents.push(step.outputShape[axis] / max(own[axis], 1));
    extents.push(own[axis]);
    to.push(write[axis] * own[axis]);
    to.push(write[axis]);
    from.push(0);
    from.push(read[axis]);
  }
  copyBlock(step.output, to, step.inputs[0], from, extents);
}

/** Blocks of pixels to channels, or back. */
export function blocks(step: NetworkStep): void {
  const isDeeper = step.node.code == Builtin.SPACE_TO_DEPTH;
  const small = isDeeper ? step.outputShape : step.shape(0);
  const large = isDeeper ? step.shape(0) : step.outputShape;
  const side = step.option(0);
  const channels = large[3];
  const extents = [small[0] * small[1], side, small[2], side, channels];
  const row = large[2] * channels;
  const wide = [side * row, row, side * channels, channels, 1];
  const deep = small[3];
  const narrow = [small[2] * deep, side * channels, deep, channels, 1];
  if (isDeeper) copyBlock(step.output, narrow, step.inputs[0], wide, extents);
  else copyBlock(step.output, wide, step.inputs[0], narrow, extents);
}
