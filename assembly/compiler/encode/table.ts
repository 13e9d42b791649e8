import { LookupTable, POINTS } from "../plan/table";
import { Coefficients } from "./coefficients";
import { toFloat21 } from "./float21";

/** The words of a table. Null after a failure: constants beyond all bounds. */
export function encodeTable(table: LookupTable, operator: i32): Coefficients | null {
  const words = Coefficients.allocate(POINTS << 2, operator);
  if (words == null) return null;
  for (let i = 0; i < POINTS; i++) {
    store<u32>(words.pointer + ((i as usize) << 2), toFloat21(table.valueAt(i)));
  }
  return words;
}
