import { codeBits, magnitudeLength, SYMBOLS } from "./code-book";
import { Sink, weightAt } from "./sink";

/** How often each byte is to be coded, and which symbols the bit lengths get for that. */
export class Histogram extends Sink {
  private counts: StaticArray<u32> = new StaticArray<u32>(256);
  private total: u32 = 0;

  byte(value: u32): void {
    const count = changetype<usize>(this.counts) + ((value as usize) << 2);
    store<u32>(count, load<u32>(count) + 1);
    this.total++;
  }

  taps(base: usize, table: usize, count: i32, zero: u32, flip: u32): void {
    const counts = changetype<usize>(this.counts);
    for (const end = table + ((count as usize) << 2); table < end; table += 4) {
      const at = counts + ((weightAt(base, table, zero, flip) as usize) << 2);
      store<u32>(at, load<u32>(at) + 1);
    }
    this.total += count;
  }

  add(other: Histogram): void {
    for (let byte = 0; byte < 256; byte++) this.counts[byte] += other.counts[byte];
    this.total += other.total;
  }

  /** Bits of a stream of these bytes, the one that makes them even and its end included. */
  streamBits(lengths: StaticArray<i32>): u64 {
    const symbolOf = new StaticArray<i32>(SYMBOLS);
    for (let symbol = 0; symbol < SYMBOLS; symbol++) symbolOf[lengths[symbol]] = symbol;
    let bits: u64 = DRAIN_BITS;
    if ((this.total & 1) != 0) bits += codeBits(symbolOf[0], 0) as u64;
    for (let byte: u32 = 0; byte < 256; byte++) {
      const length = magnitudeLength(byte);
      bits += (this.counts[byte] as u64) * (codeBits(symbolOf[length], length) as u64);
    }
    return bits;
  }

  /**
   * The cheapest assignment: what a length costs is its own bits plus what its symbol adds,
   * so the most frequent get the symbols that add least, and those are in order.
   */
  bestLengths(): StaticArray<i32> {
    const frequency = new StaticArray<u32>(SYMBOLS);
    for (let byte: u32 = 0; byte < 256; byte++) {
      frequency[magnitudeLength(byte)] += this.counts[byte];
    }
    const lengths = new StaticArray<i32>(SYMBOLS);
    for (let i = 0; i < SYMBOLS; i++) {
      let at = i;
      while (at > 0 && frequency[lengths[at - 1]] < frequency[i]) {
        lengths[at] = lengths[at - 1];
        at--;
      }
      lengths[at] = i;
    }
    return lengths;
  }

  /** Fault: Mesa counts 0xff, which has length 0, among the bytes of length 1. */
  mesaLengths(): StaticArray<i32> {
    const frequency = new StaticArray<u32>(SYMBOLS);
    for (let byte: u32 = 0; byte < 256; byte++) {
      const length = byte == 0xff ? 1 : magnitudeLength(byte);
      frequency[length] += this.counts[byte];
    }
    const lengths: StaticArray<i32> = [0, 1, 2, 3, 4, 5, 6, 7];
    for (let i = 0; i < MESA_NETWORK.length; i += 2) {
      const a = MESA_NETWORK[i];
      const b = MESA_NETWORK[i + 1];
      if (frequency[lengths[a]] >= frequency[lengths[b]]) continue;
      const length = lengths[a];
      lengths[a] = lengths[b];
      lengths[b] = length;
    }
    return lengths;
  }
}

/** Part 0 of two pairs. */
const DRAIN_BITS: u64 = 12;

/** Comparators that sort eight items, which decides ties. */
// biome-ignore format: pairs
const MESA_NETWORK: StaticArray<i32> = [
  0, 2, 1, 3, 4, 6, 5, 7,
  0, 4, 1, 5, 2, 6, 3, 7,
  0, 1, 2, 3, 4, 5, 6, 7,
  2, 4, 3, 5,
  1, 4, 3, 6,
  1, 2, 3, 4, 5, 6,
];
