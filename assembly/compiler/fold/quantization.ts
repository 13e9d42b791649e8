import { Dtype } from "../../tflite/schema";
import { Tensor } from "../graph";
import { integerAt, isReal, realAt, storeInteger, storeReal } from "./elements";
import { Evaluation } from "./evaluation";

/** 8 bits with scales, or 16-bit floats, to float32. */
export function foldDequantize(evaluation: Evaluation): bool {
  const input = evaluation.input(0);
  if (!isReal(evaluation.output().dtype)) return false;
  if (input.dtype == Dtype.FLOAT16) return widen(evaluation, input);
  const quantization = input.quantization;
  const isByte = input.dtype == Dtype.UINT8 || input.dtype == Dtype.INT8;
  if (!isByte || quantization.count == 0) return false;
  const target = evaluation.make(input.shape);
  if (target == 0) return false;
  // How many elements share a scale before the next one's turn.
  let run = 1;
  for (let i = quantization.axis + 1; i < input.shape.length; i++) run *= input.shape[i];
  for (let i = 0; i < (input.elements as i32); i++) {
    const index = quantization.count == 1 ? 0 : (i / run) % quantization.count;
    const steps = (integerAt(input, i) - quantization.zeroPoint(index)) as f32;
    storeReal(target, i, quantization.scale(index) * steps);
  }
  return true;
}

function widen(evaluation: Evaluation, input: Tensor): bool {
  const target = evaluation.make(input.shape);
  if (target == 0) return false;
  for (let i = 0; i < (input.elements as i32); i++) {
    storeReal(target, i, float16(load<u16>(input.data.pointer + ((i as usize) << 1))));
  }
  return true;
}

/**
 *   15   14     10 9        0
 *  ┌────┬─────────┬──────────┐   exponent 31: infinite, or not a number
 *  │sign│exponent │ fraction │   exponent 0: fraction · 2^-24
 *  └────┴─────────┴──────────┘   else: (1024 + fraction) · 2^(exponent − 25)
 */
function float16(bits: u32): f32 {
  const sign: u32 = (bits >> 15) << 31;
  const exponent = (bits >> 10) & 31;
  const fraction = bits & 1023;
  if (exponent == 31) return reinterpret<f32>(sign | 0x7f800000 | (fraction << 13));
  if (exponent != 0) return reinterpret<f32>(sign | ((exponent + 112) << 23) | (fraction << 13));
  const value: f32 = (fraction as f32) * reinterpret<f32>(0x33800000); // 2^-24
  return sign != 0 ? -value : value;
}

/** float32 to 8 bits with one scale: halves are rounded away from zero. */
export function foldQuantize(evaluation: Evaluation): bool {
  const input = evaluation.input(0);
  const output = evaluation.output();
  const isByte = output.dtype == Dtype.UINT8 || output.dtype == Dtype.INT8;
  if (!isReal(input.dtype) || !isByte || output.quantization.count != 1) return false;
  const target = evaluation.make(input.shape);
  if (target == 0) return false;
  const scale = output.quantization.scale(0);
  const zeroPoint = output.quantization.zeroPoint(0) as f64;
  const low: f64 = output.dtype == Dtype.INT8 ? -128 : 0;
  for (let i = 0; i < (input.elements as i32); i++) {
    const steps = (realAt(input, i) / scale) as f64;
    if (F64.isNaN(steps)) return false;
    const whole = steps < 0 ? Math.ceil(steps - 0.5) : Math.floor(steps + 0.5);
    const value = min(max(whole + zeroPoint, low), low + 255);
    storeInteger(target, output.dtype, i, value as i64);
  }
  return true;
}
