import { Code, LocationKind } from "../diagnostics/codes";
import { fail } from "../diagnostics/failure";
import { Span } from "./span";

/**
 * FlatBuffers, read without trust. All numbers are little-endian, at any alignment:
 *
 *   table   | bytes back to the vtable: i32 | fields …                                        |
 *   vtable  | bytes of vtable: u16 | bytes of table: u16 | field 0 from the table's start: u16 | … |
 *   vector  | count: u32 | elements …                                                         |
 *   offset  | u32, counted forwards from where it stands, never 0                             |
 *
 * Each read is checked against the file's end, and fields against their table's. The first
 * fault is recorded; what cannot be read is 0, null or empty, so that callers may read on
 * and look at `failed()` once.
 */
export class FlatBuffer {
  constructor(
    public pointer: usize,
    public bytes: u32,
  ) {}

  get root(): Table | null {
    const at = this.follow(0, "the root table");
    return at == 0 ? null : Table.at(this, at);
  }

  /** Whether the `bytes` that `what` takes up from `at` on lie inside the file. */
  holds(at: u32, bytes: u64, what: string): bool {
    const left = (this.bytes as u64) - (at as u64);
    if (bytes <= left) return true;
    const expected = `${what} of ${bytes} bytes`;
    return fail(Code.TRUNCATED, LocationKind.BYTE, at, expected, `${left} bytes to the file's end`);
  }

  /** Where the offset at `at` leads, with four bytes there at least; 0 if it leads nowhere. */
  follow(at: u32, what: string): u32 {
    if (!this.holds(at, 4, "an offset")) return 0;
    const offset = load<u32>(this.pointer + at);
    const target = (at as u64) + (offset as u64);
    if (offset != 0 && target + 4 <= (this.bytes as u64)) return target as u32;
    if (offset == 0) {
      fail(Code.MALFORMED, LocationKind.BYTE, at, `an offset to ${what}`, "0");
    } else {
      const found = `the file's end at byte ${this.bytes}`;
      fail(Code.TRUNCATED, LocationKind.BYTE, at, `${what} at byte ${target}`, found);
    }
    return 0;
  }
}

/** A table whose extent and vtable lie inside the file. Fields are asked for by slot. */
export class Table {
  private constructor(
    public file: FlatBuffer,
    public at: u32,
    private bytes: u32,
    private vtable: u32,
    private slots: u32,
  ) {}

  /** The table at `at`, or null if the file holds none there. */
  static at(file: FlatBuffer, at: u32): Table | null {
    if (!file.holds(at, 4, "a table")) return null;
    const back = load<i32>(file.pointer + at);
    const vtable = (at as i64) - (back as i64);
    if (vtable < 0 || vtable + 4 > (file.bytes as i64)) {
      const inside = `a vtable inside the file's ${file.bytes} bytes`;
      fail(Code.MALFORMED, LocationKind.BYTE, at, inside, `one at byte ${vtable}`);
      return null;
    }
    const vtableBytes: u32 = load<u16>(file.pointer + (vtable as usize));
    const bytes: u32 = load<u16>(file.pointer + (vtable as usize), 2);
    if (vtableBytes < 4 || (vtableBytes & 1) != 0 || bytes < 4) {
      const found = `${vtableBytes} bytes for a table of ${bytes}`;
      fail(Code.MALFORMED, LocationKind.BYTE, vtable as u32, "a vtable of even size from 4", found);
      return null;
    }
    if (!file.holds(vtable as u32, vtableBytes, "a vtable")) return null;
    if (!file.holds(at, bytes, "a table")) return null;
    return new Table(file, at, bytes, vtable as u32, (vtableBytes - 4) >> 1);
  }

  /** Where the field of `width` bytes stands; 0 where the table leaves it out. */
  private field(slot: u32, width: u32): u32 {
    if (slot >= this.slots) return 0;
    const entry = this.vtable + 4 + 2 * slot;
    const offset: u32 = load<u16>(this.file.pointer + entry);
    if (offset == 0) return 0;
    if (offset >= 4 && offset + width <= this.bytes) return this.at + offset;
    const inside = `a field of ${width} bytes in a table of ${this.bytes}`;
    fail(Code.MALFORMED, LocationKind.BYTE, entry, inside, `one at ${offset}`);
    return 0;
  }

  byte(slot: u32, fallback: u8 = 0): u8 {
    const at = this.field(slot, 1);
    return at == 0 ? fallback : load<u8>(this.file.pointer + at);
  }

  int(slot: u32, fallback: i32 = 0): i32 {
    const at = this.field(slot, 4);
    return at == 0 ? fallback : load<i32>(this.file.pointer + at);
  }

  float(slot: u32): f32 {
    const at = this.field(slot, 4);
    return at == 0 ? 0 : load<f32>(this.file.pointer + at);
  }

  long(slot: u32): u64 {
    const at = this.field(slot, 8);
    return at == 0 ? 0 : load<u64>(this.file.pointer + at);
  }

  /** Its own bytes: where its vtable lies, then its fields. */
  get inline(): Span {
    return new Span(this.file.pointer + this.at, this.bytes);
  }

  get vtableSpan(): Span {
    return new Span(this.file.pointer + this.vtable, 4 + 2 * this.slots);
  }

  /** Where a field of four bytes stands in the table, 0 where it is left out. */
  offsetOf(slot: u32): u32 {
    const at = this.field(slot, 4);
    return at == 0 ? 0 : at - this.at;
  }

  /** Whether the table has the field at all. */
  has(slot: u32): bool {
    return this.field(slot, 1) != 0;
  }

  /** The table that the field leads to; null where it is left out. */
  table(slot: u32): Table | null {
    const at = this.field(slot, 4);
    if (at == 0) return null;
    const target = this.file.follow(at, "a table");
    return target == 0 ? null : Table.at(this.file, target);
  }

  /** The vector of elements of `width` bytes; an empty one where it is left out. */
  vector(slot: u32, width: u32): Vector {
    const at = this.field(slot, 4);
    if (at == 0) return new Vector(this.file, 0, 0);
    const target = this.file.follow(at, "a vector");
    if (target == 0) return new Vector(this.file, 0, 0);
    const count = load<u32>(this.file.pointer + target);
    const bytes = (count as u64) * (width as u64);
    if (!this.file.holds(target + 4, bytes, "a vector")) return new Vector(this.file, 0, 0);
    return new Vector(this.file, target + 4, count);
  }

  /** The bytes of a string or of a vector of bytes; an empty span where it is left out. */
  span(slot: u32): Span {
    const bytes = this.vector(slot, 1);
    return bytes.count == 0 ? new Span() : new Span(this.file.pointer + bytes.at, bytes.count);
  }
}

/** A vector that lies inside the file. Callers keep `index` below `count`. */
export class Vector {
  constructor(
    public file: FlatBuffer,
    /** Of the first element. */
    public at: u32,
    public count: u32,
  ) {}

  get pointer(): usize {
    return this.file.pointer + this.at;
  }

  int(index: u32): i32 {
    return load<i32>(this.pointer + ((index as usize) << 2));
  }

  table(index: u32): Table | null {
    const target = this.file.follow(this.at + (index << 2), "a table");
    return target == 0 ? null : Table.at(this.file, target);
  }
}
