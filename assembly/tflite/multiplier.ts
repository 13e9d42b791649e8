/**
 * A real factor as TFLite's quantization specification has it: a 31-bit fraction and a power of
 * two.
 *
 *   factor = value · 2^(shift − 31),  2^30 ≤ value < 2^31, or 0
 */
export class Multiplier {
  private left: i32;
  private right: i32;

  constructor(
    /** The 31-bit fraction. */
    public value: i32,
    public shift: i32,
  ) {
    this.left = max(shift, 0);
    this.right = max(-shift, 0);
  }

  /** For a factor from 0 on; one too small for any value to matter becomes 0. */
  static of(factor: f64): Multiplier {
    if (!(factor > 0)) return new Multiplier(0, 0);
    const parts = new Fraction(factor);
    let shift = parts.exponent;
    let value = roundHalfAway(parts.mantissa * 2147483648.0) as i64;
    if (value == 2147483648) {
      value >>= 1;
      shift++;
    }
    if (shift < -31) return new Multiplier(0, 0);
    return shift > 30 ? new Multiplier(i32.MAX_VALUE, 30) : new Multiplier(value as i32, shift);
  }

  get number(): f64 {
    return (this.value as f64) * 2.0 ** ((this.shift - 31) as f64);
  }

  /**
   * Rounds twice: the high half of the doubled product, then the shift to the right. A value that
   * the shift to the left takes out of 32 bits wraps, as it does in TFLite.
   */
  apply(x: i32): i32 {
    return roundingShift(doubledHigh(x << this.left, this.value), this.right);
  }

  /** The same, but what the shift to the left takes out of 32 bits becomes the nearest of them. */
  applySaturated(x: i32): i32 {
    const shifted = (x as i64) << this.left;
    const held = max<i64>(min<i64>(shifted, i32.MAX_VALUE), -i32.MAX_VALUE) as i32;
    return roundingShift(doubledHigh(held, this.value), this.right);
  }

  /** Rounds once, halves up; beyond 32 bits the result wraps, as it does in TFLite. */
  applyOnce(x: i32): i32 {
    const product = (x as i64) * (this.value as i64);
    return ((product + ((1 as i64) << (30 - this.shift))) >> (31 - this.shift)) as i32;
  }
}

/** The high 32 bits of 2ab, rounded to nearest; `b` is not the least integer. */
export function doubledHigh(a: i32, b: i32): i32 {
  const product = (a as i64) * (b as i64);
  const nudge: i64 = product >= 0 ? 1 << 30 : 1 - (1 << 30);
  return ((product + nudge) / (1 << 31)) as i32;
}

/** x / 2^exponent, rounded to nearest, ties away from zero. */
export function roundingShift(x: i32, exponent: i32): i32 {
  if (exponent == 0) return x;
  const mask = ((1 as i64) << exponent) - 1;
  const remainder = (x as i64) & mask;
  const threshold = (mask >> 1) + (x < 0 ? 1 : 0);
  return (x >> exponent) + (remainder > threshold ? 1 : 0);
}

/** A number as mantissa · 2^exponent, ½ ≤ mantissa < 1; for normal numbers above 0. */
class Fraction {
  mantissa: f64;
  exponent: i32;

  constructor(value: f64) {
    const bits = reinterpret<u64>(value);
    this.exponent = (((bits >> 52) & 0x7ff) as i32) - 1022;
    this.mantissa = reinterpret<f64>((bits & 0x000f_ffff_ffff_ffff) | ((1022 as u64) << 52));
  }
}

/** C's `round`. */
export function roundHalfAway(value: f64): f64 {
  const truncated = Math.trunc(value);
  const distance = Math.abs(value - truncated);
  return distance < 0.5 ? truncated : truncated + (value < 0 ? -1 : 1);
}

/** C's `roundf`. */
export function roundHalfAwayFloat(value: f32): f32 {
  return roundHalfAway(value as f64) as f32;
}

/**
 * So many steps from a zero point, rounded and kept within a range. The conversion saturates; in 64
 * bits, as the zero point follows.
 */
export function storedValue(steps: f32, zeroPoint: i32, least: i32, greatest: i32): i32 {
  const value = (toInteger(roundHalfAwayFloat(steps)) as i64) + zeroPoint;
  return min<i64>(max<i64>(value, least), greatest) as i32;
}

/** A real number as a 32-bit integer: the conversion saturates, not a number gives 0. */
export function toInteger(value: f32): i32 {
  return value as i32;
}
