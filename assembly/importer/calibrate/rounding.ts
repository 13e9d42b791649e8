import { Dtype } from "../../tflite/schema";
import { Quantization } from "../graph/graph";
import { Left, multiply, Right } from "../measure/gemm";
import { WeightedLayer } from "../measure/layer";
import { pool } from "../measure/pool";
import { rangeOf } from "../quantize/constants";
import { dot, factorize, solve } from "./matrix";
import { Covariances, LayerSample } from "./sampling";

// Weights of one scale for a whole layer, rounded so that their errors cancel under the values they
// meet: GPTQ (Frantar et al. 2022, arXiv 2210.17323) with targets that are fitted anew to what the
// layer reads once everything before it is rounded.

/** How near fitted weights stay to the given ones: in parts of the mean variance of an input. */
const FIT: f64 = 0.5;
/** What keeps covariances of few samples from being trusted too far, in the same parts. */
const DAMPING: f64 = 0.01;
/** Above so many inputs, second-order statistics cost more than they are worth. */
const MOST_DEPTH: i32 = 1280;
const SHRINKS = 13;
const SHRINK_STEP: f64 = 0.05;

/** A layer's weights as bytes: the scale, and the real numbers that the bytes stand for. */
export class RoundedWeights {
  constructor(
    public quantization: Quantization,
    /** Float32, in the order of the file. */
    public reals: usize,
  ) {}
}

/** What one block of a layer needs: targets (kernels × depth, float64) and the covariance of its inputs. */
class Block {
  targets: usize;
  /** float32, depth rows of `stride`; 0 where there are no statistics. */
  covariance: usize = 0;
  stride: i32 = 0;
  constructor(layer: WeightedLayer, index: i32, weights: usize) {
    const depth = layer.depth;
    const kernels = layer.blockKernels;
    this.targets = pool.take(2 * kernels * depth);
    for (let kernel = 0; kernel < kernels; kernel++) {
      for (let i = 0; i < depth; i++) {
        const from = layer.weightAt(index * kernels + kernel, i);
        const value = load<f32>(weights + ((from as usize) << 2)) as f64;
        store<f64>(this.targets + (((kernel * depth + i) as usize) << 3), value);
      }
    }
  }

  /** Fits the targets to the inputs: (C_yx + λ W) · (C_xx + λ)⁻¹. */
  fit(layer: WeightedLayer, index: i32, samples: LayerSample[]): void {
    const depth = layer.depth;
    const covariances = new Covariances(layer, index, samples);
    this.covariance = covariances.inputs;
    this.stride = covariances.stride;
    let mean: f64 = 0;
    for (let i = 0; i < depth; i++) mean += this.element(i, i) / (depth as f64);
    if (mean > 0) {
      this.solveFor(depth, layer.blockKernels, FIT * mean, covariances);
      for (let i = 0; i < depth; i++) {
        const at = this.covariance + (((i * this.stride + i) as usize) << 2);
        store<f32>(at, load<f32>(at) + ((DAMPING * mean) as f32));
      }
    } else {
      pool.give(this.covariance);
      this.covariance = 0;
    }
    pool.give(covariances.targets);
  }

  private solveFor(depth: i32, kernels: i32, ridge: f64, covariances: Covariances): void {
    const matrix = pool.take(2 * depth * depth);
    for (let i = 0; i < depth; i++) {
      for (let j = 0; j < depth; j++) {
        const value = this.element(i, j) + (i == j ? ridge : 0);
        store<f64>(matrix + (((i * depth + j) as usize) << 3), value);
      }
    }
    if (factorize(matrix, depth)) {
      for (let kernel = 0; kernel < kernels; kernel++) {
        const row = this.targets + (((kernel * depth) as usize) << 3);
        for (let i = 0; i < depth; i++) {
          const from = covariances.targets + (((kernel * this.stride + i) as usize) << 2);
          const at = row + ((i as usize) << 3);
          store<f64>(at, ridge * load<f64>(at) + (load<f32>(from) as f64));
        }
        solve(matrix, depth, row);
      }
    }
    pool.give(matrix);
  }

