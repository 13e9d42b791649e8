import { Span } from "../graph";

/**
 * A FlexBuffers map of scalars, read without trust: the format of custom operators' options.
 * It is built from its end, all offsets count backwards, and widths w are 1, 2, 4 or 8 bytes:
 *
 *   … │ value 0 │ value 1 │ … │ type 0 │ type 1 │ … │ root: offset │ type of root │ w of root │
 *     └ w each, found by the root's offset            types: kind << 2 | log2 of the width
 *   before value 0:  │ offset to the keys │ w of the keys │ number of values │   w each
 *
 * The keys are a vector of such offsets, each to a name that ends with a zero byte; their
 * number stands before them.
 */

enum Kind {
  INT = 1,
  UINT = 2,
  FLOAT = 3,
  INDIRECT_INT = 6,
  INDIRECT_UINT = 7,
  INDIRECT_FLOAT = 8,
  MAP = 9,
  BOOL = 26,
}

/** What a position outside the bytes is. */
const NOWHERE: i64 = -1;

export class FlexMap {
  private count: i64 = 0;
  private values: i64 = NOWHERE;
  private width: i32 = 1;
  private keys: i64 = NOWHERE;
  private keyWidth: i32 = 1;

  private constructor(private span: Span) {}

  /** The map that is the root, null where there is none. */
  static open(span: Span): FlexMap | null {
    if (span.bytes < 3) return null;
    const map = new FlexMap(span);
    const end = span.bytes as i64;
    const rootWidth = map.unsigned(end - 1, 1) as i32;
    const type = map.unsigned(end - 2, 1) as i32;
    if (!isWidth(rootWidth) || type >> 2 != Kind.MAP) return null;
    map.width = 1 << (type & 3);
    map.values = map.follow(end - 2 - rootWidth, rootWidth);
    const width = map.width;
    map.count = map.unsigned(map.values - width, width) as i64;
    map.keyWidth = map.unsigned(map.values - 2 * width, width) as i32;
    map.keys = map.follow(map.values - 3 * width, width);
    const sized = map.count > 0 && map.count <= end && isWidth(map.keyWidth);
    return sized && map.values > 0 && map.keys > 0 ? map : null;
  }

  /** The number that a name stands for; not a number where there is none. */
  number(name: string): f64 {
    for (let i: i64 = 0; i < this.count; i++) {
      const key = this.follow(this.keys + i * this.keyWidth, this.keyWidth);
      if (this.isNamed(key, name)) return this.value(i);
    }
    return NaN;
  }

  private value(i: i64): f64 {
    const type = this.unsigned(this.values + this.count * this.width + i, 1) as i32;
    const at = this.values + i * this.width;
    const targetWidth = 1 << (type & 3);
    switch (type >> 2) {
      case Kind.INT:
        return this.signed(at, this.width) as f64;
      case Kind.UINT:
      case Kind.BOOL:
        return this.unsigned(at, this.width) as f64;
      case Kind.FLOAT:
        return this.float(at, this.width);
      case Kind.INDIRECT_INT:
        return this.signed(this.follow(at, this.width), targetWidth) as f64;
      case Kind.INDIRECT_UINT:
        return this.unsigned(this.follow(at, this.width), targetWidth) as f64;
      case Kind.INDIRECT_FLOAT:
        return this.float(this.follow(at, this.width), targetWidth);
      default:
        return NaN;
    }
  }

  private isNamed(key: i64, name: string): bool {
    for (let i = 0; i < name.length; i++) {
      if (this.unsigned(key + i, 1) != (name.charCodeAt(i) as u64)) return false;
    }
    return this.holds(key + name.length, 1) && this.unsigned(key + name.length, 1) == 0;
  }

  private holds(at: i64, bytes: i32): bool {
    return at >= 0 && at + bytes <= (this.span.bytes as i64);
  }

  /** Where the offset at `at` leads. */
  private follow(at: i64, width: i32): i64 {
    if (!this.holds(at, width)) return NOWHERE;
    const offset = this.unsigned(at, width);
    return offset <= (at as u64) ? at - (offset as i64) : NOWHERE;
  }

  /** 0 for what lies outside. */
  private unsigned(at: i64, width: i32): u64 {
    if (!this.holds(at, width)) return 0;
    const pointer = this.span.pointer + (at as usize);
    if (width == 1) return load<u8>(pointer);
    if (width == 2) return load<u16>(pointer);
    return width == 4 ? load<u32>(pointer) : load<u64>(pointer);
  }

  private signed(at: i64, width: i32): i64 {
    const unused = 64 - 8 * width;
    return ((this.unsigned(at, width) << unused) as i64) >> unused;
  }

  private float(at: i64, width: i32): f64 {
    const bits = this.unsigned(at, width);
    if (width == 4) return reinterpret<f32>(bits as u32) as f64;
    return width == 8 ? reinterpret<f64>(bits) : NaN;
  }
}

function isWidth(bytes: i32): bool {
  return bytes == 1 || bytes == 2 || bytes == 4 || bytes == 8;
}
