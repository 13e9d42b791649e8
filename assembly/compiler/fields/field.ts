import { Code, LocationKind } from "../../diagnostics/codes";
import { fail } from "../../diagnostics/failure";

/** Neighbouring bits of a word, both ends included. */
export class Bits {
  constructor(
    public word: i32,
    public high: i32,
    public low: i32,
  ) {}

  get count(): i32 {
    return this.high - this.low + 1;
  }
}

/** A number in a descriptor, a command or a header: where its bits lie, and so what it can be. */
export class Field {
  /** From the lowest bits of the number up; most fields are one piece. */
  pieces: Bits[] = [];
  private bits: i32 = 0;

  constructor(
    public name: string,
    /** A number in two's complement. */
    public isSigned: bool,
    /** The field counts multiples of so many. */
    public unit: i64,
  ) {}

  /** Adds the next higher bits of the number: bits `high` to `low` of a word. */
  at(word: i32, high: i32, low: i32): Field {
    const piece = new Bits(word, high, low);
    this.pieces.push(piece);
    this.bits += piece.count;
    return this;
  }

  get least(): i64 {
    return this.isSigned ? -(1 << ((this.bits - 1) as i64)) * this.unit : 0;
  }

  get most(): i64 {
    const magnitude = (this.isSigned ? this.bits - 1 : this.bits) as i64;
    return ((1 << magnitude) - 1) * this.unit;
  }

  holds(value: i64): bool {
    return value >= this.least && value <= this.most && value % this.unit == 0;
  }

  /** Sets the bits, which were 0, of the words at `pointer`. */
  write(pointer: usize, value: i64): void {
    let rest = value / this.unit;
    for (let i = 0; i < this.pieces.length; i++) {
      const piece = this.pieces[i];
      const bits = (rest & ((1 << (piece.count as i64)) - 1)) as u32;
      const word = pointer + ((piece.word as usize) << 2);
      store<u32>(word, load<u32>(word) | (bits << piece.low));
      rest >>= piece.count as i64;
    }
  }
}

/** All fields of one kind of descriptor, command or header. Bits outside of them are 0. */
export class WordLayout {
  fields: Field[] = [];

  constructor(
    public name: string,
    /** How many words there are, of 32 bits each. */
    public length: i32,
  ) {}

  /** Declares a field; `Field.at` says where it lies. */
  unsigned(name: string, unit: i64 = 1): Field {
    return this.declare(new Field(name, false, unit));
  }

  signed(name: string): Field {
    return this.declare(new Field(name, true, 1));
  }

  private declare(field: Field): Field {
    this.fields.push(field);
    return field;
  }
}

/**
 * Words of a layout, all of them 0 at first. They are written field by field: what a field cannot
 * hold is recorded as an internal failure, which names the field, and not written.
 */
export class Words {
  private words: StaticArray<u32>;

  constructor(
    private layout: WordLayout,
    /** Index of the operator that they serve, which is the location of a failure; −1: none. */
    private operator: i32 = -1,
    /** Keep the low bits of what is too large, as Mesa does: only for `--compat mesa`. */
    private wraps: bool = false,
  ) {
    this.words = new StaticArray<u32>(layout.length);
  }

  get pointer(): usize {
    return changetype<usize>(this.words);
  }

  get bytes(): u32 {
    return (this.layout.length as u32) << 2;
  }

  at(index: i32): u32 {
    return this.words[index];
  }

  set(field: Field, value: i64): void {
    if (!this.wraps && !field.holds(value)) this.refuse(field, value);
    else field.write(this.pointer, value);
  }

  private refuse(field: Field, value: i64): void {
    const unit = field.unit == 1 ? "" : `, a multiple of ${field.unit}`;
    const range = `from ${field.least} to ${field.most}${unit}`;
    const expected = `${field.name} of the ${this.layout.name} ${range}`;
    const location = this.operator < 0 ? LocationKind.NONE : LocationKind.OPERATOR;
    fail(Code.INTERNAL, location, max(this.operator, 0), expected, `${value}`);
  }
}
