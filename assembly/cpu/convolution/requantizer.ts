import { Multiplier } from "../../tflite/multiplier";
import { Operation } from "../../tflite/operation";
import { Tensor } from "../../tflite/tensor";
import { OutputRange } from "../../tflite/values/range";
import { hasMemory } from "../memory";

/**
 * How TFLite's kernels differ in what they do with sums. Scales of input and weights are
 * multiplied as float32 or as float64, and the product is rounded twice or once.
 */
export enum RequantizationStyle {
  /** DEPTHWISE_CONV_2D and TRANSPOSE_CONV for uint8. */
  FLOAT_TWICE,
  /** CONV_2D and FULLY_CONNECTED for uint8: where the others wrap, these saturate. */
  FLOAT_SATURATED,
  /** FULLY_CONNECTED for int8 with one scale for the weights. */
  FLOAT_ONCE,
  /** DEPTHWISE_CONV_2D, and CONV_2D in groups, for int8. */
  DOUBLE_TWICE,
  /** CONV_2D for int8, and FULLY_CONNECTED with a scale for each unit. */
  DOUBLE_ONCE,
}

/** The largest zero point. */
const BYTE = 255;

/** Of a multiplier, the reference to it and what the allocator adds. */
const MULTIPLIER_BYTES: u64 = 64;

/**
 * From a convolution's 32-bit sums to 8-bit values: bias, multiplier of the output channel,
 * zero point, activation.
 */
export class Requantizer {
  private multipliers: StaticArray<Multiplier>;
  private biases: usize;
  private zeroPoint: i32;

  private constructor(
    multipliers: StaticArray<Multiplier>,
    bias: Tensor | null,
    output: Tensor,
    private range: OutputRange,
    private style: RequantizationStyle,
  ) {
    this.multipliers = multipliers;
    this.biases = bias == null ? 0 : bias.pointer;
    this.zeroPoint = output.zeroPoint;
  }

  /**
   * `axis` is the weights' dimension of output channels. Null with a failure recorded where the
   * memory does not suffice.
   */
  static of(operation: Operation, axis: i32, style: RequantizationStyle): Requantizer | null {
    const input = operation.inputs[0];
    const weights = operation.inputs[1];
    const output = operation.outputs[0];
    const channels = weights.shape[axis];
    if (!hasMemory((channels as u64) * MULTIPLIER_BYTES)) return null;
    const scales = weights.scales.length;
    const bias: Tensor | null = operation.has(2) ? operation.inputs[2] : null;
    const asFloat =
      style != RequantizationStyle.DOUBLE_TWICE && style != RequantizationStyle.DOUBLE_ONCE;
    const multipliers = new StaticArray<Multiplier>(channels);
    for (let i = 0; i < channels; i++) {
      const scale = weights.scales[scales == 1 ? 0 : i];
      const product = asFloat
        ? ((input.scale * scale) as f64)
        : (input.scale as f64) * (scale as f64);
      multipliers[i] = Multiplier.of(product / (output.scale as f64));
    }
    return new Requantizer(multipliers, bias, output, OutputRange.of(operation), style);
  }

  value(channel: i32, sum: i32): i32 {
    const bias = this.biases == 0 ? 0 : load<i32>(this.biases + ((channel as usize) << 2));
    const scaled = this.scaled(this.multipliers[channel], sum + bias);
    return this.range.clamp(scaled + this.zeroPoint);
  }

  private scaled(multiplier: Multiplier, sum: i32): i32 {
    switch (this.style) {
      case RequantizationStyle.FLOAT_SATURATED:
        // A zero point is added to less than 2^31, which must not wrap either.
        return min(multiplier.applySaturated(sum), i32.MAX_VALUE - BYTE);
      case RequantizationStyle.FLOAT_ONCE:
      case RequantizationStyle.DOUBLE_ONCE:
        return multiplier.applyOnce(sum);
      default:
        return multiplier.apply(sum);
    }
  }

  /** Stores `count` sums at `sums` as the values of the channels from `channel` on. */
  store(channel: i32, sums: usize, count: i32, to: usize): void {
    for (let i = 0; i < count; i++) {
      const sum = load<i32>(sums + ((i as usize) << 2));
      store<u8>(to + i, this.value(channel + i, sum) as u8);
    }
  }
}
