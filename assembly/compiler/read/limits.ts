import { Code, LocationKind } from "../../diagnostics/codes";
import { fail } from "../../diagnostics/failure";

/**
 * What nolfet accepts from any model. The counts lie far beyond real networks of the NPUs'
 * size and keep the memory and time that a model can ask for within bounds, however its
 * tables share bytes.
 */
export namespace Limit {
  export const OPERATOR_CODES: u32 = 1024;
  export const TENSORS: u32 = 1 << 16;
  export const OPERATORS: u32 = 1 << 14;
  export const RANK: u32 = 8;
  /** Inputs, and outputs, of one operator. */
  export const OPERANDS: u32 = 1024;
  export const NAME_BYTES: u32 = 1 << 14;
}

/** A sum over the whole model that must stay within its limit. */
export class Budget {
  private used: u64 = 0;

  constructor(
    private limit: u64,
    private what: string,
  ) {}

  take(amount: u64, kind: LocationKind, location: u32): bool {
    this.used += amount;
    if (this.used <= this.limit) return true;
    const expected = `at most ${this.limit} ${this.what} in all`;
    return fail(Code.TOO_LARGE, kind, location, expected, `${this.used} up to here`);
  }
}

/** The sums of one model. */
export class Budgets {
  /** Addresses have 32 bits on every core. */
  tensors: Budget = new Budget(1 << 32, "bytes of tensors");
  names: Budget = new Budget(1 << 24, "bytes of names");
  scales: Budget = new Budget(1 << 20, "scales");
  operands: Budget = new Budget(1 << 18, "inputs and outputs of operators");
  /** Counted once for each operator that reads them: each encodes them anew. */
  constants: Budget = new Budget(1 << 28, "bytes of constants read by operators");
}

/** Whether `count` keeps within `limit`. */
export function within(
  limit: u32,
  count: u32,
  what: string,
  kind: LocationKind,
  location: u32,
): bool {
  if (count <= limit) return true;
  return fail(Code.TOO_LARGE, kind, location, `at most ${limit} ${what}`, count.toString());
}
