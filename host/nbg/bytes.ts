import { NolfetError } from "../errors.ts";

/** Little-endian access to a file that may be cut short: a read beyond the end is a BAD_BLOB. */
export class Bytes {
  private readonly view: DataView;

  constructor(private readonly bytes: Uint8Array) {
    this.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  get length(): number {
    return this.bytes.length;
  }

  u32(offset: number): number {
    this.require(offset, 4);
    return this.view.getUint32(offset, true);
  }

  s32(offset: number): number {
    return this.u32(offset) | 0;
  }

  f32(offset: number): number {
    this.require(offset, 4);
    return this.view.getFloat32(offset, true);
  }

  words(offset: number, count: number): Uint32Array {
    this.require(offset, 4 * count);
    return Uint32Array.from({ length: count }, (_, i) => this.view.getUint32(offset + 4 * i, true));
  }

  /** A view, not a copy. */
  slice(offset: number, bytes: number): Uint8Array {
    this.require(offset, bytes);
    return this.bytes.subarray(offset, offset + bytes);
  }

  /** Text of at most so many bytes, up to the first 0. */
  text(offset: number, bytes: number): string {
    const field = this.slice(offset, bytes);
    const end = field.indexOf(0);
    return new TextDecoder().decode(end < 0 ? field : field.subarray(0, end));
  }

  private require(offset: number, bytes: number): void {
    if (offset >= 0 && bytes >= 0 && offset + bytes <= this.length) return;
    throw bad(`${bytes} bytes`, `a file of ${this.length} bytes`, offset);
  }
}

/** A fault of a vendor file, at a byte of it. */
export function bad(expected: string, found: string, at: number): NolfetError {
  return new NolfetError("BAD_BLOB", expected, found, { kind: "BYTE", at });
}
