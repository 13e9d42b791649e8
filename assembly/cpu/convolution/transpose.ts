import { Geometry } from "../../tflite/geometry";
import { Operation } from "../../tflite/operation";
import { transposedGeometry, transposedLayer } from "../../tflite/rules/convolutions";
import { Tensor } from "../../tflite/tensor";
import { isLate } from "../clock";
import { Kernel } from "../kernel";
import { takeMemory } from "../memory";
import { RealParts } from "./real";
import { RequantizationStyle, Requantizer } from "./requantizer";

/**
 * TRANSPOSE_CONV. Inputs: the output's shape, weights OHWI, image NHWC, bias if any. Each pixel of
 * the image, times the kernel, is added to a window of the output.
 */
export function prepareTransposeConvolution(operation: Operation): Kernel | null {
  const geometry = transposedGeometry(operation);
  if (geometry == null) return null;
  // The operands in the order that other convolutions have them in.
  const layer = transposedLayer(operation);
  const sums = takeMemory(operation.outputs[0].elements << 2);
  if (sums == 0) return null;
  if (layer.inputs[0].isReal) return new RealTransposed(geometry, layer, sums);
  const style = layer.inputs[0].isSigned
    ? RequantizationStyle.DOUBLE_TWICE
    : RequantizationStyle.FLOAT_TWICE;
  const requantizer = Requantizer.of(layer, 0, style);
  return requantizer == null ? null : new ByteTransposed(geometry, layer, sums, requantizer);
}

/** Walks the image; `geometry` is that of the convolution from the output to it. */
abstract class Transposed extends Kernel {
  protected input: Tensor;
  protected weights: Tensor;
  protected output: Tensor;

  constructor(
    protected geometry: Geometry,
    layer: Operation,
    /** One of 32 bits for each element of the output. */
    protected sums: usize,
  ) {
    super();
    this.input = layer.inputs[0];
    this.weights = layer.inputs[1];
    this.output = layer.outputs[0];
  }

  run(): void {
    const image = this.input.shape;
    const steps = this.weights.elements;
    memory.fill(this.sums, 0, (this.output.elements as usize) << 2);
    let pixel: usize = 0;
    for (let batch = 0; batch < image[0]; batch++) {
      for (let y = 0; y < image[1]; y++) {
        for (let x = 0; x < image[2]; x++, pixel += image[3]) {
          this.spread(batch, y, x, pixel);
          if (isLate(steps)) return;
        }
      }
    }
    this.finish();
  }

  /** Adds what a pixel of the image gives. */
  protected abstract spread(batch: i32, y: i32, x: i32, pixel: usize): void;

  /** From the sums to the output. */
  protected abstract finish(): void;

  /** The first sum of the output's pixel under a tap; 0 where that lies outside. */
  protected under(batch: i32, y: i32, x: i32, i: i32, j: i32): usize {
    const rows = this.geometry.rows;
    const columns = this.geometry.columns;
    const row = y * rows.stride - rows.before + i;
    const column = x * columns.stride - columns.before + j;
    if (row < 0 || row >= rows.input || column < 0 || column >= columns.input) return 0;
    const pixel = ((batch as usize) * rows.input + row) * columns.input + column;
    return this.sums + ((pixel * this.output.shape[3]) << 2);
  }
}

class ByteTransposed extends Transposed {
  constructor(
    geometry: Geometry,
    layer: Operation,
    sums: usize,
    private requantizer: Requantizer,
  ) {
    super(geometry, layer, sums);
  }

  protected spread(batch: i32, y: i32, x: i32, pixel: usize): void {
    const depth = this.input.shape[3];
    const taps = this.weights.shape[1] * this.weights.shape[2];
    for (let tap = 0; tap < taps; tap++) {
      const columns = this.weights.shape[2];
      let sum = this.under(batch, y, x, tap / columns, tap % columns);
      if (sum == 0) continue;
      for (let unit = 0; unit < this.weights.shape[0]; unit++, sum += 4) {
        const kernel = ((unit as usize) * taps + tap) * depth;
        store<i32>(sum, load<i32>(sum) + this.product(pixel, kernel, depth));
      }
    }
  }

  private product(pixel: usize, kernel: usize, depth: usize): i32 {
    let sum = 0;
    for (let c: usize = 0; c < depth; c++) {
      const value = this.input.byteAt(pixel + c) - this.input.zeroPoint;
      sum += value * (this.weights.byteAt(kernel + c) - this.weights.zeroPoint);
    }
    return sum;
  }

  protected finish(): void {
    const units = this.output.shape[3];
    const count = this.output.elements as usize;
    for (let at: usize = 0; at < count; at += units) {
      this.requantizer.store(0, this.sums + (at << 2), units, this.output.pointer + at);
    }
  }
}

class RealTransposed extends Transposed {
  private parts: RealParts;

  constructor(geometry: Geometry, layer: Operation, sums: usize) {
    super(geometry, layer, sums);
    this.parts = new RealParts(layer);
  }

  /** One by one in TFLite's order: a channel of the image, a tap, a channel of the output. */
  protected spread(batch: i32, y: i32, x: i32, pixel: usize): void {
    const depth = this.input.shape[3];
    const taps = this.weights.shape[1] * this.weights.shape[2];
    const columns = this.weights.shape[2];
    for (let c = 0; c < depth; c++) {
      const value = load<f32>(this.input.pointer + ((pixel + c) << 2));
      for (let tap = 0; tap < taps; tap++) {
        let sum = this.under(batch, y, x, tap / columns, tap % columns);
        if (sum == 0) continue;
        for (let unit = 0; unit < this.weights.shape[0]; unit++, sum += 4) {
          const weight = ((unit as usize) * taps + tap) * depth + c;
          const product = value * load<f32>(this.parts.weights + (weight << 2));
          store<f32>(sum, load<f32>(sum) + product);
        }
      }
    }
  }

  protected finish(): void {
    const units = this.output.shape[3];
    const count = this.output.elements as i32;
    for (let i = 0; i < count; i++) {
      const at = (i as usize) << 2;
      const value = load<f32>(this.sums + at) + this.parts.bias(i % units);
      store<f32>(this.output.pointer + at, this.parts.clamp(value));
    }
  }
}
