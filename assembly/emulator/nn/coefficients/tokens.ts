import { BitReader } from "./bits";
import { TokenOctets } from "./octets";

const LITERAL_BITS: u32 = 8;

/**
 * Zero-run-length coding, read token by token:
 *
 * ```
 *  ┌──────────────┬───────────┐
 *  │ run, n bits  │ literal 8 │   `run` zeros, then the literal (which may be a zero as well)
 *  └──────────────┴───────────┘
 * ```
 */
export class ZeroRunTokens {
  private bits: BitReader = new BitReader();
  private runBits: u32 = 0;
  /** The rest of the current token: its zeros, and whether its literal is still to come. */
  private zeros: i32 = 0;
  private literal: i32 = 0;
  private open: bool = false;
  private octets: TokenOctets = new TokenOctets();

  begin(bits: BitReader, runBits: u32): void {
    this.bits = bits;
    this.runBits = runBits;
    this.open = false;
    this.octets.begin(runBits);
  }

  /** Passes over the zeros ahead, at most `most`; returns how many they were. */
  skip(most: i32): i32 {
    if (!this.open) this.next();
    const skipped = min(this.zeros, most);
    this.zeros -= skipped;
    return skipped;
  }

  /** Passes over so many weights, zeros and literals alike. */
  pass(weights: i64): void {
    if (!this.open) weights -= this.octets.pass(this.bits, weights);
    while (weights > 0 && !this.bits.overrun) {
      weights -= this.skip(<i32>min<i64>(weights, i32.MAX_VALUE));
      if (weights == 0) return;
      this.take();
      weights--;
      if (weights > 0) weights -= this.octets.pass(this.bits, weights);
    }
  }

  /** The literal, once there are no zeros ahead. */
  take(): i32 {
    this.open = false;
    return this.literal;
  }

  /** A word of 32 bits between tokens, or after the current one. */
  word(): u32 {
    return this.bits.read(32);
  }

  /** A kernel's bias stands after the token of its first weight. */
  get hasBiasFirst(): bool {
    return false;
  }

  /** Whether the last token has come to its end. */
  get isBetweenTokens(): bool {
    return !this.open;
  }

  get overrun(): bool {
    return this.bits.overrun;
  }

  private next(): void {
    const token = this.bits.read(this.runBits + LITERAL_BITS);
    this.zeros = token & ((1 << this.runBits) - 1);
    this.literal = token >> this.runBits;
    this.open = true;
  }
}
