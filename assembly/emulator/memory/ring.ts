import { hex, phrase } from "../../diagnostics/text";
import { refuse } from "../descriptor";
import { isDryRun } from "../jobs";
import { Field } from "../layout";
import { resolve } from "./buffers";
import { Scratch } from "./scratch";

/**
 * A circular buffer as descriptors name one, by its size and its end in units of 64 bytes: what
 * lies at or beyond the end has one size subtracted.
 *
 * ```
 *  start = end - size                             end
 *  ┌──────────────────────┬────────────────────────┐
 *  │ … the image goes on  │              the image …
 *  └──────────────────────┴────────────────────────┘
 * ```
 *
 * The wrap is that of addresses, over all planes: rows of one plane may lie where those of the next
 * one have been.
 */
export class Ring {
  start: u64 = 0;
  /** The first address after it. */
  end: u64 = 0;
  private unrolled: Scratch = new Scratch();

  /** Takes the fields of a descriptor; false where they name no circular buffer, nor none. */
  read(size: Field, end: Field): bool {
    this.start = this.end = 0;
    if (size.value == 0) return end.value == NO_END || refuse(end, phrase(hex(NO_END), " without"));
    if (end.value < size.value) return refuse(end, "a size or more behind address 0");
    this.end = (<u64>end.value) << 6;
    this.start = this.end - ((<u64>size.value) << 6);
    return true;
  }

  get isUsed(): bool {
    return this.end != 0;
  }

  get bytes(): u64 {
    return this.end - this.start;
  }

  /** Where an address lies that may be up to one size after the end. */
  wrap(address: u64): u64 {
    return address >= this.end ? address - this.bytes : address;
  }

  /** Whether bytes from an address on, which may wrap once, all lie apart in the buffer. */
  holds(first: u64, bytes: u64): bool {
    const begin = this.wrap(first);
    return begin >= this.start && begin < this.end && bytes <= this.bytes;
  }

  /** Whether bytes that the buffer holds go on at its start. */
  wraps(first: u64, bytes: u64): bool {
    return this.wrap(first) + bytes > this.end;
  }

  /**
   * Pointer to a copy of `bytes` bytes from an address on, one after the other; 0 and a failure
   * recorded where they are not mapped. In a dry run it is any number but 0.
   */
  unroll(first: u64, bytes: u64, wanted: string): usize {
    const start = resolve(this.start, this.bytes, wanted);
    if (start == 0 || isDryRun()) return start;
    if (!this.unrolled.reserve(bytes)) return 0;
    const begin = this.wrap(first);
    const toEnd = <usize>min<u64>(bytes, this.end - begin);
    memory.copy(this.unrolled.pointer, start + <usize>(begin - this.start), toEnd);
    memory.copy(this.unrolled.pointer + toEnd, start, <usize>bytes - toEnd);
    return this.unrolled.pointer;
  }
}

/** The bytes that an image takes up: of a circular buffer that it wraps in, all. */
export class Reach {
  first: u64 = 0;
  /** The first address after them. */
  end: u64 = 0;

  get bytes(): u64 {
    return this.end - this.first;
  }

  clear(): void {
    this.first = this.end = 0;
  }

  /** Takes `bytes` from an address on; false where a circular buffer of `size` bytes is too small. */
  take(ring: Ring, address: u64, bytes: u64, size: Field): bool {
    if (ring.isUsed && !ring.holds(address, bytes)) {
      return refuse(size, "of an image that fits into it");
    }
    const isWhole = ring.isUsed && ring.wraps(address, bytes);
    this.first = isWhole ? ring.start : ring.isUsed ? ring.wrap(address) : address;
    this.end = isWhole ? ring.end : this.first + bytes;
    return true;
  }
}

const NO_END: u32 = 0x03ffffff;
