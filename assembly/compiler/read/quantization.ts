import { Code, PlaceKind } from "../../diagnostics/codes";
import { fail } from "../../diagnostics/failure";
import { Span, Tensor } from "../graph";
import { Table, Vector } from "./flatbuffer";
import { Budgets } from "./limits";
import { QuantizationSlot } from "./slots";
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
 * as of the other, one for all or one for each index along an axis. Whatever a float tensor
 * carries here means nothing. False with a fault recorded.
 */
export function readQuantization(tensor: Tensor, table: Table, budgets: Budgets): bool {
  if (tensor.dtype >= RANGES.length) return true;
  const at = tensor.index;
  if (table.byte(QuantizationSlot.DETAILS_TYPE) != 0) {
    const expected = `scales and zero points for ${quote(tensor.name)}`;
    return fail(Code.UNSUPPORTED_MODEL, PlaceKind.TENSOR, at, expected, "another quantization");
  }
  const scales = table.vector(QuantizationSlot.SCALE, 4);
  const zeroPoints = table.vector(QuantizationSlot.ZERO_POINT, 8);
  if (scales.count == 0) return true;
  if (zeroPoints.count != scales.count) {
    const expected = `as many zero points as scales (${scales.count}) for ${quote(tensor.name)}`;
    return fail(Code.MALFORMED, PlaceKind.TENSOR, at, expected, zeroPoints.count.toString());
  }
  const axis = table.int(QuantizationSlot.AXIS);
  if (!budgets.scales.take(scales.count, PlaceKind.TENSOR, at)) return false;
  if (scales.count > 1 && !matchesAxis(tensor, scales.count, axis)) return false;
  tensor.quantization.count = scales.count;
  tensor.quantization.axis = axis;
  tensor.quantization.scales = spanOf(scales, 4);
  tensor.quantization.zeroPoints = spanOf(zeroPoints, 8);
  return valuesAreSane(tensor);
}

function spanOf(vector: Vector, width: u32): Span {
  return new Span(vector.pointer, vector.count * width);
}

function matchesAxis(tensor: Tensor, count: u32, axis: i32): bool {
  const rank = tensor.shape.length;
  if (axis < 0 || axis >= rank) {
    const expected = `an axis from 0 to ${rank - 1} for the ${count} scales of ${quote(tensor.name)}`;
    return fail(Code.MALFORMED, PlaceKind.TENSOR, tensor.index, expected, axis.toString());
  }
  const extent: u32 = tensor.shape[axis];
  if (extent == count) return true;
  const expected = `${extent} scales, one for each index of axis ${axis} of ${quote(tensor.name)}`;
  return fail(Code.MALFORMED, PlaceKind.TENSOR, tensor.index, expected, count.toString());
}

function valuesAreSane(tensor: Tensor): bool {
  const quantization = tensor.quantization;
  const range = RANGES[tensor.dtype];
  for (let i = 0; i < quantization.count; i++) {
    const scale = quantization.scale(i);
    if (!(scale > 0 && scale < Infinity)) {
      const expected = `a scale finite and above 0 for ${quote(tensor.name)}`;
      return fail(Code.MALFORMED, PlaceKind.TENSOR, tensor.index, expected, scale.toString());
    }
    const zeroPoint = quantization.zeroPoint(i);
    if (zeroPoint < range.low || zeroPoint > range.high) {
      const span = `from ${range.low} to ${range.high}`;
      const expected = `a zero point ${span} for ${quote(tensor.name)}`;
      return fail(Code.MALFORMED, PlaceKind.TENSOR, tensor.index, expected, zeroPoint.toString());
    }
  }
  return true;
}
