import { Operation } from "../../tflite/operation";
import { Tensor } from "../../tflite/tensor";
import { OutputRange } from "../../tflite/values/range";
import { Kernel } from "../kernel";
import { Pairwise } from "./broadcast";
import { byteKernel } from "./bytes";

/** ADD. */
export function prepareAddition(operation: Operation): Kernel | null {
  return prepare(operation, false);
}

/** SUB. */
export function prepareSubtraction(operation: Operation): Kernel | null {
  return prepare(operation, true);
}

function prepare(operation: Operation, subtracts: bool): Kernel | null {
  const a = operation.inputs[0];
  if (!a.isReal) return byteKernel(operation);
  const range = OutputRange.of(operation);
  return new RealSum(a, operation.inputs[1], operation.outputs[0], range, subtracts);
}

class RealSum extends Pairwise {
  constructor(
    a: Tensor,
    b: Tensor,
    output: Tensor,
    private range: OutputRange,
    private subtracts: bool,
  ) {
    super(a, b, output);
  }

  protected combine(a: usize, b: usize, to: usize): void {
    const first = load<f32>(this.a.pointer + (a << 2));
    const second = load<f32>(this.b.pointer + (b << 2));
    const value = this.subtracts ? first - second : first + second;
    store<f32>(this.output.pointer + (to << 2), this.range.clampReal(value));
  }
}
