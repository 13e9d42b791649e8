import { Dtype } from "../../tflite/schema";
import { Constant } from "./constant";
import { Quantization } from "./graph";

/** The real numbers of 32 bits that a constant stands for: itself where it has no scale. */
export function realsOf(constant: Constant, quantization: Quantization | null): Constant {
  if (quantization == null) return constant.as(Dtype.FLOAT32);
  const reals = Constant.make(Dtype.FLOAT32, constant.shape);
  const inner = innerOf(constant, quantization.axis);
  const channels = quantization.scales.length;
  for (let i = 0; i < constant.count; i++) {
    const channel = (i / inner) % channels;
    const steps = constant.get(i) - (quantization.zeroPointAt(channel) as f64);
    reals.set(i, steps * (quantization.scaleAt(channel) as f64));
  }
  return reals;
}

/** How many elements follow each other for one index along an axis. */
export function innerOf(constant: Constant, axis: i32): i32 {
  let inner = 1;
  for (let i = axis + 1; i < constant.shape.length; i++) inner *= constant.shape[i];
  return max(inner, 1);
}
