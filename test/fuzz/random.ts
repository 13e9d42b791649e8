/** A small generator of pseudo-random numbers: the same seed gives the same numbers anywhere. */
export class Random {
  private state: number;

  /** `stream` tells apart the sequences of one seed. */
  constructor(seed: number, stream = 0) {
    this.state = scramble(scramble(seed) ^ stream);
  }

  /** 32 random bits: a Weyl sequence, scrambled. */
  bits(): number {
    this.state = (this.state + 0x9e3779b9) | 0;
    return scramble(this.state);
  }

  /** An integer from 0 to `limit` - 1. */
  below(limit: number): number {
    return Math.floor((this.bits() / 2 ** 32) * limit);
  }

  chance(probability: number): boolean {
    return this.bits() < probability * 2 ** 32;
  }

  pick<T>(from: readonly T[]): T {
    return from[this.below(from.length)] as T;
  }
}

/** Mixes 32 bits so that each depends on all (the finalizer of MurmurHash3). */
function scramble(bits: number): number {
  let mixed = bits;
  mixed = Math.imul(mixed ^ (mixed >>> 16), 0x85ebca6b);
  mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2ae35);
  return (mixed ^ (mixed >>> 16)) >>> 0;
}
