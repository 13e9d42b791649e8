import { Sink } from "./sink";

/** Writes a stream with one run width, bits from the lowest up, into zero-filled memory. */
export class Writer extends Sink {
  private bits: u64 = 0;
  private pending: u32 = 0;
  private longest: u32;
  private late: u32 = 0;

  /** `width`: run bits. The memory at `pointer` must hold all that will be written. */
  constructor(
    zero: u32,
    flip: u32,
    private width: u32,
    private pointer: usize,
  ) {
    super(zero, flip);
    this.longest = (1 << width) - 1;
  }

  zeros(count: u32): void {
    let run = this.run + count;
    while (run > this.longest) {
      this.token(this.longest, this.zero);
      run -= this.longest + 1;
    }
    this.run = run;
  }

  taps(base: usize, table: usize, count: i32): void {
    for (const end = table + ((count as usize) << 2); table < end; table += 4) {
      const offset = load<i32>(table);
      const value: u32 = offset < 0 ? this.zero : (load<u8>(base + offset) as u32) ^ this.flip;
      if (value == this.zero && this.run < this.longest) {
        this.run++;
      } else {
        this.token(this.run, value);
        this.run = 0;
      }
    }
  }

  flush(): void {
    if (this.run == 0) return;
    this.token(this.run - 1, this.zero);
    this.run = 0;
  }

  word(value: u32): void {
    this.put(value, 32);
  }

  wordBehindToken(value: u32): void {
    if (this.run == 0) {
      this.word(value);
      return;
    }
    this.late = value;
    this.hasLate = true;
  }

  private token(run: u32, literal: u32): void {
    this.put(run | (literal << this.width), this.width + 8);
    if (!this.hasLate) return;
    this.word(this.late);
    this.hasLate = false;
  }

  /** Appends `count` bits, 32 at most. */
  put(value: u32, count: u32): void {
    this.bits |= (value as u64) << this.pending;
    this.pending += count;
    if (this.pending < 32) return;
    store<u32>(this.pointer, this.bits as u32);
    this.pointer += 4;
    this.bits >>= 32;
    this.pending -= 32;
  }

  /** Writes out the last, partly filled word. */
  finish(): void {
    if (this.pending != 0) store<u32>(this.pointer, this.bits as u32);
  }
}
