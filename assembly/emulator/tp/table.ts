import { hex } from "../../diagnostics/text";
import { badDescriptor } from "../descriptor";
import { noteRange, RecordRange } from "../extents";
import { spend } from "../jobs";
import { resolveWords } from "../memory/buffers";

/**
 * A function of one number as a table in memory gives it: 1024 words, each a float of 21 bits.
 * The input is made such a float too, and split in two:
 *
 * ```
 *  20 19      15 14     11 10                  0
 * ┌──┬──────────┬────────────────────────────────┐
 * │ S│ exponent │            mantissa            │   1.mantissa * 2^(exponent - 15)
 * └──┴──────────┴────────────────────────────────┘   exponent 0: 0.mantissa * 2^-14
 * └── a word of the table ─┴── way to the next ───┘
 * ```
 *
 * So the first 512 words are for positive numbers, the others for negative ones, both from zero
 * outwards. A table without a half for negative numbers has twice as many words for magnitudes, by
 * one more bit of the mantissa; negative numbers give -f(-x). A word holds the function where its stretch begins; on the way to the next word the
 * function runs straight. (In steps instead, RELU's recorded tables would be off by up to 7.)
 * What exponent 31 stands for is not known; bytes do not come near it.
 */

const WORDS = 1024;
const MANTISSA_BITS: i32 = 15;
const BIAS: i32 = 15;
const SIGN: u32 = 1 << 20;
/** Bits of the way to the next word in a table with two halves. */
const WAY_BITS: i32 = 11;

export class FunctionTable {
  private words: usize = 0;

  /** Takes the table at an address; false where it is not mapped or not understood. */
  read(address: u32): bool {
    this.words = resolveWords(address, WORDS << 2, "the function's table");
    if (this.words == 0 || !spend(WORDS << 2)) return false;
    noteRange(RecordRange.WORDS, address, WORDS << 2);
    for (let i = 0; i < WORDS; i++) {
      const word = load<u32>(this.words + (i << 2));
      if (word >= SIGN << 1 || exponentOf(word) == 31) {
        return badDescriptor("finite floats of 21 bits in the function's table", hex(word));
      }
    }
    return true;
  }

  /**
   * The function of `input / 2^shift`, the input below 2^16 in magnitude, the shift below 15. The
   * table has two halves, or the function is odd.
   */
  at(input: i32, shift: i32, hasHalves: bool): f64 {
    if (hasHalves) return this.word(toFloat(input, shift), WAY_BITS);
    const positive = this.word(toFloat(abs(input), shift), WAY_BITS - 1);
    return input < 0 ? -positive : positive;
  }

  private word(float: u32, wayBits: u32): f64 {
    const word = this.words + ((float >> wayBits) << 2);
    const way = <f64>(float & ((1 << wayBits) - 1)) / <f64>(1 << wayBits);
    const from = toNumber(load<u32>(word));
    return from + (toNumber(load<u32>(word, 4)) - from) * way;
  }
}

/** `value / 2^shift`, exact, as a mantissa has all bits of a number below 2^16 but its leading one. */
function toFloat(value: i32, shift: i32): u32 {
  if (value == 0) return 0;
  const magnitude = <u32>abs(value);
  const leading = 31 - clz<u32>(magnitude);
  const mantissa = (magnitude << (MANTISSA_BITS - leading)) - (1 << MANTISSA_BITS);
  const exponent = BIAS + leading - shift;
  return (value < 0 ? SIGN : 0) | (exponent << MANTISSA_BITS) | mantissa;
}

function toNumber(float: u32): f64 {
  const exponent = exponentOf(float);
  const mantissa = <i32>(float & ((1 << MANTISSA_BITS) - 1));
  const whole = exponent == 0 ? mantissa : mantissa + (1 << MANTISSA_BITS);
  const scale = max(exponent, 1) - BIAS - MANTISSA_BITS;
  const magnitude = <f64>whole * reinterpret<f64>((<u64>(1023 + scale)) << 52);
  return (float & SIGN) != 0 ? -magnitude : magnitude;
}

function exponentOf(float: u32): i32 {
  return <i32>(float >> MANTISSA_BITS) & 31;
}
