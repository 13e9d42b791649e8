/** A string of bits, the lowest of each byte first. */
export class BitWriter {
  readonly #bits: number[] = [];

  get length(): number {
    return this.#bits.length;
  }

  put(value: number, bits: number): this {
    for (let i = 0; i < bits; i++) this.#bits.push((value >>> i) & 1);
    return this;
  }

  /** The bytes, with zero bits up to a multiple of `unit` bytes. */
  padded(unit: number): Uint8Array {
    const bytes = new Uint8Array(Math.ceil(this.#bits.length / 8 / unit) * unit);
    for (const [i, bit] of this.#bits.entries())
      bytes[i >> 3] = (bytes[i >> 3] ?? 0) | (bit << (i & 7));
    return bytes;
  }
}
