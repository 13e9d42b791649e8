import { Tensor } from "../../graph";
import { zeroByte } from "../tensors";

/**
 * By how many steps of its sums TFLite is early where it rounds them twice (encode/rounding.ts),
 * for sums on one side of 0: between half a step and a whole one, and 0 where the factor from sums
 * to output leaves nothing to shift.
 */
export function leadOf(factor: f64): f64 {
  if (!(factor > 0 && factor < 0.5)) return 0;
  let fraction = factor;
  while (fraction < 0.5) fraction *= 2;
  return 0.5 / fraction;
}

/** On which side of its zero point a tensor's values lie: 1 above, −1 below, 0 on both. */
export function sideOfZero(tensor: Tensor): i32 {
  const zero = zeroByte(tensor);
  if (zero == 0) return 1;
  return zero == 255 ? -1 : 0;
}
