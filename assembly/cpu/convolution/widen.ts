import { Dtype } from "../../tflite/schema";
import { Tensor } from "../../tflite/tensor";

/** Turns `count` 8-bit elements into 16-bit distances from the tensor's zero point. */
export function widen(from: usize, to: usize, count: i32, tensor: Tensor): void {
  const isSigned = tensor.dtype == Dtype.INT8;
  const zero = tensor.zeroPoint;
  const zeros = i16x8.splat(zero as i16);
  let i = 0;
  for (; i + 8 <= count; i += 8) {
    const wide = isSigned ? v128.load8x8_s(from + i) : v128.load8x8_u(from + i);
    v128.store(to + (i << 1), i16x8.sub(wide, zeros));
  }
  for (; i < count; i++) {
    const value = isSigned ? (load<i8>(from + i) as i32) : (load<u8>(from + i) as i32);
    store<i16>(to + (i << 1), (value - zero) as i16);
  }
}
