import { ElementwiseFunction } from "../plan/elementwise";
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
 * The unit gives it integers: steps of the input, counted from the zero point.
 */
const ENTRIES = 1024;
const HALF = 512;
const STEPS = 16;
const STEP_BITS = 11;
/** Stands for inputs of E = 31: larger than all others, and finite after scaling by any float32. */
const FAR: f64 = 1e200;

/** `inputScale`: value of one input step. Null after a failure: constants beyond all bounds. */
export function encodeTable(
  elementwise: ElementwiseFunction,
  inputScale: f64,
  operator: i32,
): Coefficients | null {
  const table = Coefficients.allocate(ENTRIES << 2, operator);
  if (table == null) return null;
  const unit = elementwise.isHomogeneous ? 1.0 : inputScale;
  for (let i = 0; i < ENTRIES; i++) {
    const magnitude = magnitudeOf(i, elementwise.isHomogeneous) * unit;
    const entry = toFloat21(elementwise.at(i < HALF ? magnitude : -magnitude));
    store<u32>(table.pointer + ((i as usize) << 2), entry);
  }
  return table;
}

/** Magnitude of an entry's input. In recorded tables of LOGISTIC, zero has one more negative entry. */
function magnitudeOf(index: i32, isHomogeneous: bool): f64 {
  const step = index & (HALF - 1);
  const first = index < HALF || isHomogeneous ? STEPS : STEPS + 1;
  if (step < first) return 0;
  return step >= HALF - STEPS ? FAR : fromFloat21((step as u32) << STEP_BITS);
}
