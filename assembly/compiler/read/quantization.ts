import { Code, LocationKind } from "../../diagnostics/codes";
import { fail } from "../../diagnostics/failure";
import { Table, Vector } from "../../flatbuffers/reader";
import { Dtype } from "../../tflite/schema";
import { QuantizationSlot } from "../../tflite/slots";
import { Quantization, Span, Tensor } from "../graph";
import { Budgets } from "./limits";
import { quote } from "./text";

/** The integers that a quantized tensor may hold, by Dtype; other types are not quantized. */
class Range {
  constructor(
    public low: i64,
    public high: i64,
  ) {}
}

const RANGES: Range[] = [
  new Range(0, u8.MAX_VALUE), // UINT8
  new Range(i8.MIN_VALUE, i8.MAX_VALUE),
  new Range(i16.MIN_VALUE, i16.MAX_VALUE),
  new Range(i32.MIN_VALUE, i32.MAX_VALUE),
  new Range(i32.MIN_VALUE, i32.MAX_VALUE), // INT64, whose zero points TFLite keeps in 32 bits
];

/**
 * Reads scales and zero points of a tensor whose shape and type are known: as many of the one
 * as of the other. What a float tensor carries here means nothing; an int32 or int64 one holds
 * biases, shapes or indices, on whose scales no operator depends, so that what is not in order
 * there is left out. False with a fault recorded.
 */
export function readQuantization(tensor: Tensor, table: Table, budgets: Budgets): bool {
  if (tensor.dtype >= RANGES.length) return true;
  if (tensor.dtype >= Dtype.INT32) return readIfSound(tensor, table, budgets);
  const at = tensor.index;
  if (table.byte(QuantizationSlot.DETAILS_TYPE) != 0) {
    const expected = `scales and zero points for ${quote(tensor.name)}`;
    return fail(Code.UNSUPPORTED_MODEL, LocationKind.TENSOR, at, expected, "another quantization");
  }
  const scales = table.vector(QuantizationSlot.SCALE, 4);
  const zeroPoints = table.vector(QuantizationSlot.ZERO_POINT, 8);
  if (scales.count == 0) return true;
  if (zeroPoints.count != scales.count) {
    const expected = `as many zero points as scales (${scales.count}) for ${quote(tensor.name)}`;
    return fail(Code.MALFORMED, LocationKind.TENSOR, at, expected, zeroPoints.count.toString());
  }
  if (!budgets.scales.take(scales.count, LocationKind.TENSOR, at)) return false;
  keep(tensor, scales, zeroPoints, table.int(QuantizationSlot.AXIS));
  const unsound = firstUnsound(tensor);
  return unsound < 0 || refuseValue(tensor, unsound);
}

function readIfSound(tensor: Tensor, table: Table, budgets: Budgets): bool {
  const scales = table.vector(QuantizationSlot.SCALE, 4);
  const zeroPoints = table.vector(QuantizationSlot.ZERO_POINT, 8);
  const axis = table.int(QuantizationSlot.AXIS);
  if (table.byte(QuantizationSlot.DETAILS_TYPE) != 0 || scales.count != zeroPoints.count)
    return true;
  if (scales.count > 1 && !fitsAxis(tensor, scales.count, axis)) return true;
  if (!budgets.scales.take(scales.count, LocationKind.TENSOR, tensor.index)) return false;
  keep(tensor, scales, zeroPoints, axis);
  if (firstUnsound(tensor) >= 0) tensor.quantization = new Quantization();
  return true;
}

function keep(tensor: Tensor, scales: Vector, zeroPoints: Vector, axis: i32): void {
  tensor.quantization.count = scales.count;
  tensor.quantization.axis = axis;
  tensor.quantization.scales = spanOf(scales, 4);
  tensor.quantization.zeroPoints = spanOf(zeroPoints, 8);
}

function spanOf(vector: Vector, width: u32): Span {
  return new Span(vector.pointer, vector.count * width);
}

function fitsAxis(tensor: Tensor, count: u32, axis: i32): bool {
  return axis >= 0 && axis < tensor.shape.length && (tensor.shape[axis] as u32) == count;
}

/** Whether several scales belong to the indices of an axis. False with a fault recorded. */
export function matchesAxis(tensor: Tensor): bool {
  const count: u32 = tensor.quantization.count;
  const axis = tensor.quantization.axis;
  if (count <= 1 || fitsAxis(tensor, count, axis)) return true;
  const rank = tensor.shape.length;
  if (axis < 0 || axis >= rank) {
    const expected = `an axis from 0 to ${rank - 1} for the ${count} scales of ${quote(tensor.name)}`;
    return fail(Code.MALFORMED, LocationKind.TENSOR, tensor.index, expected, axis.toString());
  }
  const expected = `${tensor.shape[axis]} scales, one for each index of axis ${axis} of ${quote(tensor.name)}`;
  return fail(Code.MALFORMED, LocationKind.TENSOR, tensor.index, expected, count.toString());
}

/** Index of the first scale or zero point that cannot be; -1 where all can. */
function firstUnsound(tensor: Tensor): i32 {
  const quantization = tensor.quantization;
  const range = RANGES[tensor.dtype];
  for (let i = 0; i < quantization.count; i++) {
    const zeroPoint = quantization.zeroPoint(i);
    if (!isScale(quantization.scale(i))) return i;
    if (zeroPoint < range.low || zeroPoint > range.high) return i;
  }
  return -1;
}

function isScale(scale: f32): bool {
  return scale > 0 && scale < Infinity;
}

function refuseValue(tensor: Tensor, i: i32): bool {
  const scale = tensor.quantization.scale(i);
  if (scale == 0) {
    // TFLite runs such models: a channel whose weights are all 0 may have been given such a scale.
    const expected = `a scale above 0 for ${quote(tensor.name)}`;
    const found = "0, which makes all its values 0";
    return fail(Code.UNSUPPORTED_MODEL, LocationKind.TENSOR, tensor.index, expected, found);
  }
  if (!isScale(scale)) {
    const expected = `a scale finite and above 0 for ${quote(tensor.name)}`;
    return fail(Code.MALFORMED, LocationKind.TENSOR, tensor.index, expected, scale.toString());
  }
  const range = RANGES[tensor.dtype];
  const span = `from ${range.low} to ${range.high}`;
  const expected = `a zero point ${span} for ${quote(tensor.name)}`;
  const found = tensor.quantization.zeroPoint(i).toString();
  return fail(Code.MALFORMED, LocationKind.TENSOR, tensor.index, expected, found);
}
