/**
 * The TP unit's own numbers:
 *
 *   20  19        15  14                         0
 *  ┌───┬────────────┬─────────────────────────────┐
 *  │ s │ exponent E │ mantissa m                  │   = ±(2¹⁵ + m) · 2^(E − 30), and 0 for E = 0
 *  └───┴────────────┴─────────────────────────────┘
 */
const MANTISSA_BITS = 15;
const BIAS = 15;
/** Recorded tables hold no number with E = 31. */
const LARGEST: u32 = 0xf7fff;
const SIGN: u32 = 1 << 20;

/** The number nearest to a finite value, halves away from zero. Too small ones become 0 of their sign. */
export function toFloat21(value: f64): u32 {
  const sign: u32 = reinterpret<u64>(value) >> 63 != 0 ? SIGN : 0;
  const magnitude = Math.abs(value);
  if (magnitude == 0) return sign;
  // One more bit of mantissa than is kept is rounded; a carry runs into the exponent.
  const bits = reinterpret<u64>(magnitude);
  const exponent = ((bits >> 52) as i32) - 1023 + BIAS;
  if (exponent < 1) return sign;
  const kept = (bits & 0xfffffffffffff) + (1 << (51 - MANTISSA_BITS));
  const number = ((exponent as u64) << MANTISSA_BITS) + (kept >> (52 - MANTISSA_BITS));
  return sign | (min<u64>(number, LARGEST) as u32);
}

/** The value of a number with a positive exponent. */
export function fromFloat21(number: u32): f64 {
  const mantissa = (number & 0x7fff) as f64;
  const exponent = ((number >> MANTISSA_BITS) & 0x1f) as i32;
  const magnitude = (1.0 + mantissa / 32768.0) * 2 ** ((exponent - BIAS) as f64);
  return (number & SIGN) != 0 ? -magnitude : magnitude;
}
