/**
 * What takes the weights of one core's stream in order. Zeros and taps are distinguished here,
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
  /** A word follows the token in the making. */
  protected hasLate: bool = false;

  constructor(
    /** The byte that stands for zero, once `flip` is applied. */
    protected zero: u32,
    /** What bytes in memory are combined with (exclusive or). */
    protected flip: u32,
  ) {}

  /** `count` zero weights. */
  abstract zeros(count: u32): void;

  /** Ends the tokens so far: the next weight begins a token of its own. */
  abstract flush(): void;

  /** A word between tokens. */
  abstract word(value: u32): void;

  /** A word after the token that holds the last weight, even if that continues. */
  wordBehindToken(value: u32): void {
    this.hasLate = this.run > 0;
    this.word(value);
  }

  /** Ends a token that a word is to follow, as only one can. */
  flushLate(): void {
    if (this.hasLate) this.flush();
  }

  /** Whether a kernel's bias comes before its first weight. */
  get hasBiasFirst(): bool {
    return false;
  }

  /** The next weight is the first one of a superblock's last kernel. */
  pin(): void {}

  /**
   * The `count` taps of a table at `table`: for each the byte at `base` plus the entry, or zero
   * where the entry is negative. Nearly all time goes here.
   */
  abstract taps(base: usize, table: usize, count: i32): void;

  /** `count` bytes of 0x00, whatever byte stands for zero. */
  blanks(count: i32): void {
    store<u8>(BLANK, this.flip);
    for (let i = 0; i < count; i++) this.taps(BLANK, FIRST_BYTE, 1);
  }
}

export const WIDEST_RUN: u32 = 8;

const BLANK = memory.data(4);
const FIRST_BYTE = memory.data(4);
