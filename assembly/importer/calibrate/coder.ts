import { Dtype } from "../../tflite/schema";
import { Quantization } from "../graph/graph";

/** Rounds `count` numbers of 32 bits to those that 8 bits of a scale stand for, where they are. */
export function roundTo(at: usize, count: i32, quantization: Quantization): void {
  const scale = quantization.scales[0];
  const zero = quantization.zeroPoints[0];
  const low: f32 = quantization.dtype == Dtype.INT8 ? -128 : 0;
  const least = low - (zero as f32);
  const factor = f32x4.splat(1 / scale);
  const scales = f32x4.splat(scale);
  const lowest = f32x4.splat(least);
  const highest = f32x4.splat(least + 255);
  let i = 0;
  for (; i + 4 <= count; i += 4, at += 16) {
    const steps = f32x4.nearest(f32x4.mul(v128.load(at), factor));
    v128.store(at, f32x4.mul(f32x4.min(f32x4.max(steps, lowest), highest), scales));
  }
  for (; i < count; i++, at += 4) {
    const steps = min(max(nearest<f32>(load<f32>(at) * (1 / scale)), least), least + 255);
    store<f32>(at, steps * scale);
  }
}
