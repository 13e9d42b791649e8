import { Multiplier, toInteger } from "./multiplier";

/** What TFLite's means multiply sums by, and add: the compiler looks it up here. */

/** Of a mean over a plane whose dimensions are kept. */
export function keptFactor(inputScale: f32, outputScale: f32, count: i32): Multiplier {
  const scale: f32 = inputScale / ((count as f32) * outputScale);
  return Multiplier.of(scale as f64);
}

/** There, the input's zero point in steps of the output, a whole number. */
export function wholeZero(zeroPoint: i32, inputScale: f32, outputScale: f32): i32 {
  const zero: f32 = ((zeroPoint as f32) * inputScale) / outputScale;
  return toInteger(zero > 0 ? zero + 0.5 : zero - 0.5);
}

/**
 * Of all other means, into whose factor the division is folded: its fraction is shifted to the
 * left as far as the count has bits, divided, and rounded down.
 */
export function foldedFactor(inputScale: f32, outputScale: f32, count: i32): Multiplier {
  const whole = Multiplier.of((inputScale as f64) / (outputScale as f64));
  let shift = 31 - clz(count);
  shift = min(shift, 31 + whole.shift);
  const fraction = ((whole.value as i64) << shift) / (count as i64);
  return new Multiplier(fraction as i32, whole.shift - shift);
}
