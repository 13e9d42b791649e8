import { Operation } from "../../tflite/operation";
import { Dtype } from "../../tflite/schema";
import { Tensor } from "../../tflite/tensor";
import { Kernel } from "../kernel";
import { Pairwise } from "./broadcast";

/** MAXIMUM: of stored values, as TFLite has it, which are quantized alike. */
export function prepareMaximum(operation: Operation): Kernel | null {
  return prepare(operation, true);
}

/** MINIMUM. */
export function prepareMinimum(operation: Operation): Kernel | null {
  return prepare(operation, false);
}

function prepare(operation: Operation, greatest: bool): Kernel | null {
  const a = operation.inputs[0];
  const b = operation.inputs[1];
  const output = operation.outputs[0];
  if (a.dtype == Dtype.UINT8) return new Extreme<u8>(a, b, output, greatest);
  if (a.dtype == Dtype.INT8) return new Extreme<i8>(a, b, output, greatest);
  if (a.dtype == Dtype.INT32) return new Extreme<i32>(a, b, output, greatest);
  if (a.dtype == Dtype.INT64) return new Extreme<i64>(a, b, output, greatest);
  return new Extreme<f32>(a, b, output, greatest);
}

class Extreme<T> extends Pairwise {
  constructor(
    a: Tensor,
    b: Tensor,
    output: Tensor,
    private greatest: bool,
  ) {
    super(a, b, output);
  }

  protected combine(a: usize, b: usize, to: usize): void {
    const one = load<T>(this.a.pointer + a * sizeof<T>());
    const other = load<T>(this.b.pointer + b * sizeof<T>());
    const isOne = this.greatest ? one > other : one < other;
    store<T>(this.output.pointer + to * sizeof<T>(), isOne ? one : other);
  }
}
