/**
 * v8 codes each weight by the bit length of its magnitude, the fewest bits for the lengths
 * that are met most. A byte is seen as signed; L bits (0 … 7) remain of its magnitude once
 * the sign is taken off by complementing, so 0x00 and 0xff both have L = 0.
 *
 * A code has three parts, which the stream keeps apart (see Writer). Which length has which
 * of the eight symbols is free, and stands in the buffer's header:
 *
 *   symbol   part 0     part 1      part 2                        bits, with n = max(L, 1)
 *  ┌────────┬──────────┬───────────┬─────────────────────────────┬──────────┐
 *  │ 0      │ 0 or 4 s │           │ magnitude                   │ 3 + n − 1│
 *  │ 1      │ 1 or 5 s │           │ magnitude                   │ 3 + n − 1│
 *  │ 2      │ 7        │           │ magnitude, sign             │ 3 + n    │
 *  │ 3      │ 3        │           │ magnitude, sign             │ 3 + n    │
 *  │ 4      │ 6        │           │ magnitude, sign             │ 3 + n    │
 *  │ 5      │ 2        │ 1 or 3 s  │ magnitude                   │ 5 + n − 1│
 *  │ 6      │ 2        │ 2         │ magnitude, sign             │ 5 + n    │
 *  │ 7      │ 2        │ 0         │ magnitude, sign             │ 5 + n    │
 *  └────────┴──────────┴───────────┴─────────────────────────────┴──────────┘
 *   s  the larger of the two for a negative weight. The magnitude goes without its topmost
 *      bit, which is 1; the sign is part 2's lowest bit where it is not in part 0 or 1.
 */
export const SYMBOLS = 8;

const PART_0: StaticArray<u8> = [0, 1, 7, 3, 6, 2, 2, 2];
const PART_1: StaticArray<u8> = [0, 0, 0, 0, 0, 1, 2, 0];
/** What a negative sign adds to part 0 or part 1; 0 where part 2 has the sign. */
const SIGN_IN_0: StaticArray<u8> = [4, 4, 0, 0, 0, 0, 0, 0];
const SIGN_IN_1: StaticArray<u8> = [0, 0, 0, 0, 0, 2, 0, 0];
const FIRST_WITH_PART_1 = 5;

/** Bits that a weight bit length costs with a symbol. */
export function codeBits(symbol: i32, length: i32): i32 {
  const signed = SIGN_IN_0[symbol] != 0 || SIGN_IN_1[symbol] != 0;
  const head = symbol >= FIRST_WITH_PART_1 ? 5 : 3;
  return head + max(length, 1) - (signed ? 1 : 0);
}

/** How many bits the magnitude of a byte has, seen as signed. */
export function magnitudeLength(byte: u32): i32 {
  return 32 - (clz<u32>(magnitude(byte)) as i32);
}

function magnitude(byte: u32): u32 {
  return (byte & 0x80) != 0 ? ~byte & 0xff : byte;
}

/**
 * The codes of all 256 bytes for one assignment of lengths to symbols.
 *
 *   15 14 13      10  9                3  2        0
 *  ┌─────┬──────────┬──────────────────┬───────────┐
 *  │     │ bits of  │ part 2           │ part 0    │   and, where there is a part 1, the two
 *  │     │ part 2   │                  │           │   bits 17:16, marked by bit 18
 *  └─────┴──────────┴──────────────────┴───────────┘
 */
export class CodeBook {
  codes: StaticArray<u32> = new StaticArray<u32>(256);

  /** `lengths`: the length that each symbol stands for. */
  constructor(public lengths: StaticArray<i32>) {
    const symbolOf = new StaticArray<i32>(SYMBOLS);
    for (let symbol = 0; symbol < SYMBOLS; symbol++) symbolOf[lengths[symbol]] = symbol;
    for (let byte: u32 = 0; byte < 256; byte++) {
      this.codes[byte] = encodeByte(byte, symbolOf[magnitudeLength(byte)]);
    }
  }

  /** Four bits for each symbol, symbol 0 the lowest. */
  get header(): u32 {
    let word: u32 = 0;
    for (let symbol = 0; symbol < SYMBOLS; symbol++) word |= this.lengths[symbol] << (4 * symbol);
    return word;
  }
}

function encodeByte(byte: u32, symbol: i32): u32 {
  const sign = byte >> 7;
  const length = magnitudeLength(byte);
  const rest = length == 0 ? 0 : magnitude(byte) & ((1 << (length - 1)) - 1);
  const signed = SIGN_IN_0[symbol] != 0 || SIGN_IN_1[symbol] != 0;
  const part0: u32 = PART_0[symbol] + SIGN_IN_0[symbol] * sign;
  const part1: u32 = PART_1[symbol] + SIGN_IN_1[symbol] * sign;
  const part2 = signed ? rest : (rest << 1) | sign;
  const bits = max(length, 1) - (signed ? 1 : 0);
  const second = symbol >= FIRST_WITH_PART_1 ? (1 << 18) | (part1 << 16) : 0;
  return part0 | (part2 << 3) | (bits << 10) | second;
}
