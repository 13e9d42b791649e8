/**
 * A seeded source of numbers, so that a run can be repeated: 32-bit xorshift with the shifts
 * 13, 17, 5 (Marsaglia, "Xorshift RNGs", 2003). The committed models and samples follow from
 * these very numbers, so the generator stays as it is, whatever that of the tests draws.
 */
export class Random {
  private state: number;

  /** `seed` is any integer but 0. */
  constructor(seed: number) {
    this.state = seed | 0;
  }

  /** From 0 up to, not including, 1. */
  next(): number {
    this.state ^= this.state << 13;
    this.state ^= this.state >>> 17;
    this.state ^= this.state << 5;
    return (this.state >>> 0) / 2 ** 32;
  }

  /** From `low` up to, not including, `high`. */
  between(low: number, high: number): number {
    return low + (high - low) * this.next();
  }

  /** Puts the elements into a random order, in place (Fisher and Yates). */
  shuffle<T>(elements: T[]): T[] {
    for (let i = elements.length - 1; i > 0; i--) {
      const j = Math.floor(this.next() * (i + 1));
      [elements[i], elements[j]] = [elements[j] as T, elements[i] as T];
    }
    return elements;
  }
}
