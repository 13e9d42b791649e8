/**
 * By how many steps of the sum TFLite is early where it rounds twice (compiler/encode/rounding.ts
 * draws it): between half a step and a whole one, and 0 where the factor from sums to output leaves
 * nothing to shift (portable AssemblyScript).
 */
export function doubleRoundingOffset(factor: f64): f64 {
  if (!(factor > 0 && factor < 0.5)) return 0;
  let fraction = factor;
  while (fraction < 0.5) fraction *= 2;
  return 0.5 / fraction;
}
