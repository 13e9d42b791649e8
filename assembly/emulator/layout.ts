/**
 * Descriptors as tables: every field has a name, its bits and the values whose meaning is
 * known. Portable AssemblyScript that TypeScript reads too: from the same tables the inspector
 * names fields, and scripts/c-headers.mjs generates for C which bits may vary.
 */

export enum KnownKind {
  ANY = 0,
  /** Bit v of `bits`: the value v is known. */
  SET = 1,
  /** Just the value `bits`. */
  ONLY = 2,
}

/** The values that a field may hold. */
export class Known {
  constructor(
    public kind: KnownKind,
    public bits: u32,
  ) {}

  has(value: u32): bool {
    if (this.kind == KnownKind.ANY) return true;
    if (this.kind == KnownKind.ONLY) return value == this.bits;
    return value < 32 && ((this.bits >>> value) & 1) != 0;
  }
}

export const ANY = new Known(KnownKind.ANY, 0);
export const ZERO = new Known(KnownKind.SET, 0b01);
export const ONE = new Known(KnownKind.SET, 0b10);
export const FLAG = new Known(KnownKind.SET, 0b11);

/** Just one value, of any width. */
export function only(value: u32): Known {
  return new Known(KnownKind.ONLY, value);
}

/** A set of values below 32: bit v of `bits` says that v is known. */
export function among(bits: u32): Known {
  return new Known(KnownKind.SET, bits);
}

/** Any value from 0 to `last`, which is below 31. */
export function upTo(last: u32): Known {
  return among((2 << last) - 1);
}

/** How a field reads: plain, two's complement, an address or pattern, an address in units of 64 bytes. */
export enum Form {
  PLAIN = 0,
  SIGNED = 1,
  HEX = 2,
  HEX64 = 3,
}

/** A field, or a part of one that lies in several words: bits `high` to `low` of a word. */
export class Field {
  /** What the descriptor that was read last holds here. */
  value: u32 = 0;
  /** Of a field in parts, that of its first. */
  form: Form = Form.PLAIN;
  /** By architecture, in rising order: from which one on other values are known. */
  private changes: u32[] = [];
  private changed: Known[] = [];

  constructor(
    public name: string,
    public word: u32,
    public high: u32,
    public low: u32,
    /** The values that are known on the first generation, before `from` says otherwise. */
    private known: Known,
  ) {}

  get mask(): u32 {
    return (0xffffffff >>> (31 - this.high + this.low)) << this.low;
  }

  /** The value as a two's complement number of the field's width. */
  get signed(): i32 {
    const shift = 31 - (this.high - this.low);
    return ((this.value << shift) as i32) >> shift;
  }

  /** The values that are known on an architecture. */
  knownOn(architecture: u32): Known {
    let known = this.known;
    for (let i = 0; i < this.changes.length; i++) {
      if (architecture >= (this.changes[i] as u32)) known = this.changed[i] as Known;
    }
    return known;
  }

  /** From this architecture on, other values are known. */
  from(architecture: u32, known: Known): Field {
    this.changes.push(architecture);
    this.changed.push(known);
    return this;
  }

  shown(form: Form): Field {
    this.form = form;
    return this;
  }
}

/** A kind of descriptor. What lies outside all of its fields is 0. */
export class DescriptorLayout {
  fields: Field[] = [];
  /** By word, the bits that belong to fields. */
  used: u32[] = [];

  constructor(public words: u32) {
    for (let i: u32 = 0; i < words; i++) this.used.push(0);
  }

  get bytes(): u32 {
    return this.words << 2;
  }

  /** Adds a field: bits `high` to `low` of a word, and the values that are known. */
  field(name: string, word: u32, high: u32, low: u32, known: Known): Field {
    const field = new Field(name, word, high, low, known);
    this.fields.push(field);
    this.used[word] = (this.used[word] as u32) | field.mask;
    return field;
  }
}
