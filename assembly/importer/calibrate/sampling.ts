import { Left, multiply, Right } from "../measure/gemm";
import { WeightedLayer } from "../measure/layer";
import { pool } from "../measure/pool";

/** Windows that the statistics of a layer are taken from, at most. */
const MOST_WINDOWS: i64 = 20000;
const LEAST_WINDOWS: i64 = 1500;
/** Numbers of windows, and products of two of them, that may be formed for a layer. */
const MOST_NUMBERS: i64 = 16_000_000;
const MOST_PRODUCTS: i64 = 2_000_000_000;

/** What a layer reads and should give for a sample. */
export class LayerSample {
  constructor(
    /** Its input as 8 bits have it. */
    public input: usize,
    /** Its sums in the network of real numbers. */
    public sums: usize,
  ) {}
}

/** How many windows of a layer are looked at. */
export function windowsOf(layer: WeightedLayer, samples: i32): i32 {
  const depth = layer.depth as i64;
  const all = (layer.positions as i64) * samples;
  let count = min(MOST_WINDOWS, MOST_NUMBERS / (depth * layer.blocks));
  count = min(count, MOST_PRODUCTS / (depth * (depth + layer.blockKernels) * layer.blocks));
  return min(all, max(count, LEAST_WINDOWS)) as i32;
}

/**
 * Covariances of what one block of a layer reads with itself (depth × depth) and with what it should
 * give (kernels × depth); float32, rows of `stride` numbers.
 */
export class Covariances {
  stride: i32;
  inputs: usize;
  targets: usize;

  constructor(layer: WeightedLayer, block: i32, samples: LayerSample[]) {
    const depth = layer.depth;
    const kernels = layer.blockKernels;
    const stride = (depth + 7) & ~7;
    this.stride = stride;
    const count = windowsOf(layer, samples.length);
    const x = pool.take(count * stride);
    const y = pool.take(count * kernels);
    take(layer, block, samples, count, x, stride, y);
    centre(x, count, stride, depth);
    centre(y, count, kernels, kernels);
    this.inputs = pool.take(depth * stride);
    this.targets = pool.take(kernels * stride);
    const row = (stride as usize) << 2;
    const right = new Right(x, 32, row);
    multiply(new Left(x, 4, row), right, 0, this.inputs, row, depth, depth, count);
    multiply(
      new Left(y, 4, (kernels as usize) << 2),
      right,
      0,
      this.targets,
      row,
      kernels,
      depth,
      count,
    );
    divide(this.inputs, depth * stride, count);
    divide(this.targets, kernels * stride, count);
    pool.give(x);
    pool.give(y);
  }

  release(): void {
    pool.give(this.inputs);
    pool.give(this.targets);
  }
}

function take(
  layer: WeightedLayer,
  block: i32,
  samples: LayerSample[],
  count: i32,
  x: usize,
  stride: i32,
  y: usize,
): void {
  const all = (layer.positions as i64) * samples.length;
  const kernels = layer.blockKernels;
  let seed: u32 = 12345;
  for (let i = 0; i < count; i++) {
    // One window of each of `count` equal parts of all: evenly, though not always in one column.
    const first = ((i as i64) * all) / count;
    const next = (((i + 1) as i64) * all) / count;
    seed = seed * 1664525 + 1013904223;
    const at = first + ((((seed >> 8) as i64) * (next - first)) >> 24);
    const sample = samples[(at / layer.positions) as i32];
    const position = (at % layer.positions) as i32;
    const row = x + (((i as usize) * (stride as usize)) << 2);
    for (let j = layer.depth; j < stride; j++) store<f32>(row + (j << 2), 0);
    layer.gather(sample.input, position, block, row);
    const from = (position as usize) * (layer.kernels as usize) + ((block * kernels) as usize);
    memory.copy(
      y + (((i as usize) * (kernels as usize)) << 2),
      sample.sums + (from << 2),
      kernels << 2,
    );
  }
}

/** Subtracts the mean of each column. */
function centre(at: usize, rows: i32, stride: i32, columns: i32): void {
  const step = (stride as usize) << 2;
  for (let column = 0; column < columns; column++) {
    const first = at + (column << 2);
    let sum: f64 = 0;
    for (let i = 0; i < rows; i++) sum += load<f32>(first + (i as usize) * step) as f64;
    const mean = (sum / (rows as f64)) as f32;
    for (let i = 0; i < rows; i++) {
      const value = load<f32>(first + (i as usize) * step) - mean;
      store<f32>(first + (i as usize) * step, value);
    }
  }
}

function divide(at: usize, count: i32, by: i32): void {
  const factor: f32 = 1 / (by as f32);
  for (let i = 0; i < count; i++) {
    const to = at + ((i as usize) << 2);
    store<f32>(to, load<f32>(to) * factor);
  }
}