  element(i: i32, j: i32): f64 {
    return load<f32>(this.covariance + (((i * this.stride + j) as usize) << 2)) as f64;
  }

  release(): void {
    pool.give(this.targets);
    if (this.covariance != 0) pool.give(this.covariance);
  }
}

/** Rounds a layer's weights; without samples, each to its nearest. */
export function roundWeights(
  layer: WeightedLayer,
  weights: usize,
  samples: LayerSample[],
  /** By kernel: how much an error of its sums matters. */
  importance: StaticArray<f64>,
  dtype: Dtype,
): RoundedWeights {
  const blocks: Block[] = [];
  const isFitted = samples.length > 0 && layer.depth <= MOST_DEPTH && !layer.isTransposed;
  for (let i = 0; i < layer.blocks; i++) {
    const block = new Block(layer, i, weights);
    if (isFitted) block.fit(layer, i, samples);
    blocks.push(block);
  }
  const quantization = bestRange(layer, blocks, importance, dtype);
  const reals = heap.alloc((layer.weights().count as usize) << 2);
  for (let i = 0; i < blocks.length; i++) {
    roundBlock(layer, blocks[i], i, quantization, reals);
    blocks[i].release();
  }
  return new RoundedWeights(quantization, reals);
}

/** The range, from all targets down to 0.4 of it, with the least error of the outputs. */
function bestRange(
  layer: WeightedLayer,
  blocks: Block[],
  importance: StaticArray<f64>,
  dtype: Dtype,
): Quantization {
  let least: f64 = 0;
  let greatest: f64 = 0;
  const count = layer.blockKernels * layer.depth;
  for (let i = 0; i < blocks.length; i++) {
    for (let j = 0; j < count; j++) {
      const value = load<f64>(blocks[i].targets + ((j as usize) << 3));
      least = Math.min(least, value);
      greatest = Math.max(greatest, value);
    }
  }
  let best = weightRange(least, greatest, dtype);
  let leastError = Infinity;
  const errors = pool.take(count);
  const products = pool.take(layer.blockKernels * ((layer.depth + 7) & ~7));
  for (let step = 0; step < SHRINKS; step++) {
    const shrink = 1 - SHRINK_STEP * (step as f64);
    const quantization = weightRange(least * shrink, greatest * shrink, dtype);
    let error: f64 = 0;
    for (let i = 0; i < blocks.length; i++)
      error += errorOf(layer, blocks[i], i, quantization, errors, products, importance);
    if (error >= leastError) continue;
    leastError = error;
    best = quantization;
  }
  pool.give(errors);
  pool.give(products);
  return best;
}

/** TFLite's weights of int8 have the zero point 0, and no −128. */
function weightRange(least: f64, greatest: f64, dtype: Dtype): Quantization {
  if (dtype == Dtype.UINT8) return rangeOf(least, greatest, dtype);
  const most = Math.max(-least, greatest);
  return Quantization.one(dtype, (most > 0 ? most / 127 : 1) as f32, 0);
}

function nearestReal(value: f64, quantization: Quantization): f64 {
  const scale = quantization.scales[0] as f64;
  const zero = quantization.zeroPoints[0] as f64;
  const isSigned = quantization.dtype == Dtype.INT8;
  const low = isSigned ? -127 : -zero;
  const high = isSigned ? 127 : 255 - zero;
  return Math.min(Math.max(nearest<f64>(value / scale), low), high) * scale;
}

