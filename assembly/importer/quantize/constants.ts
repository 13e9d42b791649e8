import { Dtype } from "../../tflite/schema";
import { Constant } from "../graph/constant";
import { Quantization, Value } from "../graph/graph";
import { realsOf } from "../graph/reals";

/** Stored values of 8 bits, and their zero points, moved to the other type of 8 bits: exact. */
export function moved(quantization: Quantization, dtype: Dtype): Quantization {
  if (quantization.dtype == dtype) return quantization;
  const shift = dtype == Dtype.INT8 ? -128 : 128;
  const zeroPoints: i32[] = [];
  for (let i = 0; i < quantization.zeroPoints.length; i++) {
    zeroPoints.push(quantization.zeroPoints[i] + shift);
  }
  return new Quantization(dtype, quantization.scales, zeroPoints, quantization.axis);
}

/** A constant of 8 bits in the type `dtype`; a real one is quantized from its least to its greatest. */
export function inBytes(value: Value, dtype: Dtype): Value {
  const constant = value.constant as Constant;
  const own = value.quantization;
  if (own == null) return quantizedByRange(value, constant, dtype);
  if (own.dtype == dtype) return value;
  const shift: f64 = dtype == Dtype.INT8 ? -128 : 128;
  const bytes = Constant.make(dtype, constant.shape);
  for (let i = 0; i < constant.count; i++) bytes.set(i, constant.get(i) + shift);
  const result = Value.known(value.name, bytes);
  result.quantization = moved(own, dtype);
  return result;
}

function quantizedByRange(value: Value, constant: Constant, dtype: Dtype): Value {
  let least: f64 = 0;
  let greatest: f64 = 0;
  for (let i = 0; i < constant.count; i++) {
    least = Math.min(least, constant.get(i));
    greatest = Math.max(greatest, constant.get(i));
  }
  return inScale(value, rangeOf(least, greatest, dtype));
}

/** The 256 steps from `least` to `greatest`, which has 0 as one of them. */
export function rangeOf(least: f64, greatest: f64, dtype: Dtype): Quantization {
  const low: f64 = Math.min(least, 0);
  const high: f64 = Math.max(greatest, 0);
  const scale = high > low ? (high - low) / 255 : 1;
  const lowest: f64 = dtype == Dtype.INT8 ? -128 : 0;
  const zero = Math.min(Math.max(Math.round(lowest - low / scale), lowest), lowest + 255);
  return Quantization.one(dtype, scale as f32, zero as i32);
}

/** Stored values of real ones, the nearest of those that the type has. */
export function toBytes(constant: Constant, quantization: Quantization): Constant {
  const bytes = Constant.make(quantization.dtype, constant.shape);
  const low: f64 = quantization.dtype == Dtype.INT8 ? -128 : 0;
  const scale = quantization.scales[0] as f64;
  const zero = quantization.zeroPoints[0] as f64;
  for (let i = 0; i < constant.count; i++) {
    const stored = Math.round(constant.get(i) / scale) + zero;
    bytes.set(i, Math.min(Math.max(stored, low), low + 255));
  }
  return bytes;
}

/** A constant as the real numbers that it stands for. */
export function inReals(value: Value): Value {
  if (value.quantization == null) return value;
  return Value.known(value.name, realsOf(value.constant as Constant, value.quantization));
}

/** A constant as stored values of a given scale. */
export function inScale(value: Value, quantization: Quantization): Value {
  const reals = realsOf(value.constant as Constant, value.quantization);
  const result = Value.known(value.name, toBytes(reals, quantization));
  result.quantization = quantization;
  return result;
}
