/** Reads a string of bits, the lowest of each byte first. */
export class BitReader {
  /** In bits from the start. May lie after the end: the reader checks `overrun`. */
  private position: u64 = 0;
  private start: usize = 0;
  private end: u64 = 0;

  open(start: usize, bits: u64): void {
    this.start = start;
    this.position = 0;
    this.end = bits;
  }

  /** More has been read than there is; what was read last means nothing. */
  get overrun(): bool {
    return this.position > this.end;
  }

  /** Bits that have not been read. */
  get left(): u64 {
    return this.position < this.end ? this.end - this.position : 0;
  }

  /** Pointer to the byte that the position lies in, and the bit of it. */
  get pointer(): usize {
    return this.start + <usize>(this.position >> 3);
  }

  get bit(): u32 {
    return <u32>this.position & 7;
  }

  /** The next 0 to 32 bits; 0 where the position has already left the string. */
  read(bits: u32): u32 {
    const at = this.position;
    this.position = at + bits;
    if (at > this.end) return 0;
    const word = load<u64>(this.start + <usize>(at >> 3)) >> (at & 7);
    return <u32>word & <u32>(((<u64>1) << bits) - 1);
  }

  /** Passes over so many bits. */
  skip(bits: u64): void {
    this.position += bits;
  }

  /** Passes over the bits up to the next multiple of `unit`, a power of two. */
  align(unit: u64): void {
    this.position = (this.position + unit - 1) & ~(unit - 1);
  }

  /** Whether the rest is as short as padding to `unit` bits makes it, and all zero. */
  endsPadded(unit: u64): bool {
    if (this.overrun || this.end - this.position >= unit) return false;
    while (this.position < this.end) {
      const rest = <u32>min<u64>(this.end - this.position, 32);
      if (this.read(rest) != 0) return false;
    }
    return true;
  }
}