/** tr(E · H · Eᵀ), rows by their importance. */
function errorOf(
  layer: WeightedLayer,
  block: Block,
  index: i32,
  quantization: Quantization,
  errors: usize,
  products: usize,
  importance: StaticArray<f64>,
): f64 {
  const depth = layer.depth;
  const kernels = layer.blockKernels;
  for (let i = 0; i < kernels * depth; i++) {
    const value = load<f64>(block.targets + ((i as usize) << 3));
    store<f32>(errors + ((i as usize) << 2), (value - nearestReal(value, quantization)) as f32);
  }
  const row = (depth as usize) << 2;
  const hasStatistics = block.covariance != 0;
  const stride = (block.stride as usize) << 2;
  if (hasStatistics) {
    multiply(
      new Left(errors, row, 4),
      new Right(block.covariance, 32, stride),
      0,
      products,
      row,
      kernels,
      depth,
      depth,
    );
  }
  let sum: f64 = 0;
  for (let kernel = 0; kernel < kernels; kernel++) {
    let own: f64 = 0;
    for (let i = 0; i < depth; i++) {
      const at = ((kernel * depth + i) as usize) << 2;
      const error = load<f32>(errors + at) as f64;
      own += error * (hasStatistics ? (load<f32>(products + at) as f64) : error);
    }
    sum += own * importance[index * kernels + kernel];
  }
  return sum;
}

/**
 * Rounds a block, the inputs that vary most first. With H = R · Rᵀ, R an upper triangle in that order,
 * each weight takes in what the errors before it leave: w + Σ_j<i E_j · R_ji / R_ii.
 */
function roundBlock(
  layer: WeightedLayer,
  block: Block,
  index: i32,
  quantization: Quantization,
  reals: usize,
): void {
  const depth = layer.depth;
  const order = orderOf(block, depth);
  let factor: usize = 0;
  if (block.covariance != 0) factor = upperOf(block, order, depth);
  const errors = pool.take(2 * depth);
  for (let kernel = 0; kernel < layer.blockKernels; kernel++) {
    for (let i = 0; i < depth; i++) {
      const at = order[i];
      const target = load<f64>(block.targets + (((kernel * depth + at) as usize) << 3));
      let wanted = target;
      if (factor != 0) {
        const column = factor + (((i * depth) as usize) << 3);
        wanted += dot(errors, column, i) / load<f64>(column + (i << 3));
      }
      const real = nearestReal(wanted, quantization);
      store<f64>(errors + (i << 3), target - real);
      const to = layer.weightAt(index * layer.blockKernels + kernel, at);
      store<f32>(reals + ((to as usize) << 2), real as f32);
    }
  }
  pool.give(errors);
  if (factor != 0) pool.give(factor);
}

/** Inputs by their variance, the greatest first; alike ones as they come. */
function orderOf(block: Block, depth: i32): StaticArray<i32> {
  const order = new StaticArray<i32>(depth);
  for (let i = 0; i < depth; i++) order[i] = i;
  if (block.covariance == 0) return order;
  for (let i = 1; i < depth; i++) {
    const moved = order[i];
    const value = block.element(moved, moved);
    let at = i;
    while (at > 0 && block.element(order[at - 1], order[at - 1]) < value) {
      order[at] = order[at - 1];
      at--;
    }
    order[at] = moved;
  }
  return order;
}

/** Column i of R at row i of the result; 0 where H has no factors. */
function upperOf(block: Block, order: StaticArray<i32>, depth: i32): usize {
  const lower = pool.take(2 * depth * depth);
  const last = depth - 1;
  for (let i = 0; i < depth; i++) {
    for (let j = 0; j < depth; j++) {
      const value = block.element(order[last - i], order[last - j]);
      store<f64>(lower + (((i * depth + j) as usize) << 3), value);
    }
  }
  if (!factorize(lower, depth)) {
    pool.give(lower);
    return 0;
  }
  const upper = pool.take(2 * depth * depth);
  for (let i = 0; i < depth; i++) {
    for (let j = 0; j <= i; j++) {
      const from = lower + ((((last - j) * depth + (last - i)) as usize) << 3);
      store<f64>(upper + (((i * depth + j) as usize) << 3), load<f64>(from));
    }
  }
  pool.give(lower);
  return upper;
}
