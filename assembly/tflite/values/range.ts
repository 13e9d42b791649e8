import { storedValue } from "../multiplier";
import { Operation } from "../operation";
import { Option } from "../option";
import { Activation } from "../schema";
import { Tensor } from "../tensor";

/** The range that an output is clamped to: its type's and its fused activation's. */
export class OutputRange {
  /** Stored values of an 8-bit output. */
  least: i32 = 0;
  greatest: i32 = 0;
  /** Real values of a float32 one. */
  low: f32 = -Infinity;
  high: f32 = Infinity;

  clamp(value: i32): i32 {
    return min(max(value, this.least), this.greatest);
  }

  /** Comparisons rather than `max`, which would make 0 of −0. */
  clampReal(value: f32): f32 {
    if (value < this.low) return this.low;
    return value > this.high ? this.high : value;
  }

  /** Keeps real values within `low` and `high`. */
  static between(low: f32, high: f32, output: Tensor): OutputRange {
    const range = new OutputRange();
    range.low = low;
    range.high = high;
    if (!output.isByte) return range;
    range.least = output.least;
    range.greatest = output.greatest;
    if (low != -Infinity) range.least = range.clamp(quantized(low, output));
    if (high != Infinity) range.greatest = min(output.greatest, quantized(high, output));
    return range;
  }

  /** That of the operator's only output. TFLite's fused activations keep float32 finite. */
  static of(operation: Operation): OutputRange {
    const range = OutputRange.ofActivation(operation);
    range.low = max(range.low, -f32.MAX_VALUE);
    range.high = min(range.high, f32.MAX_VALUE);
    return range;
  }

  private static ofActivation(operation: Operation): OutputRange {
    const output = operation.outputs[0];
    switch (operation.integer(Option.ACTIVATION)) {
      case Activation.RELU:
        return OutputRange.between(0, Infinity, output);
      case Activation.RELU6:
        return OutputRange.between(0, 6, output);
      case Activation.RELU_N1_TO_1:
        return OutputRange.between(-1, 1, output);
      default:
        return OutputRange.between(-Infinity, Infinity, output);
    }
  }
}

function quantized(value: f32, output: Tensor): i32 {
  const steps: f32 = value / output.scale;
  return storedValue(steps, output.zeroPoint, i32.MIN_VALUE, i32.MAX_VALUE);
}
