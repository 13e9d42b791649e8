import { badDescriptor } from "../descriptor";
import { halfOf, isHalf } from "./half";
import { TpJob } from "./job";
import { FunctionTable } from "./table";

/**
 * The ALU of the TP unit. Its input is a byte, so each job computes the results of all 256
 * inputs once, in advance:
 *
 * ```
 * clamp(round(f((value - in_zp) / 2^preshift) * (1 + multiplier / 2^15) / 2^shift) + out_zp)
 * ```
 *
 * `f` is the function of the job's table, or none. Rounding is to the nearest, ties away from zero,
 * as in the NN unit, and the result an unsigned or signed byte; a float of 16 bits is neither rounded
 * to a whole number nor clamped.
 */

/** What becomes of every byte, u16; of a byte the upper half is 0. */
export const results = memory.data(256 * 2, 2);
/** What becomes of a position outside the image. */
export let filling: u16 = 0;

const table = new FunctionTable();

/** Settles the results for a job; false where its table is not mapped or not understood. */
export function prepareAlu(job: TpJob): bool {
  if (job.hasFunction && !table.read(job.table)) return false;
  for (let byte = 0; byte < 256; byte++) {
    const value = job.inputIsSigned ? <i32>(<i8>byte) : byte;
    const result = exactOf(job, value - job.inputZero);
    if (!isKnown(job, result)) return false;
    store<u16>(results + (byte << 1), resultOf(job, result));
  }
  const result = exactOf(job, job.border);
  filling = resultOf(job, result);
  return isKnown(job, result);
}

function isKnown(job: TpJob, exact: f64): bool {
  if (!job.outputIsFloat || isHalf(exact)) return true;
  return badDescriptor("floats of 16 bits, none of them subnormal", "others");
}

/** `value` is a difference from the input's zero point, the result one from the output's. */
function exactOf(job: TpJob, value: i32): f64 {
  if (job.hasFunction) {
    return table.at(value, job.preshift, job.hasNegativeHalf) * factorOf(job, 0);
  }
  return <f64>value * factorOf(job, job.preshift);
}

function resultOf(job: TpJob, exact: f64): u16 {
  if (job.outputIsFloat) return halfOf(exact);
  const result = nearest(exact) + job.outputZero;
  if (job.outputIsSigned) return <u8>max(-128, min(127, result));
  return <u8>max(0, min(255, result));
}

function factorOf(job: TpJob, preshift: i32): f64 {
  const powerOfTwo = reinterpret<f64>((<u64>(1023 - job.shift - preshift)) << 52);
  return powerOfTwo * (1 + <f64>job.multiplier / 0x8000);
}

/** The nearest whole number, as far as it makes a difference to a byte. */
function nearest(value: f64): i32 {
  const magnitude = min(abs(value), 512);
  const whole = floor(magnitude);
  const rounded = <i32>whole + (magnitude - whole >= 0.5 ? 1 : 0);
  return value < 0 ? -rounded : rounded;
}
