import { Operation } from "../../tflite/operation";
import { Dtype } from "../../tflite/schema";
import { EachElement } from "../each-element";
import { Kernel } from "../kernel";

/** CAST: converts stored values to another type and ignores quantization. */
export function prepareCast(operation: Operation): Kernel | null {
  return new Cast(operation.inputs[0], operation.outputs[0]);
}

class Cast extends EachElement {
  protected compute(i: usize): void {
    if (this.input.isReal) this.put(i, load<f32>(this.input.pointer + (i << 2)));
    else this.putInteger(i, this.integer(i));
  }

  private integer(i: usize): i64 {
    const from = this.input.pointer;
    if (this.input.dtype == Dtype.INT64) return load<i64>(from + (i << 3));
    if (this.input.dtype == Dtype.INT32) return load<i32>(from + (i << 2));
    return this.input.byteAt(i);
  }

  private put(i: usize, value: f32): void {
    const to = this.output.pointer;
    if (this.output.isReal) store<f32>(to + (i << 2), value);
    else if (this.output.dtype == Dtype.INT64) store<i64>(to + (i << 3), value as i64);
    else if (this.output.dtype == Dtype.BOOL) store<u8>(to + i, value != 0 ? 1 : 0);
    else this.putInteger(i, value as i32);
  }

  private putInteger(i: usize, value: i64): void {
    const to = this.output.pointer;
    if (this.output.isReal) store<f32>(to + (i << 2), value as f32);
    else if (this.output.dtype == Dtype.INT64) store<i64>(to + (i << 3), value);
    else if (this.output.dtype == Dtype.INT32) store<i32>(to + (i << 2), value as i32);
    else if (this.output.dtype == Dtype.BOOL) store<u8>(to + i, value != 0 ? 1 : 0);
    else store<u8>(to + i, value as u8);
  }
}
