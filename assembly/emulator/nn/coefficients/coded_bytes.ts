import { HuffmanHeader } from "./header";
import { ITEM_BYTES, PairDecoder, RUN } from "./pairs";

/** Steps of the decoder at a time. */
const STEPS: usize = 256;
/** For the first two bytes, which are all that a dry run may want. */
const FIRST_STEPS = 1;
/** Steps until the first pair comes out of the pipeline. */
const LEAD_IN = 2;

/** The bytes of a Huffman coded stream, one after the other or, where they are zeros, many at once. */
export class CodedBytes {
  private pairs: PairDecoder = new PairDecoder();
  private averageBias: u32 = 0;
  /** Whether what a run stands for are weights of 0. */
  private skipsRuns: bool = false;

  private items: usize = heap.alloc(STEPS * 2 * ITEM_BYTES);
  /** Pointers to the next item and after the last one that has been decoded. */
  private at: usize = 0;
  private end: usize = 0;
  /** What is left of a run. */
  private run: u32 = 0;
  private isOdd: bool = false;
  private ranOut: bool = false;

  /** More has been read than there is; what was taken last means nothing. */
  get overrun(): bool {
    return this.ranOut || this.pairs.overrun;
  }

  /** Takes the codes of a buffer in which the byte `zero` is the weight 0. */
  setCodes(header: HuffmanHeader, zero: u32): void {
    this.pairs.setCodes(header);
    this.averageBias = header.averageBias;
    this.skipsRuns = header.averageBias == zero;
  }

  /** Begins a stream of so many bits. */
  begin(stream: usize, bits: u32): void {
    this.pairs.begin(stream, bits);
    this.pairs.decode(this.items, LEAD_IN);
    this.run = 0;
    this.isOdd = false;
    this.ranOut = false;
    this.fill(FIRST_STEPS);
  }

  /** Passes over weights of 0 ahead, at most `most`; gives how many they were, maybe fewer than there are. */
  skip(most: i32): i32 {
    if (!this.skipsRuns) return 0;
    let left = <u32>most;
    while (left > 0) {
      if (this.run == 0 && !this.openRun()) break;
      const skipped = min(this.run, left);
      this.run -= skipped;
      left -= skipped;
    }
    return most - <i32>left;
  }

  /** The next byte; 0 after the end. */
  take(): i32 {
    if (this.run == 0 && !this.openRun()) {
      if (this.ranOut) return 0;
      return <i32>((this.nextItem() + this.averageBias) & 0xff);
    }
    this.run--;
    return <i32>this.averageBias;
  }

  /** Passes over so many bytes. */
  pass(bytes: i64): void {
    while (bytes > 0 && !this.ranOut) {
      if (this.run == 0 && !this.openRun()) {
        if (this.ranOut) return;
        this.nextItem();
        bytes--;
        continue;
      }
      const passed = min<i64>(this.run, bytes);
      this.run -= <u32>passed;
      bytes -= passed;
    }
  }

  /** The next four bytes as a word. */
  word(): u32 {
    let word: u32 = 0;
    for (let shift = 0; shift < 32; shift += 8) word |= (<u32>this.take()) << shift;
    return word;
  }

  /** Of v7's kernels in this code: the bias comes before the first weight. */
  get hasBiasFirst(): bool {
    return true;
  }

  /** Words are bytes like all others, so a run may reach over them. */
  get isBetweenTokens(): bool {
    return true;
  }

  /** Whether all has been taken but for a byte 0 that makes the items even, and the end is one. */
  finish(): bool {
    if (this.run > 0 || this.ranOut) return false;
    const odd = this.isOdd;
    if (odd && this.nextItem() != 0) return false;
    if (this.at == this.end && !this.pairs.ended) this.fill(<i32>STEPS);
    return this.at == this.end && this.pairs.drained(odd);
  }

  /** Takes the next item if it is a run; false where it is a byte or there is none. */
  private openRun(): bool {
    if (this.at == this.end && !this.fill(<i32>STEPS)) {
      this.ranOut = true;
      return false;
    }
    const item = load<u16>(this.at);
    if (item < RUN) return false;
    this.nextItem();
    this.run = <u32>item - RUN;
    return true;
  }

  private nextItem(): u32 {
    const item = load<u16>(this.at);
    this.at += ITEM_BYTES;
    this.isOdd = !this.isOdd;
    return item;
  }

  /** Decodes more; false where there is no more. */
  private fill(steps: i32): bool {
    this.at = this.items;
    this.end = this.items + <usize>this.pairs.decode(this.items, steps) * 2 * ITEM_BYTES;
    return this.end > this.at;
  }
}
