import { Builtin } from "../../tflite/schema";
import { Value } from "../graph/graph";
import { Left, multiply, PANEL, Right } from "./gemm";
import { WeightedLayer } from "./layer";
import { pool } from "./pool";

/** Windows that are laid out side by side at a time. */
const WINDOWS = 64;

/** A layer with its weights in the order in which its sums are formed; they may be other ones. */
export class Linear {
  /** By block: panels of 8 kernels (`gemm.ts`). Depthwise: the weights as they are. */
  private packed: usize = 0;
  /** As they were given. */
  weights: usize = 0;
  /** One number for each kernel. */
  bias: usize;
  private windows: usize = 0;

  constructor(public layer: WeightedLayer) {
    this.bias = heap.alloc((4 * layer.kernels) as usize);
    memory.fill(this.bias, 0, (4 * layer.kernels) as usize);
    const bias = layer.bias();
    for (let i = 0; bias != null && i < layer.kernels; i++) {
      store<f32>(this.bias + 4 * i, bias.get(i) as f32);
    }
  }

  private get panels(): i32 {
    return (this.layer.blockKernels + PANEL - 1) / PANEL;
  }

  private get panelBytes(): usize {
    return (this.layer.depth as usize) * 4 * PANEL;
  }

  /** Takes weights, float32 in the order of the file. */
  setWeights(from: usize): void {
    const layer = this.layer;
    this.weights = from;
    if (layer.isDepthwise || layer.isTransposed) {
      this.packed = from;
      return;
    }
    const bytes = (layer.blocks as usize) * (this.panels as usize) * this.panelBytes;
    if (this.packed == 0) this.packed = pool.take((bytes >> 2) as i32);
    memory.fill(this.packed, 0, bytes);
    for (let kernel = 0; kernel < layer.kernels; kernel++) {
      const block = kernel / layer.blockKernels;
      const inside = kernel % layer.blockKernels;
      const panel = block * this.panels + inside / PANEL;
      let to = this.packed + (panel as usize) * this.panelBytes + 4 * (inside % PANEL);
      for (let i = 0; i < layer.depth; i++, to += 4 * PANEL) {
        store<f32>(to, load<f32>(from + ((layer.weightAt(kernel, i) as usize) << 2)));
      }
    }
  }

  /** Gives back what the sums need, though not the biases. */
  release(): void {
    const isPacked = !this.layer.isDepthwise && !this.layer.isTransposed;
    if (isPacked && this.packed != 0) pool.give(this.packed);
    if (this.windows != 0) pool.give(this.windows);
    this.packed = 0;
    this.windows = 0;
  }

  /** The weighted sums and biases, before an activation. */
  run(input: usize, output: usize): void {
    const layer = this.layer;
    if (layer.isTransposed) this.transposed(input, output);
    else if (layer.isDepthwise) this.depthwise(input, output);
    else this.convolution(input, output);
  }

  private convolution(input: usize, output: usize): void {
    const layer = this.layer;
    const row = (layer.depth as usize) << 2;
    const direct = layer.isPointwise && layer.blocks == 1;
    if (!direct && this.windows == 0) this.windows = pool.take(layer.depth * WINDOWS);
    const stride = (layer.kernels as usize) << 2;
    for (let at = 0; at < layer.positions; at += WINDOWS) {
      const count = min(layer.positions - at, WINDOWS);
      for (let block = 0; block < layer.blocks; block++) {
        if (!direct) {
          for (let i = 0; i < count; i++) {
            layer.gather(input, at + i, block, this.windows + (i as usize) * row);
          }
        }
        const left = new Left(direct ? input + (at as usize) * row : this.windows, row, 4);
        this.product(left, block, output + (at as usize) * stride, stride, count);
      }
    }
  }

  private product(left: Left, block: i32, output: usize, stride: usize, count: i32): void {
    const layer = this.layer;
    const from = this.packed + ((block * this.panels) as usize) * this.panelBytes;
    const right = new Right(from, this.panelBytes, 4 * PANEL);
    const offset = 4 * block * layer.blockKernels;
    const bias = this.bias + offset;
    multiply(left, right, bias, output + offset, stride, count, layer.blockKernels, layer.depth);
  }

