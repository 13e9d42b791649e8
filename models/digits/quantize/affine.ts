import type { IntegerRange } from "./scheme.ts";

/** real = scale × (integer − zero point) */
export interface Affine {
  /** An exact 32-bit float, as files hold it. */
  scale: number;
  zeroPoint: number;
}

/** The real numbers that a tensor takes; always holds 0. */
export interface RealRange {
  low: number;
  high: number;
}

export function rangeOf(values: Iterable<number>): RealRange {
  let low = 0;
  let high = 0;
  for (const value of values) {
    low = Math.min(low, value);
    high = Math.max(high, value);
  }
  return { low, high };
}

/** Spreads the integers over a range of reals, with an integer that is 0 exactly. */
export function affineFor(reals: RealRange, integers: IntegerRange): Affine {
  const span = reals.high - reals.low || 1;
  const scale = floatNotAbove(span / (integers.high - integers.low));
  return { scale, zeroPoint: Math.round(integers.low - reals.low / scale) };
}

export function quantize(real: number, { scale, zeroPoint }: Affine, range: IntegerRange): number {
  return Math.min(Math.max(Math.round(real / scale) + zeroPoint, range.low), range.high);
}

/**
 * The 32-bit float nearest to a positive number from below. A scale must not be rounded up:
 * where the integers end at the 6 of RELU6, they would then end above it.
 */
function floatNotAbove(number: number): number {
  const float = new DataView(new ArrayBuffer(4));
  float.setFloat32(0, number);
  // The bits of positive floats count upwards like the floats themselves.
  if (float.getFloat32(0) > number) float.setUint32(0, float.getUint32(0) - 1);
  return float.getFloat32(0);
}
