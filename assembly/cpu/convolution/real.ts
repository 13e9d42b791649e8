import { Geometry } from "../../tflite/geometry";
import { Operation } from "../../tflite/operation";
import { OutputRange } from "../../tflite/values/range";
import { isLate } from "../clock";
import { Kernel } from "../kernel";

// Convolutions of float32 values. Products are added one by one in the order of the taps, the
// bias last, or first where depthwise, as TFLite's reference kernels do: any other order would
// round elsewhere. (For large images LiteRT takes another path, which differs in the last bits.)

export function prepareRealConvolution(operation: Operation, geometry: Geometry): Kernel {
  return new RealConvolution(geometry, new RealParts(operation), operation.inputs[1].shape[3]);
}

export function prepareRealDepthwise(operation: Operation, geometry: Geometry): Kernel {
  return new RealDepthwise(geometry, new RealParts(operation), 1);
}

/** Weights and what follows the sums. */
export class RealParts {
  weights: usize;
  /** Elements from one kernel of a CONV_2D to the next, over its taps. */
  depth: i32;
  private biases: usize;
  private range: OutputRange;

  constructor(operation: Operation) {
    this.weights = operation.inputs[1].pointer;
    this.depth = operation.inputs[1].fromLast(1);
    this.biases = operation.has(2) ? operation.inputs[2].pointer : 0;
    this.range = OutputRange.of(operation);
  }

  bias(channel: i32): f32 {
    return this.biases == 0 ? 0 : load<f32>(this.biases + ((channel as usize) << 2));
  }

  clamp(value: f32): f32 {
    return this.range.clampReal(value);
  }
}

/** Walks the output; what an element of it is, but for the activation, is left to the two below. */
abstract class RealWindows extends Kernel {
  /** Of one element of the output. */
  protected steps: u64;

  constructor(
    protected geometry: Geometry,
    protected parts: RealParts,
    depth: i32,
  ) {
    super();
    this.steps = (geometry.rows.kernel as u64) * geometry.columns.kernel * depth;
  }

  run(): void {
    const geometry = this.geometry;
    let to = geometry.output.pointer;
    for (let batch = 0; batch < geometry.batches; batch++) {
      for (let y = 0; y < geometry.rows.output; y++) {
        for (let x = 0; x < geometry.columns.output; x++) {
          for (let channel = 0; channel < geometry.outputChannels; channel++, to += 4) {
            store<f32>(to, this.parts.clamp(this.value(batch, y, x, channel)));
            if (isLate(this.steps)) return;
          }
        }
      }
    }
  }

  protected abstract value(batch: i32, y: i32, x: i32, channel: i32): f32;

  /** The pixel of the input under a tap; 0 where that lies outside the image. */
  protected under(batch: i32, y: i32, x: i32, i: i32, j: i32): usize {
    const rows = this.geometry.rows;
    const columns = this.geometry.columns;
    const row = y * rows.stride - rows.before + i * rows.dilation;
    const column = x * columns.stride - columns.before + j * columns.dilation;
    if (row < 0 || row >= rows.input || column < 0 || column >= columns.input) return 0;
    const pixel = ((batch as usize) * rows.input + row) * columns.input + column;
    return this.geometry.input.pointer + ((pixel * this.geometry.channels) << 2);
  }
}

class RealConvolution extends RealWindows {
  protected value(batch: i32, y: i32, x: i32, channel: i32): f32 {
    const geometry = this.geometry;
    const depth = this.parts.depth;
    const taps = geometry.rows.kernel * geometry.columns.kernel;
    let weights = this.parts.weights + (((channel as usize) * taps * depth) << 2);
    const first = (geometry.groupOf(channel, depth) * depth) << 2;
    let sum: f32 = 0;
    for (let i = 0; i < geometry.rows.kernel; i++) {
      for (let j = 0; j < geometry.columns.kernel; j++, weights += depth << 2) {
        const pixel = this.under(batch, y, x, i, j);
        if (pixel == 0) continue;
        for (let c: usize = 0; c < (depth as usize); c++) {
          sum += load<f32>(pixel + first + (c << 2)) * load<f32>(weights + (c << 2));
        }
      }
    }
    return sum + this.parts.bias(channel);
  }
}

class RealDepthwise extends RealWindows {
  protected value(batch: i32, y: i32, x: i32, channel: i32): f32 {
    const geometry = this.geometry;
    const multiplier = geometry.outputChannels / geometry.channels;
    const source = (channel / multiplier) << 2;
    let weights = this.parts.weights + (channel << 2);
    let sum = this.parts.bias(channel);
    for (let i = 0; i < geometry.rows.kernel; i++) {
      for (let j = 0; j < geometry.columns.kernel; j++, weights += geometry.outputChannels << 2) {
        const pixel = this.under(batch, y, x, i, j);
        if (pixel != 0) sum += load<f32>(pixel + source) * load<f32>(weights);
      }
    }
    return sum;
  }
}
