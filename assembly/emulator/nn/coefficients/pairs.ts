/**
 * The Huffman code of v8, read two bytes at a time.
 *
 * A byte is a sign and a magnitude: `g = sign ? ~byte : byte`, of L bits from 0 to 7. Each of
 * eight symbols stands for one length, as a map in the buffer's header says. A byte's code has up
 * to three parts:
 *
 * ```
 *  symbol   part 0       part 1       part 2
 *    0      0 + 4 sign                g without its top bit
 *    1      1 + 4 sign                g without its top bit
 *    2      7                         g without its top bit, below it the sign
 *    3      3                         the same
 *    4      6                         the same
 *    5      2            1 + 2 sign   g without its top bit
 *    6      2            2            g without its top bit, below it the sign
 *    7      2            0            the same
 * ```
 *
 * The parts of a pair lie apart, as the pairs run through a pipeline of three stages:
 *
 * ```
 *  step t   │ part 0 of pair t, twice │ part 1 of pair t-1 │ part 2 of pair t-2 │
 * ```
 *
 * and behind the last pair two empty ones drain it.
 */

/** Part 0 of a code that goes on in part 1. */
const LONG: u32 = 2;
/** Codes are told apart by their part 0, or this plus their part 1. */
const LONG_CODES: u32 = 8;
/** What runs through the pipeline ahead of the first pair. */
const NOTHING: u32 = 12;
const CODES: usize = 13;

/** Where a code's sign is. */
const POSITIVE: u8 = 0;
const NEGATIVE: u8 = 1;
const IN_PART_2: u8 = 2;
const NO_CODE: u8 = 3;

class Code {
  constructor(
    public symbol: u32,
    public sign: u8,
  ) {}
}

/** By code, the long ones last. */
const CODE_TABLE: Code[] = [
  new Code(0, POSITIVE),
  new Code(1, POSITIVE),
  new Code(0, NO_CODE),
  new Code(3, IN_PART_2),
  new Code(0, NEGATIVE),
  new Code(1, NEGATIVE),
  new Code(4, IN_PART_2),
  new Code(2, IN_PART_2),
  new Code(7, IN_PART_2),
  new Code(5, POSITIVE),
  new Code(6, IN_PART_2),
  new Code(5, NEGATIVE),
  new Code(0, NO_CODE),
];

/** A part 2 has at most this many bits. */
const WIDEST = 7;

/** Bytes before `target` that decoding also writes to. */
export const LEAD_IN: usize = 4;

export class PairDecoder {
  /** By code: the width of part 2, u8. */
  private widths: usize = heap.alloc(CODES);
  /** By code and part 2: the byte, u8. */
  private bytes: usize = heap.alloc(CODES << WIDEST);

  /** Takes the lengths that the symbols stand for: four bits each, symbol 0 lowest. */
  setSymbols(map: u32): void {
    for (let i: usize = 0; i < CODES; i++) {
      const code = CODE_TABLE[<i32>i];
      if (code.sign == NO_CODE) {
        store<u8>(this.widths + i, 0);
        continue;
      }
      const length = (map >> (code.symbol << 2)) & 7;
      const width = code.sign == IN_PART_2 ? max<u32>(length, 1) : length - (length > 0 ? 1 : 0);
      store<u8>(this.widths + i, <u8>width);
      for (let part2: u32 = 0; part2 >> width == 0; part2++) {
        store<u8>(this.bytes + (i << WIDEST) + part2, byteOf(length, code.sign, part2));
      }
    }
  }

  /**
   * Decodes `count` bytes to `target`, of the `bits` bits at `stream`; false where these are not
   * as many bytes and the pairs that drain the pipeline. The `head` of a stream has more behind it.
   */
  decode(stream: usize, bits: u32, target: usize, count: u32, head: bool = false): bool {
    const end = target + ((count + 1) & ~1);
    let position: u32 = 0;
    let older = NOTHING;
    let olderNext = NOTHING;
    let newer = NOTHING;
    let newerNext = NOTHING;
    for (let out = target - LEAD_IN; out < end; out += 2) {
      if (position > bits) return false;
      // A step takes 24 bits at most.
      let word = <u32>(load<u64>(stream + (position >> 3)) >> (position & 7));
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
      store<u8>(out, this.byte(older, width, word >> used));
      used += width;
      const widthNext = load<u8>(this.widths + olderNext);
      store<u8>(out, this.byte(olderNext, widthNext, word >> used), 1);
      position += used + widthNext;
      older = newer;
      olderNext = newerNext;
      newer = fresh;
      newerNext = freshNext;
    }
    if (head) return position <= bits;
    const odd = (count & 1) != 0;
    if (odd && load<u8>(target + count) != 0) return false;
    const empty: u32 = odd ? 4 : 0;
    const drained = (older ^ empty) | (olderNext ^ empty) | (newer ^ empty) | (newerNext ^ empty);
    return drained == 0 && position == bits;
  }

  private byte(code: u32, width: u32, rest: u32): u8 {
    const part2 = rest & ((1 << width) - 1);
    return load<u8>(this.bytes + (code << WIDEST) + part2);
  }
}

/** The byte of a length and a sign, or the sign in part 2's lowest bit. */
function byteOf(length: u32, sign: u8, part2: u32): u8 {
  const inPart2 = sign == IN_PART_2;
  const negative = inPart2 ? (part2 & 1) != 0 : sign == NEGATIVE;
  const top: u32 = (1 << length) >> 1;
  const magnitude = <u8>(top | (inPart2 ? part2 >> 1 : part2));
  return negative ? ~magnitude : magnitude;
}