  private depthwise(input: usize, output: usize): void {
    const layer = this.layer;
    const rows = layer.rows;
    const columns = layer.columns;
    for (let position = 0; position < layer.positions; position++) {
      const x = (position % columns.output) * columns.stride - columns.before;
      const y = ((position / columns.output) % rows.output) * rows.stride - rows.before;
      const image = position / (columns.output * rows.output);
      const to = output + (((position as usize) * (layer.kernels as usize)) << 2);
      memory.copy(to, this.bias, (layer.kernels as usize) << 2);
      for (let i = 0; i < rows.kernel; i++) {
        const atRow = y + i * rows.dilation;
        if (atRow < 0 || atRow >= rows.input) continue;
        for (let j = 0; j < columns.kernel; j++) {
          const at = x + j * columns.dilation;
          if (at < 0 || at >= columns.input) continue;
          const pixel = (image * rows.input + atRow) * columns.input + at;
          const from = input + (((pixel as usize) * (layer.channels as usize)) << 2);
          const weights = this.packed + (((i * columns.kernel + j) * layer.kernels) << 2);
          this.addTap(to, from, weights);
        }
      }
    }
  }

  private addTap(to: usize, from: usize, weights: usize): void {
    const kernels = this.layer.kernels;
    const multiplier = this.layer.blockKernels;
    let c = 0;
    if (multiplier == 1) {
      for (; c + 4 <= kernels; c += 4) {
        const at = (c as usize) << 2;
        const product = f32x4.mul(v128.load(from + at), v128.load(weights + at));
        v128.store(to + at, f32x4.add(v128.load(to + at), product));
      }
    }
    for (; c < kernels; c++) {
      const at = (c as usize) << 2;
      const value = load<f32>(from + ((c / multiplier) << 2)) * load<f32>(weights + at);
      store<f32>(to + at, load<f32>(to + at) + value);
    }
  }

  /** Each input pixel spreads over the window of outputs that would read it. */
  private transposed(input: usize, output: usize): void {
    const layer = this.layer;
    const rows = layer.rows;
    const columns = layer.columns;
    const pixels = layer.images * rows.input * columns.input;
    for (let i = 0; i < pixels; i++) {
      memory.copy(output + (((i * layer.kernels) as usize) << 2), this.bias, 4 * layer.kernels);
    }
    for (let position = 0; position < layer.positions; position++) {
      const from = input + (((position as usize) * (layer.channels as usize)) << 2);
      const x = (position % columns.output) * columns.stride - columns.before;
      const y = ((position / columns.output) % rows.output) * rows.stride - rows.before;
      const image = position / (columns.output * rows.output);
      for (let tap = 0; tap < layer.taps; tap++) {
        const atRow = y + tap / columns.kernel;
        const at = x + (tap % columns.kernel);
        if (atRow < 0 || atRow >= rows.input || at < 0 || at >= columns.input) continue;
        const pixel = (image * rows.input + atRow) * columns.input + at;
        const to = output + (((pixel as usize) * (layer.kernels as usize)) << 2);
        for (let kernel = 0; kernel < layer.kernels; kernel++) {
          const weights =
            this.packed + ((((kernel * layer.taps + tap) * layer.channels) as usize) << 2);
          let sum: f32 = load<f32>(to + 4 * kernel);
          for (let c = 0; c < layer.channels; c++) {
            sum += load<f32>(from + 4 * c) * load<f32>(weights + 4 * c);
          }
          store<f32>(to + 4 * kernel, sum);
        }
      }
    }
  }
}

/** Whether a node is a layer whose sums `Linear` forms. */
export function isLinear(code: i32): bool {
  return (
    code == Builtin.CONV_2D ||
    code == Builtin.DEPTHWISE_CONV_2D ||
    code == Builtin.FULLY_CONNECTED ||
    code == Builtin.TRANSPOSE_CONV
  );
}

/** The value that a layer weighs. */
export function weighed(layer: WeightedLayer): Value {
  return layer.node.inputs[layer.isTransposed ? 2 : 0] as Value;
}
