import { Multiplier } from "../multiplier";
import { Operation } from "../operation";
import { Tensor } from "../tensor";
import { ByteFunction } from "./byte-function";
import { OutputRange } from "./range";

/** Linear on either side of 0: the value times a slope below it, kept within a range. */
export class ByteRectifier extends ByteFunction {
  private input: Tensor;
  private output: Tensor;
  private range: OutputRange;
  private above: Multiplier;
  private below: Multiplier;

  constructor(
    operation: Operation,
    private slope: f32,
    low: f32,
    high: f32,
  ) {
    super();
    const input = operation.inputs[0];
    const output = operation.outputs[0];
    this.input = input;
    this.output = output;
    this.range = OutputRange.between(low, high, output);
    this.above = Multiplier.of((input.scale / output.scale) as f64);
    this.below = Multiplier.of(Math.abs(((input.scale * slope) / output.scale) as f64));
  }

  of(a: i32, _b: i32): i32 {
    return this.range.clamp(this.output.zeroPoint + this.bent(a - this.input.zeroPoint));
  }

  private bent(distance: i32): i32 {
    if (distance >= 0) return this.above.apply(distance);
    return this.slope < 0 ? this.below.apply(-distance) : this.below.apply(distance);
  }
}

/** QUANTIZE from one 8-bit quantization to another. */
export class ByteRescaling extends ByteFunction {
  private input: Tensor;
  private output: Tensor;
  private multiplier: Multiplier;

  constructor(operation: Operation) {
    super();
    const input = operation.inputs[0];
    const output = operation.outputs[0];
    this.input = input;
    this.output = output;
    this.multiplier = Multiplier.of((input.scale as f64) / (output.scale as f64));
  }

  of(a: i32, _b: i32): i32 {
    const value = this.multiplier.apply(a - this.input.zeroPoint) + this.output.zeroPoint;
    return min(max(value, this.output.least), this.output.greatest);
  }
}

/** PRELU: `b` is the slope below 0. */
export class BytePrelu extends ByteFunction {
  private input: Tensor;
  private slopes: Tensor;
  private output: Tensor;
  private above: Multiplier;
  private below: Multiplier;

  constructor(operation: Operation) {
    super();
    const input = operation.inputs[0];
    const slopes = operation.inputs[1];
    const output = operation.outputs[0];
    this.input = input;
    this.slopes = slopes;
    this.output = output;
    this.above = Multiplier.of((input.scale / output.scale) as f64);
    this.below = Multiplier.of(((input.scale * slopes.scale) / output.scale) as f64);
  }

  of(a: i32, b: i32): i32 {
    const distance = a - this.input.zeroPoint;
    const slope = b - this.slopes.zeroPoint;
    const bent = distance >= 0 ? this.above.apply(distance) : this.below.apply(distance * slope);
    const value = bent + this.output.zeroPoint;
    return min(max(value, this.output.least), this.output.greatest);
  }
}
