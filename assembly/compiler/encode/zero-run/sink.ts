/**
 * What takes the weights of one core's stream in order. Zeros and taps are told apart here,
 * so that a run of zeros, however long, is one call.
 *
 * A token is a run of zeros and one literal after it:
 *
 *   w + 7         w  w − 1       0
 *  ┌───────────────┬──────────────┐
 *  │ literal byte  │ zeros before │      w: run bits, 0 … 8; none: each weight is a literal
 *  └───────────────┴──────────────┘
 *
 * A run holds 2ʷ − 1 zeros at most; the zero after that many is itself a literal. Hence R
 * zeros before a literal cost ⌊R / 2ʷ⌋ tokens more than the literal's own, and R zeros before
 * a flush cost ⌈R / 2ʷ⌉.
 */
export abstract class Sink {
  /** Zeros that no token holds yet. */
  protected run: u32 = 0;

  constructor(
    /** The byte that stands for zero. */
    protected zero: u32,
  ) {}

  /** `count` zero weights. */
  abstract zeros(count: u32): void;

  /** The byte `value`, which is not `zero`. */
  abstract literal(value: u32): void;

  /** Ends the tokens so far: the next weight begins a token of its own. */
  abstract flush(): void;

  /** A word between tokens. */
  abstract word(value: u32): void;

  /** Taps `from` to `to` of a table: bytes at `base` plus the table's entry; negative: zero. */
  taps(base: usize, table: usize, from: i32, to: i32): void {
    for (let i = from; i < to; i++) {
      const offset = load<i32>(table + ((i as usize) << 2));
      const value: u32 = offset < 0 ? this.zero : load<u8>(base + offset);
      if (value == this.zero) this.zeros(1);
      else this.literal(value);
    }
  }

  /** `count` bytes of 0x00, whatever byte stands for zero. */
  blanks(count: u32): void {
    if (this.zero == 0) this.zeros(count);
    else for (let i: u32 = 0; i < count; i++) this.literal(0);
  }
}

export const WIDEST_RUN: u32 = 8;
