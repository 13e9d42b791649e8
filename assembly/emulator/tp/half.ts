/**
 * Floats of 16 bits:
 *
 * ```
 *  15 14      10 9           0
 * ┌──┬──────────┬─────────────┐
 * │ S│ exponent │  mantissa   │   1.mantissa * 2^(exponent - 15)
 * └──┴──────────┴─────────────┘
 * ```
 *
 * A board was seen to write 0 for what would be subnormal, but by a shader: what the TP unit does
 * there is not known.
 */

const MANTISSA_BITS: i32 = 10;
const BIAS: i32 = 15;
const LEAST: f64 = 1.0 / 16384;
const GREATEST: f64 = 65504;

/** Whether a number is 0 or one that a float of 16 bits comes near. */
export function isHalf(value: f64): bool {
  return value == 0 || (abs(value) >= LEAST && abs(value) <= GREATEST);
}

/** The nearest float to such a number, ties to even. */
export function halfOf(value: f64): u16 {
  if (value == 0) return 0;
  const bits = reinterpret<u64>(value);
  const sign = (<u16>(bits >> 63)) << 15;
  const exponent = <i32>((bits >> 52) & 0x7ff) - 1023;
  const mantissa = (bits & 0xfffffffffffff) | ((<u64>1) << 52);
  const dropped = 52 - MANTISSA_BITS;
  const half: u64 = (<u64>1) << (dropped - 1);
  const even = (mantissa >> dropped) & 1;
  // A carry out of the mantissa goes to the exponent, as it should.
  const kept = <i32>((mantissa + half - 1 + even) >> dropped) - (1 << MANTISSA_BITS);
  return sign | <u16>(((exponent + BIAS) << MANTISSA_BITS) + kept);
}
