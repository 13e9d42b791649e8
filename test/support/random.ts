/**
 * Pseudo-random numbers for tests, fuzzers and drawn networks; the same seed gives the same numbers
 * anywhere. 32-bit xorshift with the shifts 13, 17, 5 (Marsaglia, "Xorshift RNGs", 2003).
 */
export class Random {
  #state: number;

  /** `stream` tells apart the sequences of one seed; they share nothing that shows. */
  constructor(seed: number, stream?: number) {
    const first = Math.imul(seed, 0x9e3779b9);
    this.#state = (stream === undefined ? first : scramble(scramble(first) ^ stream)) | 1;
  }

  /** 32 random bits, never all zero. */
  bits(): number {
    let state = this.#state;
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    this.#state = state;
    return state >>> 0;
  }

  /** A whole number from 0 to `limit` - 1; 0 where `limit` is 0. */
  below(limit: number): number {
    return this.bits() % Math.max(1, limit);
  }

  /** A whole number from `least` to `most`, both included. */
  integer(least: number, most: number): number {
    return least + this.below(most - least + 1);
  }

  chance(probability: number): boolean {
    return this.bits() < probability * 2 ** 32;
  }

  /** True once in so many times. */
  oneIn(times: number): boolean {
    return this.below(times) === 0;
  }

  pick<T>(items: readonly T[]): T {
    return items[this.below(items.length)] as T;
  }

  bytes(count: number): Uint8Array<ArrayBuffer> {
    return Uint8Array.from({ length: count }, () => this.below(256));
  }
}

/** Mixes 32 bits so that each depends on all (the finalizer of MurmurHash3). */
function scramble(bits: number): number {
  let mixed = bits;
  mixed = Math.imul(mixed ^ (mixed >>> 16), 0x85ebca6b);
  mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2ae35);
  return (mixed ^ (mixed >>> 16)) >>> 0;
}
