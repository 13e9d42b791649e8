import { Operation } from "../../tflite/operation";
import { OutputRange } from "../../tflite/values/range";
import { Kernel } from "../kernel";
import { Pairwise } from "./broadcast";

/** DIV of float32 values. */
export function prepareDivision(operation: Operation): Kernel | null {
  return new RealPair(operation, OutputRange.of(operation), (a: f32, b: f32) => a / b);
}

/** SQUARED_DIFFERENCE of float32 values; it has no activation that would keep it finite. */
export function prepareSquaredDifference(operation: Operation): Kernel | null {
  return new RealPair(operation, new OutputRange(), (a: f32, b: f32) => (a - b) * (a - b));
}

class RealPair extends Pairwise {
  constructor(
    operation: Operation,
    private range: OutputRange,
    private value: (a: f32, b: f32) => f32,
  ) {
    super(operation.inputs[0], operation.inputs[1], operation.outputs[0]);
  }

  protected combine(a: usize, b: usize, to: usize): void {
    const first = load<f32>(this.a.pointer + (a << 2));
    const second = load<f32>(this.b.pointer + (b << 2));
    const value = this.value(first, second);
    store<f32>(this.output.pointer + (to << 2), this.range.clampReal(value));
  }
}
