import { Code, LocationKind } from "./codes";
import { fail } from "./failure";

// Stores that are narrower than what they take. A value that does not fit is a fault of nolfet's
// own: it ends the compilation with the quantity's name, instead of wrapping into a wrong blob.

export function toByte(value: i32, what: string): u8 {
  if (value < 0 || value > 255) overflow(`${what} from 0 to 255`, value.toString());
  return value as u8;
}

/** To the nearest whole number, halves up. */
export function toWhole(value: f64, what: string): i32 {
  const whole = Math.round(value);
  if (!fitsInt32(whole)) overflow(`${what} of 32 bits`, whole.toString());
  return whole as i32;
}

export function fitsInt32(value: f64): bool {
  return value >= (i32.MIN_VALUE as f64) && value <= (i32.MAX_VALUE as f64);
}

function overflow(expected: string, found: string): void {
  fail(Code.INTERNAL, LocationKind.NONE, 0, expected, found);
}
