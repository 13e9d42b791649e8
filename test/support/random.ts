/** Pseudo-random numbers that are the same in every run (xorshift, 32 bits). */
export class Random {
  #state: number;

  /** `stream` tells apart the sequences of one seed; they share nothing that shows. */
  constructor(seed: number, stream?: number) {
    const first = Math.imul(seed, 0x9e3779b9);
    this.#state = (stream === undefined ? first : scramble(scramble(first) ^ stream)) | 1;
  }

  /** A whole number from `least` to `most`, both included. */
  integer(least: number, most: number): number {
    let state = this.#state;
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    this.#state = state;
    return least + ((state >>> 0) % (most - least + 1));
  }

  /** True once in so many times. */
  oneIn(times: number): boolean {
    return this.integer(1, times) === 1;
  }

  pick<T>(items: readonly T[]): T {
    return items[this.integer(0, items.length - 1)] as T;
  }

  bytes(count: number): Uint8Array {
    return Uint8Array.from({ length: count }, () => this.integer(0, 255));
  }
}

/** Mixes 32 bits so that each depends on all (the finalizer of MurmurHash3). */
function scramble(bits: number): number {
  let mixed = bits;
  mixed = Math.imul(mixed ^ (mixed >>> 16), 0x85ebca6b);
  mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2ae35);
  return (mixed ^ (mixed >>> 16)) >>> 0;
}
