import { Code, LocationKind } from "../../diagnostics/codes";
import { fail, failed } from "../../diagnostics/failure";
import { Vector } from "../../flatbuffers/reader";
import { Builtin } from "../../tflite/schema";
import { OperatorCodeSlot } from "../../tflite/slots";
import { Span } from "../graph";
import { compiledFor } from "./foreign";
import { Budgets, Limit, within } from "./limits";
import { quote } from "./text";

/** What operators share that do the same: the model lists it once and they refer to it. */
export class OperatorCode {
  constructor(
    public code: i32,
    public version: i32,
    /** Empty for a builtin operator. */
    public customName: Span,
  ) {}
}

/** Reads the list of operator codes; a fault is recorded. */
export function readOperatorCodes(tables: Vector, sums: Budgets): OperatorCode[] {
  const codes: OperatorCode[] = [];
  const count = tables.count;
  if (!within(Limit.OPERATOR_CODES, count, "operator codes", LocationKind.NONE, 0)) return codes;
  for (let i: u32 = 0; i < count && !failed(); i++) {
    const table = tables.table(i);
    if (table == null) break;
    // Early versions had a byte only; later ones write both, the byte at most 127.
    const early = table.byte(OperatorCodeSlot.DEPRECATED_BUILTIN_CODE) as i8 as i32;
    const code = max(early, table.int(OperatorCodeSlot.BUILTIN_CODE));
    const name = table.span(OperatorCodeSlot.CUSTOM_CODE);
    const custom = code == Builtin.CUSTOM;
    if (!within(Limit.NAME_BYTES, name.bytes, "bytes in a name", LocationKind.BYTE, table.at))
      break;
    if (!sums.names.take(name.bytes, LocationKind.BYTE, table.at)) break;
    if (code < 0 || (custom && name.bytes == 0)) {
      const expected = custom ? "the name of a custom operator" : "an operator code from 0";
      fail(Code.MALFORMED, LocationKind.BYTE, table.at, expected, custom ? "none" : `${code}`);
      break;
    }
    const accelerator = custom ? compiledFor(name) : "";
    if (accelerator != "") {
      const expected = "the original model, not one that another compiler has been at";
      const found = `one compiled for ${accelerator}, in operator ${quote(name)}`;
      fail(Code.UNSUPPORTED_MODEL, LocationKind.NONE, 0, expected, found);
      break;
    }
    const version = table.int(OperatorCodeSlot.VERSION, 1);
    codes.push(new OperatorCode(code, version, custom ? name : new Span()));
  }
  return codes;
}
