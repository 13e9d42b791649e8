import { Code, LocationKind } from "../../diagnostics/codes";
import { fail, failed } from "../../diagnostics/failure";

/** How a field's value is stored: the low three bits of its tag. */
export enum Wire {
  VARINT = 0,
  FIXED64 = 1,
  BYTES = 2,
  FIXED32 = 5,
}

/** Bytes of the file. */
export class ByteSpan {
  constructor(
    public pointer: usize = 0,
    public count: u32 = 0,
  ) {}

  get text(): string {
    return String.UTF8.decodeUnsafe(this.pointer, this.count);
  }
}

/**
 * Protocol Buffers, read without trust. A message is a row of fields:
 *
 *   tag: varint = number << 3 | wire | value: varint, 4 or 8 bytes, or length: varint and bytes |
 *
 * A varint holds 7 bits a byte, lowest first; the top bit says that another byte follows. Each
 * read is checked against the message's end. The first fault is recorded, and ends the message.
 * Source: protobuf.dev, "Encoding".
 */
export class Message {
  /** Of the field that `next` found. */
  number: u32 = 0;
  wire: u32 = 0;
  /** The value of a field that is no row of bytes. */
  value: u64 = 0;
  /** The bytes of a field that is. */
  bytes: ByteSpan = new ByteSpan();
  private at: usize;
  private end: usize;

  /** `file`: where byte 0 of the file is, for locations. */
  constructor(
    private file: usize,
    bytes: ByteSpan,
  ) {
    this.at = bytes.pointer;
    this.end = bytes.pointer + bytes.count;
  }

  /** Goes to the next field; false at the end, and at a fault. */
  next(): bool {
    if (this.at >= this.end || failed()) return false;
    const tag = this.varint();
    this.number = (tag >> 3) as u32;
    this.wire = (tag & 7) as u32;
    if (tag >> 32 != 0 || this.number == 0)
      return this.malformed("a field's number", `${tag >> 3}`);
    if (this.wire == Wire.VARINT) this.value = this.varint();
    else if (this.wire == Wire.FIXED32) this.value = this.take(4) ? load<u32>(this.at - 4) : 0;
    else if (this.wire == Wire.FIXED64) this.value = this.take(8) ? load<u64>(this.at - 8) : 0;
    else if (this.wire == Wire.BYTES) this.takeBytes();
    else this.malformed("a wire type of 0, 1, 2 or 5", `${this.wire}`);
    return !failed();
  }

  /** Whether the field is `number`, stored as `wire`; the same number stored otherwise is a fault. */
  is(number: u32, wire: Wire): bool {
    if (this.number != number) return false;
    if (this.wire == wire) return true;
    return this.malformed(`field ${number} with wire type ${wire}`, `${this.wire}`);
  }

  /** Whether the field is a row of bytes; a repeated one may be nothing else where it is packed. */
  isRow(): bool {
    return this.is(this.number, Wire.BYTES);
  }

  get message(): Message {
    return new Message(this.file, this.bytes);
  }

  get text(): string {
    return this.bytes.text;
  }

  /** Adds the whole numbers of a repeated field, packed or one by one. */
  addIntegers(to: i64[]): void {
    if (this.wire == Wire.VARINT) {
      to.push(this.value as i64);
      return;
    }
    if (!this.isRow()) return;
    const packed = this.message;
    while (packed.at < packed.end && !failed()) to.push(packed.varint() as i64);
  }

  /** Adds the numbers of 32 bits of a repeated field, packed or one by one. */
  addFloats(to: f32[]): void {
    if (this.wire == Wire.FIXED32) {
      to.push(reinterpret<f32>(this.value as u32));
      return;
    }
    if (!this.isRow()) return;
    for (let i: u32 = 0; i + 4 <= this.bytes.count; i += 4) {
      to.push(load<f32>(this.bytes.pointer + i));
    }
  }

  private varint(): u64 {
    let value: u64 = 0;
    for (let shift = 0; shift < 70; shift += 7) {
      if (!this.take(1)) return 0;
      const byte = load<u8>(this.at - 1) as u64;
      if (shift < 64) value |= (byte & 0x7f) << shift;
      if (byte < 0x80) return value;
    }
    this.malformed("a number of ten bytes at most", "more");
    return 0;
  }

  private takeBytes(): void {
    const count = this.varint();
    const left = (this.end - this.at) as u64;
    if (failed()) return;
    if (count > left) {
      this.truncated(count, left);
      return;
    }
    this.bytes = new ByteSpan(this.at, count as u32);
    this.at += count as usize;
  }

  private take(count: u32): bool {
    const left = this.end - this.at;
    if (left < count) return this.truncated(count, left);
    this.at += count;
    return true;
  }

  private truncated(count: u64, left: u64): bool {
    const found = `${left} to the message's end`;
    return fail(Code.TRUNCATED, LocationKind.BYTE, this.offset, `${count} bytes`, found);
  }

  private malformed(expected: string, found: string): bool {
    return fail(Code.MALFORMED, LocationKind.BYTE, this.offset, expected, found);
  }

  private get offset(): u32 {
    return (this.at - this.file) as u32;
  }
}
