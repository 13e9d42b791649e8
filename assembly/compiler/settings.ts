import { Span } from "./graph";

/** What the caller asks of a compilation; the bits of `compile`'s `options` argument. */
export class Settings {
  /**
   *   31                                5   4   3   2   1   0
   *  ┌───────────────────────────────────┬───┬───┬───┬───┬───┐
   *  │ 0                                 │ E │ C │ U │ S │ M │
   *  └───────────────────────────────────┴───┴───┴───┴───┴───┘
   *   M  --compat mesa      reproduce Mesa 25.0.7's words, its faults included
   *   S  --strict           emit only jobs proven on silicon
   *   U  --allow-unproven   emit unproven jobs, too
   *   C  everything on the CPU, for comparisons
   *   E  every computed tensor is an output, for comparisons
   */
  constructor(
    private bits: u32,
    /** Jobs that all layers with scales for each channel may have together; 0: the usual number. */
    public jobBudget: i32,
    /** A table of what tensors' values are like, or no bytes. */
    public statistics: Span,
  ) {}

  get compatMesa(): bool {
    return (this.bits & 1) != 0;
  }

  get strict(): bool {
    return (this.bits & 2) != 0;
  }

  get allowUnproven(): bool {
    return (this.bits & 4) != 0;
  }

  get cpuOnly(): bool {
    return (this.bits & 8) != 0;
  }

  get exposesAll(): bool {
    return (this.bits & 16) != 0;
  }

  /** Unknown bits, or options that exclude each other. */
  get contradictory(): bool {
    return this.bits > 31 || (this.strict && this.allowUnproven);
  }
}
