import { Multiplier } from "../../tflite/multiplier";
import { Operation } from "../../tflite/operation";
import { Kernel } from "../kernel";
import { Pairwise } from "./broadcast";

/** PRELU. Inputs: the tensor, slopes below 0, repeated where their extent is 1. */
export function preparePrelu(operation: Operation): Kernel | null {
  return operation.inputs[0].isReal ? new RealPrelu(operation) : new Prelu(operation);
}

class Prelu extends Pairwise {
  private above: Multiplier;
  private below: Multiplier;

  constructor(operation: Operation) {
    const input = operation.inputs[0];
    const slopes = operation.inputs[1];
    const output = operation.outputs[0];
    super(input, slopes, output);
    this.above = Multiplier.of((input.scale / output.scale) as f64);
    this.below = Multiplier.of(((input.scale * slopes.scale) / output.scale) as f64);
  }

  protected combine(a: usize, b: usize, to: usize): void {
    const output = this.output;
    const distance = this.a.byteAt(a) - this.a.zeroPoint;
    const slope = this.b.byteAt(b) - this.b.zeroPoint;
    const bent = distance >= 0 ? this.above.apply(distance) : this.below.apply(distance * slope);
    const value = bent + output.zeroPoint;
    store<u8>(output.pointer + to, min(max(value, output.least), output.greatest) as u8);
  }
}

class RealPrelu extends Pairwise {
  constructor(operation: Operation) {
    super(operation.inputs[0], operation.inputs[1], operation.outputs[0]);
  }

  protected combine(a: usize, b: usize, to: usize): void {
    const value = load<f32>(this.a.pointer + (a << 2));
    const slope = load<f32>(this.b.pointer + (b << 2));
    store<f32>(this.output.pointer + (to << 2), value >= 0 ? value : value * slope);
  }
}
