import { HuffmanHeader } from "./header";

/**
 * The Huffman code of v8, read two bytes at a time.
 *
 * Each of eight symbols stands for a length, as a map in the buffer's header says, and a length for
 * values of so many bits:
 *
 * ```
 *  length    without run lengths            with them
 *    0       the sign: 0x00 or 0xff         1 bit: entry 0 or 1 of the table of runs
 *   1…6      ±g: g without its top bit, below it the sign (of `length` bits altogether)
 *    7       the same                       8 bits: the byte itself
 *    8                                      1 to 4 bits: entries from 2 on of the table of runs
 * ```
 *
 * where g has `length` bits and -g is ~g without run lengths, 0 - g with them. A code has up to
 * three parts:
 *
 * ```
 *  symbol   part 0       part 1      part 2
 *    0      0 + 4 low                value without its lowest bit (low)
 *    1      1 + 4 low                the same
 *    2      7                        value
 *    3      3                        value
 *    4      6                        value
 *    5      2            1 + 2 low   value without its lowest bit
 *    6      2            2           value
 *    7      2            0           value
 * ```
 *
 * The parts of a pair lie apart, as the pairs run through a pipeline of three stages:
 *
 * ```
 *  step t   │ part 0 of pair t, twice │ part 1 of pair t-1 │ part 2 of pair t-2 │
 * ```
 *
 * and after the last pair two empty ones drain it.
 */

/** Part 0 of a code that has a part 1. */
const LONG: u32 = 2;
/** Codes are distinguished by their part 0, or this plus their part 1. */
const LONG_CODES: u32 = 8;
/** What runs through the pipeline ahead of the first pair. */
const NOTHING: u32 = 12;
const CODES: usize = 13;

/** Where the lowest bit of a code's value is. */
const CLEAR: u8 = 0;
const SET: u8 = 1;
const IN_PART_2: u8 = 2;
const NO_CODE: u8 = 3;

class Code {
  constructor(
    public symbol: u32,
    public low: u8,
  ) {}
}

/** By code, the long ones last. */
const CODE_TABLE: Code[] = [
  new Code(0, CLEAR),
  new Code(1, CLEAR),
  new Code(0, NO_CODE),
  new Code(3, IN_PART_2),
  new Code(0, SET),
  new Code(1, SET),
  new Code(4, IN_PART_2),
  new Code(2, IN_PART_2),
  new Code(7, IN_PART_2),
  new Code(5, CLEAR),
  new Code(6, IN_PART_2),
  new Code(5, SET),
  new Code(0, NO_CODE),
];

/** A part 2 has at most this many bits. */
const WIDEST = 8;
const ITEM_LOG2 = 1;

/** What a code stands for: a byte, or this plus a number of zeros. */
export const RUN: u32 = 0x100;
export const ITEM_BYTES: usize = 2;

/** The shortest and the longest code, in bits; a value of 8 bits comes with run lengths only. */
export const SHORTEST_CODE: u64 = 3;
export const LONGEST_CODE: u64 = 12;
export const LONGEST_CODE_WITH_RUNS: u64 = 13;

export class PairDecoder {
  /** By code: the width of part 2, u8. */
  private widths: usize = heap.alloc(CODES);
  /** By code and part 2: the item, u16. */
  private items: usize = heap.alloc((CODES << WIDEST) << ITEM_LOG2);
  private stream: usize = 0;
  private bits: u32 = 0;
  private position: u32 = 0;
  /** Codes in the pipeline: of the pair that comes out next, and of the one after it. */
  private older: u32 = NOTHING;
  private olderNext: u32 = NOTHING;
  private newer: u32 = NOTHING;
  private newerNext: u32 = NOTHING;

