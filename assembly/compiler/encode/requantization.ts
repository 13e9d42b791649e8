/**
 * The factor between accumulator and output as the NN unit takes it: a mantissa with an
 * implied leading one, and a shift to the right.
 *
 * IEEE 754 float32, the form that the scale comes in:
 *
 *   31  30        23  22                                    0
 *  ┌───┬────────────┬────────────────────────────────────────┐
 *  │ 0 │ exponent E │ mantissa m                             │   = (2²³ + m) · 2^(E − 150)
 *  └───┴────────────┴────────────────────────────────────────┘
 *
 * v7 keeps the upper 15 bits of m: scale ≈ (2¹⁵ + m >> 8) / 2^(142 − E); v8 keeps all of it:
 * scale = (2²³ + m) / 2^(23 + 127 − E).
 */
export class Requantization {
  multiplier: u32;
  shift: u32;

  /** `scale` is positive, and below 2¹⁶ on v7 or 2 on v8. */
  constructor(scale: f32, architecture: u32) {
    const bits = reinterpret<u32>(scale);
    const exponent = bits >> 23;
    const mantissa = bits & 0x7fffff;
    this.multiplier = architecture >= 8 ? mantissa : mantissa >> 8;
    this.shift = (architecture >= 8 ? 127 : 142) - exponent;
  }
}
