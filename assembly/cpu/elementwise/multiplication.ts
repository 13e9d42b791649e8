import { Operation } from "../../tflite/operation";
import { Tensor } from "../../tflite/tensor";
import { OutputRange } from "../../tflite/values/range";
import { Kernel } from "../kernel";
import { Pairwise } from "./broadcast";
import { byteKernel } from "./bytes";

/** MUL. */
export function prepareMultiplication(operation: Operation): Kernel | null {
  const a = operation.inputs[0];
  if (!a.isReal) return byteKernel(operation);
  return new RealProduct(a, operation.inputs[1], operation.outputs[0], OutputRange.of(operation));
}

class RealProduct extends Pairwise {
  constructor(
    a: Tensor,
    b: Tensor,
    output: Tensor,
    private range: OutputRange,
  ) {
    super(a, b, output);
  }

  protected combine(a: usize, b: usize, to: usize): void {
    const product = load<f32>(this.a.pointer + (a << 2)) * load<f32>(this.b.pointer + (b << 2));
    store<f32>(this.output.pointer + (to << 2), this.range.clampReal(product));
  }
}
