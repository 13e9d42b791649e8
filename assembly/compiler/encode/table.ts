import { TableFunction } from "../plan/plan";
import { Coefficients } from "./coefficients";
import { fromFloat21, toFloat21 } from "./float21";

/**
 * A function of one number for the TP unit: 1024 words, two halves for either sign, each
 * indexed by exponent and the upper four bits of the mantissa of the input's float21. The unit
 * draws straight lines between neighbours.
 *
 *     0        16                                   496        512
 *    ┌────────┬────────────────────────────────────┬──────────┐
 *    │ E = 0  │ sixteen steps for each E = 1 … 30  │ E = 31   │   positive inputs
 *    ├────────┼────────────────────────────────────┼──────────┤
 *    │        │                                    │          │   negative inputs
 *    └────────┴────────────────────────────────────┴──────────┘
 *
 * Inputs are counted in steps of the input's scale, so that RELU and ABS need one table only.
 */
const ENTRIES = 1024;
const HALF = 512;
const STEPS = 16;
const STEP_BITS = 11;
const LARGEST: u32 = 0xf7fff;
const MINUS_ZERO: u32 = 0x100000;

/** Null after a failure: constants beyond all bounds. */
export function encodeTable(kind: TableFunction, scale: f64, operator: i32): Coefficients | null {
  const table = Coefficients.allocate(ENTRIES << 2, operator);
  if (table == null) return null;
  for (let i = 0; i < ENTRIES; i++) {
    store<u32>(table.pointer + ((i as usize) << 2), entry(kind, scale, i));
  }
  return table;
}

function entry(kind: TableFunction, scale: f64, index: i32): u32 {
  const isNegative = index >= HALF;
  if (kind == TableFunction.LOGISTIC) return logistic(index, isNegative, scale);
  if (isNegative && kind == TableFunction.RELU) return MINUS_ZERO;
  return magnitude(index & (HALF - 1), isNegative ? MINUS_ZERO : 0);
}

/** |input|, with a zero of either sign. */
function magnitude(step: i32, zero: u32): u32 {
  if (step < STEPS) return zero;
  return step >= HALF - STEPS ? LARGEST : step << STEP_BITS;
}

/** Negative entries stand for the far end of their step, so one more of them is next to zero. */
function logistic(index: i32, isNegative: bool, scale: f64): u32 {
  const step = index & (HALF - 1);
  if (step < STEPS || (isNegative && step == STEPS)) return toFloat21(0.5);
  if (step >= HALF - STEPS) return toFloat21(isNegative ? 0 : 1);
  const input = fromFloat21((index as u32) << STEP_BITS);
  return toFloat21(1.0 / (1.0 + Math.exp(-input * scale)));
}
