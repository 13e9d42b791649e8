import { MOST_ENTRIES, RunTable } from "./runs";

/**
 * v8 codes each byte by its bit length, the fewest bits for the lengths that are met most. A byte is
 * seen as signed. Without run lengths, L bits (0 … 7) remain of a negative byte once it is
 * complemented, so 0x00 and 0xff both have L = 0. With run lengths it is negated instead, and some
 * lengths mean something else:
 *
 *   length   value                                                bits of the value
 *  ┌────────┬────────────────────────────────────────────────────┬─────────────────┐
 *  │ 1 … 7  │ magnitude without its topmost 1, below it the sign │ L               │
 *  │ 0      │ the sign                                           │ 1               │
 *  ├────────┼────────────────────────────────────────────────────┼─────────────────┤  with runs:
 *  │ 0      │ a run by the first two entries of the table        │ 1               │
 *  │ 7      │ the byte itself                                    │ 8               │
 *  │ 8      │ a run by the other entries                         │ 1, 2, 3 or 4    │
 *  └────────┴────────────────────────────────────────────────────┴─────────────────┘
 *
 * There are eight symbols for the lengths, so with run lengths one of 1 … 6 has none: its bytes are
 * coded as they are. A code has three parts, which the stream keeps apart (see Writer). Which length
 * has which symbol is free, and stands in the buffer's header:
 *
 *   symbol   part 0       part 1        part 2                    bits
 *  ┌────────┬────────────┬─────────────┬─────────────────────────┬────────────┐
 *  │ 0      │ 0 or 4 low │             │ value without lowest bit│ 2 + value's│
 *  │ 1      │ 1 or 5 low │             │ the same                │ 2 + value's│
 *  │ 2      │ 7          │             │ value                   │ 3 + value's│
 *  │ 3      │ 3          │             │ value                   │ 3 + value's│
 *  │ 4      │ 6          │             │ value                   │ 3 + value's│
 *  │ 5      │ 2          │ 1 or 3 low  │ value without lowest bit│ 4 + value's│
 *  │ 6      │ 2          │ 2           │ value                   │ 5 + value's│
 *  │ 7      │ 2          │ 0           │ value                   │ 5 + value's│
 *  └────────┴────────────┴─────────────┴─────────────────────────┴────────────┘
 *   low  the larger of the two where the value's lowest bit is set
 */
export const SYMBOLS = 8;
/** Lengths from 0 to 8. */
export const LENGTHS = 9;
/** With run lengths: bytes as they are, and the entries of the table. */
export const VERBATIM = 7;
export const FIRST_RUNS = 0;
export const OTHER_RUNS = 8;

const PART_0: StaticArray<u8> = [0, 1, 7, 3, 6, 2, 2, 2];
const PART_1: StaticArray<u8> = [0, 0, 0, 0, 0, 1, 2, 0];
/** What a value's lowest bit adds to part 0 or part 1; 0 where part 2 has it. */
const LOW_IN_0: StaticArray<u8> = [4, 4, 0, 0, 0, 0, 0, 0];
const LOW_IN_1: StaticArray<u8> = [0, 0, 0, 0, 0, 2, 0, 0];
const FIRST_WITH_PART_1 = 5;

/** Bits that a symbol adds to those of its values. */
export const SYMBOL_BITS: StaticArray<i32> = [2, 2, 3, 3, 3, 4, 5, 5];

/** Bits of a length's values. */
export function valueBits(length: i32, runs: RunTable | null): i32 {
  if (runs == null || (length > 0 && length < VERBATIM)) return max(length, 1);
  if (length == OTHER_RUNS) return runs.otherBits;
  return length == VERBATIM ? 8 : 1;
}

/** The length of a byte. */
export function lengthOf(byte: u32, hasRuns: bool): i32 {
  const length = 32 - (clz<u32>(magnitude(byte, hasRuns)) as i32);
  return hasRuns && (length == 0 || length > VERBATIM) ? VERBATIM : length;
}

function magnitude(byte: u32, hasRuns: bool): u32 {
  if ((byte & 0x80) == 0) return byte;
  return (hasRuns ? 0 - byte : ~byte) & 0xff;
}

/** The value that stands for a byte of such a length. */
function valueOf(byte: u32, length: i32, hasRuns: bool): u32 {
  if (hasRuns && length == VERBATIM) return byte;
  const rest = length == 0 ? 0 : magnitude(byte, hasRuns) & ((1 << (length - 1)) - 1);
  return (rest << 1) | (byte >> 7);
}

/**
 * The codes of all 256 bytes, and of the entries of a table of runs, for one assignment of lengths
 * to symbols.
 *
 *   31   18 17 16 15 14      11 10               3  2        0
 *  ┌────┬──┬─────┬──┬──────────┬──────────────────┬───────────┐
 *  │    │P │part 1│  │ bits of  │ part 2           │ part 0    │   P: there is a part 1
 *  │    │  │      │  │ part 2   │                  │           │
 *  └────┴──┴─────┴──┴──────────┴──────────────────┴───────────┘
 */
export class CodeBook {
  /** By byte, and after them by entry. */
  codes: StaticArray<u32> = new StaticArray<u32>(256 + MOST_ENTRIES);

  /** `lengths`: the length that each symbol stands for. */
  constructor(
    public lengths: StaticArray<i32>,
    public runs: RunTable | null,
  ) {
    const symbolOf = new StaticArray<i32>(LENGTHS).fill(-1);
    for (let symbol = 0; symbol < SYMBOLS; symbol++) symbolOf[lengths[symbol]] = symbol;
    const hasRuns = runs != null;
    for (let byte: u32 = 0; byte < 256; byte++) {
      let length = lengthOf(byte, hasRuns);
      if (symbolOf[length] < 0) length = VERBATIM;
      const value = valueOf(byte, length, hasRuns);
      this.codes[byte] = encode(symbolOf[length], value, valueBits(length, runs));
    }
    const entries = runs == null ? 0 : runs.size;
    for (let entry = 0; entry < entries; entry++) {
      const length = entry < 2 ? FIRST_RUNS : OTHER_RUNS;
      const value: u32 = entry < 2 ? entry : entry - 2;
      this.codes[256 + entry] = encode(symbolOf[length], value, valueBits(length, runs));
    }
  }

  /** Four bits for each symbol, symbol 0 the lowest. */
  get header(): u32 {
    let word: u32 = 0;
    for (let symbol = 0; symbol < SYMBOLS; symbol++) word |= this.lengths[symbol] << (4 * symbol);
    return word;
  }
}

function encode(symbol: i32, value: u32, valueBits: i32): u32 {
  const isSplit = LOW_IN_0[symbol] != 0 || LOW_IN_1[symbol] != 0;
  const low = value & 1;
  const part0: u32 = PART_0[symbol] + LOW_IN_0[symbol] * low;
  const part1: u32 = PART_1[symbol] + LOW_IN_1[symbol] * low;
  const part2 = isSplit ? value >> 1 : value;
  const bits = valueBits - (isSplit ? 1 : 0);
  const second = symbol >= FIRST_WITH_PART_1 ? (1 << 18) | (part1 << 16) : 0;
  return part0 | (part2 << 3) | (bits << 11) | second;
}
