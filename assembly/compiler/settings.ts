import { Span } from "./graph";

/**
 * What the caller asks of a compilation. The host fills a record of six words in the instance's
 * memory (host/compiler.ts):
 *
 *  0  flags                 drawn below
 *  1  job budget
 *  2  stop at: pointer      3  its bytes
 *  4  statistics: pointer   5  their bytes
 */
export class Settings {
  /**
   *  Flags:
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
    private flags: u32,
    /** Jobs that all layers with scales for each channel may have together; 0: the usual number. */
    public jobBudget: i32 = 0,
    /** Name of the tensor to end at, in UTF-8, or no bytes. */
    public stopAt: Span = new Span(),
    /** A table of what tensors' values are like (`ActivationStatistics`), or no bytes. */
    public statistics: Span = new Span(),
  ) {}

  /** The settings in a record of the host. */
  static at(record: usize): Settings {
    return new Settings(
      load<u32>(record),
      load<i32>(record, 4),
      new Span(load<u32>(record, 8), load<u32>(record, 12)),
      new Span(load<u32>(record, 16), load<u32>(record, 20)),
    );
  }

  get compatMesa(): bool {
    return (this.flags & 1) != 0;
  }

  get strict(): bool {
    return (this.flags & 2) != 0;
  }

  get allowUnproven(): bool {
    return (this.flags & 4) != 0;
  }

  get cpuOnly(): bool {
    return (this.flags & 8) != 0;
  }

  get exposesAll(): bool {
    return (this.flags & 16) != 0;
  }

  /** Unknown bits, or options that exclude each other. */
  get contradictory(): bool {
    return this.flags > 31 || (this.strict && this.allowUnproven);
  }
}
