import { TpJob } from "./job";
import { FunctionTable } from "./table";

/**
 * The ALU of the TP unit. Its input is a byte, so what it does in a job is settled beforehand
 * for all of them:
 *
 * ```
 * clamp(round(f(value - in_zp) * (1 + multiplier / 2^15) / 2^shift) + out_zp, 0, 255)
 * ```
 *
 * `f` is the function of the job's table, or none; multiplier and shift are 0 then. Rounding is
 * to the nearest, ties away from zero, as in the NN unit.
 */

/** What becomes of every byte. */
export const results = memory.data(256);
/** What becomes of a position outside the image. */
export let filling: u8 = 0;

const table = new FunctionTable();

/** Settles the results for a job; false where its table is not mapped or not understood. */
export function prepareAlu(job: TpJob): bool {
  if (job.hasFunction && !table.read(job.table)) return false;
  for (let byte = 0; byte < 256; byte++) {
    store<u8>(results + byte, resultOf(job, byte - job.inputZero));
  }
  filling = resultOf(job, job.border);
  return true;
}

/** `value` is a difference from the input's zero point. */
function resultOf(job: TpJob, value: i32): u8 {
  const result = job.hasFunction ? nearest(table.at(value) * factorOf(job)) : value;
  return <u8>max(0, min(255, result + job.outputZero));
}

function factorOf(job: TpJob): f64 {
  const powerOfTwo = reinterpret<f64>((<u64>(1023 - job.shift)) << 52);
  return powerOfTwo * (1 + <f64>job.multiplier / 0x8000);
}

/** The nearest whole number, as far as it makes a difference to a byte. */
function nearest(value: f64): i32 {
  const magnitude = min(abs(value), 512);
  const whole = floor(magnitude);
  const rounded = <i32>whole + (magnitude - whole >= 0.5 ? 1 : 0);
  return value < 0 ? -rounded : rounded;
}