  setCodes(header: HuffmanHeader): void {
    for (let i: usize = 0; i < CODES; i++) {
      const code = CODE_TABLE[<i32>i];
      const entries = this.items + ((i << WIDEST) << ITEM_LOG2);
      store<u8>(this.widths + i, 0);
      store<u16>(entries, 0);
      if (code.low == NO_CODE) continue;
      const length = (header.symbolMap >> (code.symbol << 2)) & 15;
      const inPart2 = code.low == IN_PART_2;
      const width = widthOf(length, header.runLengths) - (inPart2 ? 0 : 1);
      store<u8>(this.widths + i, <u8>width);
      for (let part2: u32 = 0; part2 >> width == 0; part2++) {
        const value = inPart2 ? part2 : (part2 << 1) | code.low;
        store<u16>(entries + (part2 << ITEM_LOG2), <u16>itemOf(length, value, header));
      }
    }
  }

  /** Begins a stream of so many bits. */
  begin(stream: usize, bits: u32): void {
    this.stream = stream;
    this.bits = bits;
    this.position = 0;
    this.older = this.olderNext = this.newer = this.newerNext = NOTHING;
  }

  /** The stream has come to its end, or beyond it. */
  get ended(): bool {
    return this.position >= this.bits;
  }

  /** The last step reached over the stream's end. */
  get overrun(): bool {
    return this.position > this.bits;
  }

  /** Whether the stream ended where a step ends, after two empty pairs; they depend on `odd`. */
  drained(odd: bool): bool {
    const empty: u32 = odd ? 4 : 0;
    const others =
      (this.older ^ empty) |
      (this.olderNext ^ empty) |
      (this.newer ^ empty) |
      (this.newerNext ^ empty);
    return this.position == this.bits && others == 0;
  }

  /** Takes up to so many steps, and gives how many; each stores the two items that come out of it. */
  decode(target: usize, steps: i32): i32 {
    const bits = this.bits;
    let position = this.position;
    let older = this.older;
    let olderNext = this.olderNext;
    let newer = this.newer;
    let newerNext = this.newerNext;
    let step = 0;
    for (; step < steps && position < bits; step++) {
      // A step takes 26 bits at most.
      let word = <u32>(load<u64>(this.stream + (position >> 3)) >> (position & 7));
      let used: u32 = 6;
      const fresh = word & 7;
      const freshNext = (word >> 3) & 7;
      if (newer == LONG) {
        newer = LONG_CODES + ((word >> used) & 3);
        used += 2;
      }
      if (newerNext == LONG) {
        newerNext = LONG_CODES + ((word >> used) & 3);
        used += 2;
      }
      const width = load<u8>(this.widths + older);
      store<u16>(target, this.item(older, width, word >> used));
      used += width;
      const widthNext = load<u8>(this.widths + olderNext);
      store<u16>(target, this.item(olderNext, widthNext, word >> used), ITEM_BYTES);
      target += 2 * ITEM_BYTES;
      position += used + widthNext;
      older = newer;
      olderNext = newerNext;
      newer = fresh;
      newerNext = freshNext;
    }
    this.position = position;
    this.older = older;
    this.olderNext = olderNext;
    this.newer = newer;
    this.newerNext = newerNext;
    return step;
  }

  private item(code: u32, width: u32, rest: u32): u16 {
    const part2 = rest & ((1 << width) - 1);
    return load<u16>(this.items + (((code << WIDEST) + part2) << ITEM_LOG2));
  }
}

/** Bits of a length's values. */
function widthOf(length: u32, runLengths: u32): u32 {
  if (runLengths == 0) return max<u32>(length, 1);
  if (length == 8) return 31 - clz(runLengths - 2);
  return length == 0 ? 1 : length == 7 ? 8 : length;
}

function itemOf(length: u32, value: u32, header: HuffmanHeader): u32 {
  const hasRuns = header.runLengths != 0;
  if (hasRuns && length == 0) return RUN + header.zerosOf(value);
  if (hasRuns && length == 8) return RUN + header.zerosOf(2 + value);
  if (hasRuns && length == 7) return value;
  const top: u32 = (1 << length) >> 1;
  const magnitude = top | (value >> 1);
  if ((value & 1) == 0) return magnitude;
  return (hasRuns ? 0 - magnitude : ~magnitude) & 0xff;
}
