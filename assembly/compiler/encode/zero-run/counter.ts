import { Sink, WIDEST_RUN } from "./sink";

/** Counts the tokens of a stream for all run widths at once. */
export class Counter extends Sink {
  private words: u32 = 0;
  private literals: u32 = 0;
  /** Tokens besides one for each literal, by run width. */
  private extra: StaticArray<u32> = new StaticArray<u32>(WIDEST_RUN + 1);

  /** Bits of the whole stream with runs of `width` bits. */
  bits(width: i32): u64 {
    const tokens = (this.literals as u64) + (this.extra[width] as u64);
    return tokens * ((width + 8) as u64) + ((this.words as u64) << 5);
  }

  zeros(count: u32): void {
    this.run += count;
  }

  taps(base: usize, table: usize, count: i32): void {
    let literals: u32 = 0;
    for (const end = table + ((count as usize) << 2); table < end; table += 4) {
      const offset = load<i32>(table);
      if (offset < 0 || ((load<u8>(base + offset) as u32) ^ this.flip) == this.zero) {
        this.run++;
      } else {
        literals++;
        if (this.run != 0) this.settle(0);
      }
    }
    this.literals += literals;
  }

  flush(): void {
    if (this.run != 0) this.settle(1);
  }

  word(_value: u32): void {
    this.words++;
  }

  /** Counts the pending run, `up`: with a token of its own for the remainder. */
  private settle(up: u32): void {
    for (let width: u32 = 0; width <= WIDEST_RUN; width++) {
      const round = up * ((1 << width) - 1);
      this.extra[width] += (this.run + round) >> width;
    }
    this.run = 0;
    this.hasLate = false;
  }
}
