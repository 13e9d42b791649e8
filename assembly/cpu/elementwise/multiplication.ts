import { Multiplier } from "../../tflite/multiplier";
import { Operation } from "../../tflite/operation";
import { Tensor } from "../../tflite/tensor";
import { Range } from "../arithmetic/activation";
import { Kernel } from "../kernel";
import { Pairwise } from "./broadcast";

/** MUL. */
export function prepareMultiplication(operation: Operation): Kernel | null {
  const a = operation.inputs[0];
  const b = operation.inputs[1];
  const output = operation.outputs[0];
  const range = Range.of(operation);
  if (a.isReal) return new RealProduct(a, b, output, range);
  return new Product(a, b, output, range);
}

class Product extends Pairwise {
  private multiplier: Multiplier;

  constructor(
    a: Tensor,
    b: Tensor,
    output: Tensor,
    private range: Range,
  ) {
    super(a, b, output);
    this.multiplier = Multiplier.of(((a.scale * b.scale) / output.scale) as f64);
  }

  protected combine(a: usize, b: usize, to: usize): void {
    const first = this.a.byteAt(a) - this.a.zeroPoint;
    const second = this.b.byteAt(b) - this.b.zeroPoint;
    const value = this.multiplier.apply(first * second) + this.output.zeroPoint;
    store<u8>(this.output.pointer + to, this.range.clamp(value) as u8);
  }
}

class RealProduct extends Pairwise {
  constructor(
    a: Tensor,
    b: Tensor,
    output: Tensor,
    private range: Range,
  ) {
    super(a, b, output);
  }

  protected combine(a: usize, b: usize, to: usize): void {
    const product = load<f32>(this.a.pointer + (a << 2)) * load<f32>(this.b.pointer + (b << 2));
    store<f32>(this.output.pointer + (to << 2), this.range.clampReal(product));
  }
}
