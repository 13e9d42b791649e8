import { Dtype } from "../../tflite/schema";
import { Tensor } from "../graph";

/** Single elements of known tensors, by type. Integers are taken as they are stored. */

export function isInteger(dtype: Dtype): bool {
  return dtype <= Dtype.INT64 || dtype == Dtype.BOOL;
}

export function isReal(dtype: Dtype): bool {
  return dtype == Dtype.FLOAT32;
}

/** An element of an integer type; a bool is 0 or 1. */
export function integerAt(tensor: Tensor, i: i32): i64 {
  const at = tensor.data.pointer;
  switch (tensor.dtype) {
    case Dtype.UINT8:
      return load<u8>(at + i);
    case Dtype.INT8:
      return load<i8>(at + i);
    case Dtype.INT16:
      return load<i16>(at + ((i as usize) << 1));
    case Dtype.INT32:
      return load<i32>(at + ((i as usize) << 2));
    case Dtype.INT64:
      return load<i64>(at + ((i as usize) << 3));
    default:
      return load<u8>(at + i) != 0 ? 1 : 0;
  }
}

export function realAt(tensor: Tensor, i: i32): f32 {
  return load<f32>(tensor.data.pointer + ((i as usize) << 2));
}

/** Stores an integer's low bits, as arithmetic of the type itself would leave them. */
export function storeInteger(at: usize, dtype: Dtype, i: i32, value: i64): void {
  switch (dtype) {
    case Dtype.INT16:
      store<i16>(at + ((i as usize) << 1), value as i16);
      break;
    case Dtype.INT32:
      store<i32>(at + ((i as usize) << 2), value as i32);
      break;
    case Dtype.INT64:
      store<i64>(at + ((i as usize) << 3), value);
      break;
    default:
      store<u8>(at + i, value as u8);
  }
}

export function storeReal(at: usize, i: i32, value: f32): void {
  store<f32>(at + ((i as usize) << 2), value);
}
