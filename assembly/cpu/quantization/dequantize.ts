import { Operation } from "../../tflite/operation";
import { Dtype } from "../../tflite/schema";
import { Tensor } from "../../tflite/tensor";
import { EachElement } from "../each-element";
import { Kernel } from "../kernel";

/** DEQUANTIZE: from an 8-bit type or float16 to float32. */
export function prepareDequantize(operation: Operation): Kernel | null {
  const input = operation.inputs[0];
  const output = operation.outputs[0];
  if (input.dtype == Dtype.FLOAT16) return new DequantizeFloat16(input, output);
  return new Dequantize(input, output);
}

class Dequantize extends EachElement {
  protected compute(i: usize): void {
    store<f32>(this.output.pointer + (i << 2), realOf(this.input, i));
  }
}

/** The real value of an element of an 8-bit tensor. */
export function realOf(tensor: Tensor, element: usize): f32 {
  return tensor.scale * ((tensor.byteAt(element) - tensor.zeroPoint) as f32);
}

class DequantizeFloat16 extends EachElement {
  protected compute(i: usize): void {
    const half = load<u16>(this.input.pointer + (i << 1));
    store<f32>(this.output.pointer + (i << 2), realOfHalf(half));
  }
}

/**
 *   15  14      10  9            0
 *  ┌───┬──────────┬───────────────┐
 *  │ S │ exponent │ fraction      │
 *  └───┴──────────┴───────────────┘
 */
function realOfHalf(half: u32): f32 {
  const sign = (half & 0x8000) << 16;
  const exponent = (half >> 10) & 31;
  const fraction = half & 0x3ff;
  if (exponent == 0) {
    const value = (fraction as f32) * (1.0 / 16777216.0);
    return reinterpret<f32>(reinterpret<u32>(value as f32) | sign);
  }
  const wide = exponent == 31 ? 255 : exponent + 112;
  return reinterpret<f32>(sign | (wide << 23) | (fraction << 13));
}
