import { CodeBook } from "./code-book";
import { RunTable } from "./runs";
import { Sink, weightAt } from "./sink";

/**
 * Writes one core's stream. Codes go in pairs, and a pair's parts lie steps apart, so that
 * the decoder can look at them in a pipeline:
 *
 *     step t:  part 0 of both codes of pair t         (3 + 3 bits)
 *              part 1 of those of pair t − 1          (0, 2 or 4 bits)
 *              part 2 of both codes of pair t − 2
 */
export class Writer extends Sink {
  private bits: u64 = 0;
  private pending: u32 = 0;
  private pointer: usize;
  private codes: usize;
  private runs: RunTable | null;
  /** Zeros that are not written yet. */
  private zerosAhead: u32 = 0;
  private isOdd: bool = false;
  // Codes of the pair being filled, and of the two pairs before it.
  private first: u32 = 0;
  private before: u64 = 0;
  private beforeThat: u64 = 0;

  /** The memory at `start` must be zero and hold all that will be written. */
  constructor(
    book: CodeBook,
    private start: usize,
  ) {
    super();
    this.pointer = start;
    this.codes = changetype<usize>(book.codes);
    this.runs = book.runs;
  }

  literal(value: u32): void {
    this.endRun();
    this.code(value);
  }

  zeros(count: u32): void {
    this.zerosAhead += count;
  }

  /** The code of a byte or, from 256 on, of an entry of the table of runs. */
  private code(index: u32): void {
    const code = load<u32>(this.codes + ((index as usize) << 2));
    this.isOdd = !this.isOdd;
    if (this.isOdd) this.first = code;
    else this.step(this.first, code);
  }

  taps(base: usize, table: usize, count: i32, zero: u32, flip: u32): void {
    for (const end = table + ((count as usize) << 2); table < end; table += 4) {
      const weight = weightAt(base, table, zero, flip);
      if (weight == 0) {
        this.zerosAhead++;
        continue;
      }
      if (this.zerosAhead != 0) this.endRun();
      this.code(weight);
    }
  }

  /**
   * Drains the pipeline with two pairs of a code that has no other parts. Gives the stream's
   * bits; what follows them up to the next multiple of 64 bytes stays zero.
   */
  finish(): u32 {
    this.endRun();
    const drain: u32 = this.isOdd ? 4 : 0;
    if (this.isOdd) this.code(0);
    this.step(drain, drain);
    this.step(drain, drain);
    const bits = ((this.pointer - this.start) as u32) * 8 + this.pending;
    if (this.pending != 0) store<u32>(this.pointer, this.bits as u32);
    return bits;
  }

  private endRun(): void {
    const runs = this.runs;
    while (this.zerosAhead > 0) {
      const entry = runs == null ? -1 : runs.next(this.zerosAhead);
      this.code(entry < 0 ? 0 : 256 + entry);
      this.zerosAhead -= runs == null || entry < 0 ? 1 : runs.zeros[entry];
    }
  }

  private step(first: u32, second: u32): void {
    this.put((first & 7) | ((second & 7) << 3), 6);
    this.putPart1(this.before as u32);
    this.putPart1((this.before >> 32) as u32);
    this.putPart2(this.beforeThat as u32);
    this.putPart2((this.beforeThat >> 32) as u32);
    this.beforeThat = this.before;
    this.before = (first as u64) | ((second as u64) << 32);
  }

  private putPart1(code: u32): void {
    if ((code & (1 << 18)) != 0) this.put((code >> 16) & 3, 2);
  }

  private putPart2(code: u32): void {
    this.put((code >> 3) & 0xff, (code >> 11) & 15);
  }

  private put(value: u32, count: u32): void {
    this.bits |= (value as u64) << this.pending;
    this.pending += count;
    if (this.pending < 32) return;
    store<u32>(this.pointer, this.bits as u32);
    this.pointer += 4;
    this.bits >>= 32;
    this.pending -= 32;
  }
}
