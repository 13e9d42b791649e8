import { Builtin } from "../../tflite/schema";
import { axisIn, NetworkStep } from "./step";
import { plainStrides } from "./strided";

const LOWEST: f64 = -Infinity;

/** MEAN, SUM, REDUCE_MAX, REDUCE_MIN and REDUCE_PROD over the axes of input 1. */
export function reduce(step: NetworkStep): void {
  const shape = step.shape(0);
  const axes = step.list(1);
  const isReduced = new StaticArray<bool>(shape.length);
  for (let i = 0; i < axes.length; i++) isReduced[axisIn(axes[i], shape.length)] = true;
  const kept: i32[] = [];
  let area = 1;
  for (let i = 0; i < shape.length; i++) {
    kept.push(isReduced[i] ? 1 : shape[i]);
    if (isReduced[i]) area *= shape[i];
  }
  const code = step.node.code;
  const count = step.outputCount;
  const sums = new StaticArray<f64>(count);
  if (code == Builtin.REDUCE_MAX) sums.fill(LOWEST);
  if (code == Builtin.REDUCE_MIN) sums.fill(Infinity);
  if (code == Builtin.REDUCE_PROD) sums.fill(1);
  const strides = plainStrides(kept);
  const all = step.count(0);
  for (let i = 0; i < all; i++) {
    let rest = i;
    let to = 0;
    for (let axis = shape.length - 1; axis >= 0; axis--) {
      if (!isReduced[axis]) to += (rest % shape[axis]) * strides[axis];
      rest /= shape[axis];
    }
    sums[to] = joined(code, sums[to], load<f32>(step.inputs[0] + ((i as usize) << 2)));
  }
  const divisor: f64 = code == Builtin.MEAN ? max(area, 1) : 1;
  for (let i = 0; i < count; i++) {
    store<f32>(step.output + ((i as usize) << 2), (sums[i] / divisor) as f32);
  }
}

function joined(code: i32, sum: f64, value: f64): f64 {
  if (code == Builtin.REDUCE_MAX) return Math.max(sum, value);
  if (code == Builtin.REDUCE_MIN) return Math.min(sum, value);
  return code == Builtin.REDUCE_PROD ? sum * value : sum + value;
}

/** Over the last axis; option 0 is the factor before the exponential. */
export function softmax(step: NetworkStep): void {
  const shape = step.outputShape;
  const depth = shape[shape.length - 1];
  const rows = step.outputCount / max(depth, 1);
  const beta = step.real(0);
  for (let row = 0; row < rows; row++) {
    const from = step.inputs[0] + (((row * depth) as usize) << 2);
    const to = step.output + (((row * depth) as usize) << 2);
    let greatest = load<f32>(from);
    for (let i = 1; i < depth; i++) greatest = max(greatest, load<f32>(from + 4 * i));
    let sum: f64 = 0;
    for (let i = 0; i < depth; i++) {
      const power = Mathf.exp((load<f32>(from + 4 * i) - greatest) * beta);
      store<f32>(to + 4 * i, power);
      sum += power as f64;
    }
    for (let i = 0; i < depth; i++)
      store<f32>(to + 4 * i, ((load<f32>(to + 4 * i) as f64) / sum) as f32);
  }
}

/** Where the greatest number along an axis stands. */
export function argMax(step: NetworkStep): void {
  const shape = step.shape(0);
  const axis = axisIn(step.list(1)[0], shape.length);
  const inner = plainStrides(shape)[axis];
  const count = step.outputCount;
  for (let i = 0; i < count; i++) {
    const start = (i / inner) * inner * shape[axis] + (i % inner);
    let best = 0;
    for (let j = 1; j < shape[axis]; j++) {
      const value = load<f32>(step.inputs[0] + (((start + j * inner) as usize) << 2));
      if (value > load<f32>(step.inputs[0] + (((start + best * inner) as usize) << 2))) best = j;
    }
    store<f32>(step.output + ((i as usize) << 2), best as f32);
  }
}

/** [… × m × k] · [… × k × n]; options: whether either is turned around. */
export function matrixProduct(step: NetworkStep): void {
  const left = step.shape(0);
  const right = step.shape(1);
  const shape = step.outputShape;
  const rank = shape.length;
  const m = shape[rank - 2];
  const n = shape[rank - 1];
  const turnsLeft = step.option(0) != 0;
  const turnsRight = step.option(1) != 0;
  const k = left[left.length - (turnsLeft ? 2 : 1)];
  const count = step.outputCount;
  const leftBatches = step.count(0) / max(m * k, 1);
  const rightBatches = step.count(1) / max(k * right[right.length - (turnsRight ? 2 : 1)], 1);
  for (let i = 0; i < count; i++) {
    const batch = i / (m * n);
    const row = (i / n) % m;
    const column = i % n;
    const a = (batch % max(leftBatches, 1)) * m * k;
    const b = (batch % max(rightBatches, 1)) * k * n;
    let sum: f32 = 0;
    for (let j = 0; j < k; j++) {
      const x = a + (turnsLeft ? j * m + row : row * k + j);
      const y = b + (turnsRight ? column * k + j : j * n + column);
      sum +=
        load<f32>(step.inputs[0] + ((x as usize) << 2)) *
        load<f32>(step.inputs[1] + ((y as usize) << 2));
    }
    store<f32>(step.output + ((i as usize) << 2), sum);
  }
}
