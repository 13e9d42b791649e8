import { Code, LocationKind } from "../diagnostics/codes";
import { fail } from "../diagnostics/failure";
import { decimal, hex, phrase } from "../diagnostics/text";
import { currentJob } from "./jobs";

/**
 * Descriptors as tables: every field has a name, its bits and the values whose meaning is
 * known. What lies outside all fields must be zero. Anything else stops the job by name.
 */

/**
 * The values that a field may hold.
 *
 * ```
 *  63              32 31               0
 * ┌──────────────────┬──────────────────┐
 * │        0         │ bit v: v is known│   a set of values below 32
 * │        1         │      value       │   just this value
 * │        2         │        0         │   any
 * └──────────────────┴──────────────────┘
 * ```
 */
export type Known = u64;

export const ZERO: Known = 0b01;
export const ONE: Known = 0b10;
export const FLAG: Known = 0b11;
export const ANY: Known = 2 << 32;

/** Just one value, of any width. */
export function only(value: u32): Known {
  return (1 << 32) | (value as u64);
}

/** Any value from 0 to `last`, which is below 32. */
export function upTo(last: u32): Known {
  return ((<u64>2) << last) - 1;
}

export class Field {
  value: u32 = 0;

  constructor(
    public name: string,
    public word: u32,
    public high: u32,
    public low: u32,
    public v7: Known,
    public v8: Known,
  ) {}

  get mask(): u32 {
    return (0xffffffff >> (31 - this.high + this.low)) << this.low;
  }

  /** The value as a two's complement number of the field's width. */
  get signed(): i32 {
    const shift = 31 - (this.high - this.low);
    return <i32>(this.value << shift) >> shift;
  }

  /** Records a value that is not understood. */
  refuse(expected: string): bool {
    const found = this.value < 1024 ? decimal(this.value) : hex(this.value);
    const field = phrase(this.name, " (word ", decimal(this.word), ") ");
    return badDescriptor(phrase(field, expected), found);
  }

  isKnown(architecture: u32): bool {
    const known = architecture == 8 ? this.v8 : this.v7;
    if (known == ANY) return true;
    if (known >> 32 != 0) return this.value == <u32>known;
    return this.value < 32 && ((<u32>known >> this.value) & 1) != 0;
  }
}

/** A kind of descriptor: its fields, and after `read` their values in one descriptor. */
export class Descriptor {
  private fields: Field[] = [];
  private used: StaticArray<u32>;

  constructor(public words: u32) {
    this.used = new StaticArray<u32>(words);
  }

  get bytes(): u32 {
    return this.words << 2;
  }

  /** Adds a field: bits `high` to `low` of a word, and what is known on either architecture. */
  field(name: string, word: u32, high: u32, low: u32, v7: Known, v8: Known = v7): Field {
    const field = new Field(name, word, high, low, v7, v8);
    this.fields.push(field);
    this.used[word] |= field.mask;
    return field;
  }

  /** Takes the values out of the words at `pointer`; false where one is not understood. */
  read(pointer: usize, architecture: u32): bool {
    for (let i: u32 = 0; i < this.words; i++) {
      const stray = load<u32>(pointer + (i << 2)) & ~this.used[i];
      if (stray != 0) return strayBits(i, stray);
    }
    for (let i = 0; i < this.fields.length; i++) {
      const field = this.fields[i];
      field.value = (load<u32>(pointer + (field.word << 2)) & field.mask) >> field.low;
      if (!field.isKnown(architecture)) {
        return field.refuse(describe(architecture == 8 ? field.v8 : field.v7));
      }
    }
    return true;
  }
}

function strayBits(word: u32, bits: u32): bool {
  return badDescriptor(phrase("zero bits around the fields of word ", decimal(word)), hex(bits));
}

/** Records what the current job's descriptor, or a table that it points to, should not hold. */
export function badDescriptor(expected: string, found: string): bool {
  return fail(Code.BAD_DESCRIPTOR, LocationKind.JOB, currentJob(), expected, found);
}

/** The known values in words. */
function describe(known: Known): string {
  if (known >> 32 != 0) return hex(<u32>known);
  let text = "";
  for (let value: u32 = 0; value < 32; value++) {
    if (((<u32>known >> value) & 1) == 0) continue;
    text = phrase(text, text.length > 0 ? " or " : "", decimal(value));
  }
  return text;
}
