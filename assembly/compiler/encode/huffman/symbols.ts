import {
  CodeBook,
  FIRST_RUNS,
  LENGTHS,
  lengthOf,
  OTHER_RUNS,
  SYMBOL_BITS,
  SYMBOLS,
  VERBATIM,
  valueBits,
} from "./code-book";
import { BYTES_0, MOST_ENTRIES, RunTable, Stretches } from "./runs";
import { Sink, weightAt } from "./sink";

/** How often each byte is to be coded, and which stretches of zeros may become runs. */
export class Histogram extends Sink {
  /** By byte, those of stretches included. */
  private counts: StaticArray<u32> = new StaticArray<u32>(256);
  private total: u32 = 0;
  stretches: Stretches = new Stretches();
  /** Zeros in stretches. */
  private inStretches: u32 = 0;
  /** Zeros of the stretch that has not ended yet. */
  private pending: u32 = 0;

  literal(value: u32): void {
    this.end();
    const count = changetype<usize>(this.counts) + ((value as usize) << 2);
    store<u32>(count, load<u32>(count) + 1);
    this.total++;
  }

  zeros(count: u32): void {
    this.pending += count;
  }

  taps(base: usize, table: usize, count: i32, zero: u32, flip: u32): void {
    const counts = changetype<usize>(this.counts);
    let zeros = 0;
    for (const end = table + ((count as usize) << 2); table < end; table += 4) {
      const weight = weightAt(base, table, zero, flip);
      if (weight == 0) {
        this.pending++;
        zeros++;
        continue;
      }
      if (this.pending != 0) this.end();
      const at = counts + ((weight as usize) << 2);
      store<u32>(at, load<u32>(at) + 1);
    }
    this.total += count - zeros;
  }

  /** Ends the current run of zeros, if there is one. */
  end(): void {
    const zeros = this.pending;
    if (zeros == 0) return;
    this.stretches.add(zeros);
    this.inStretches += zeros;
    this.counts[0] += zeros;
    this.total += zeros;
    this.pending = 0;
  }

  add(other: Histogram): void {
    for (let byte = 0; byte < 256; byte++) this.counts[byte] += other.counts[byte];
    this.total += other.total;
    this.inStretches += other.inStretches;
    this.stretches.addAll(other.stretches);
  }

  /** Bits of a stream of these bytes, the one that makes their codes even and its end included. */
  streamBits(book: CodeBook): u64 {
    const runs = book.runs;
    let codes = this.total;
    let bits: u64 = DRAIN_BITS;
    let zeros = this.counts[0];
    if (runs != null) {
      const cuts = this.stretches.runs(runs);
      zeros += cuts[BYTES_0] - this.inStretches;
      codes += cuts[BYTES_0] - this.inStretches;
      for (let entry = 0; entry < runs.size; entry++) {
        codes += cuts[entry];
        bits += (cuts[entry] as u64) * (codeBits(book.codes[256 + entry]) as u64);
      }
    }
    bits += ((zeros + (codes & 1)) as u64) * (codeBits(book.codes[0]) as u64);
    for (let byte = 1; byte < 256; byte++) {
      bits += (this.counts[byte] as u64) * (codeBits(book.codes[byte]) as u64);
    }
    return bits;
  }

  /** The cheapest codes without runs. */
  plainBook(): CodeBook {
    const frequency = new StaticArray<u64>(LENGTHS);
    for (let byte: u32 = 0; byte < 256; byte++) {
      frequency[lengthOf(byte, false)] += this.counts[byte];
    }
    return new CodeBook(byFrequency(frequency, OTHER_RUNS), null);
  }

  /** The cheapest assignment of lengths to symbols with a table of runs. */
  assign(runs: RunTable): Assignment {
    const frequency = new StaticArray<u64>(LENGTHS);
    for (let byte: u32 = 1; byte < 256; byte++) {
      frequency[lengthOf(byte, true)] += this.counts[byte];
    }
    const cuts = this.stretches.runs(runs);
    frequency[VERBATIM] += this.counts[0] - this.inStretches + cuts[BYTES_0];
    for (let entry = 0; entry < MOST_ENTRIES; entry++) {
      frequency[entry < 2 ? FIRST_RUNS : OTHER_RUNS] += cuts[entry];
    }
    let best = new Assignment(frequency, 1, runs);
    for (let omitted = 2; omitted < VERBATIM; omitted++) {
      const assignment = new Assignment(frequency, omitted, runs);
      if (assignment.bits < best.bits) best = assignment;
    }
    return best;
  }

  /** Fault: Mesa counts 0xff, which has length 0, among the bytes of length 1. */
  mesaBook(): CodeBook {
    const frequency = new StaticArray<u32>(SYMBOLS);
    for (let byte: u32 = 0; byte < 256; byte++) {
      const length = byte == 0xff ? 1 : lengthOf(byte, false);
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
    return new CodeBook(lengths, null);
  }
}

/** An assignment of all lengths but one to the symbols, and the bits of all codes with it. */
export class Assignment {
  lengths: StaticArray<i32>;
  bits: u64 = 0;

  constructor(frequency: StaticArray<u64>, omitted: i32, runs: RunTable) {
    const counts = StaticArray.fromArray<u64>(frequency.slice<Array<u64>>());
    counts[VERBATIM] += counts[omitted];
    this.lengths = byFrequency(counts, omitted);
    for (let symbol = 0; symbol < SYMBOLS; symbol++) {
      const length = this.lengths[symbol];
      this.bits += counts[length] * ((SYMBOL_BITS[symbol] + valueBits(length, runs)) as u64);
    }
  }
}

/** Bits of a code: three in part 0, two in part 1, and those of part 2. */
function codeBits(code: u32): u32 {
  return 3 + (((code >> 18) & 1) << 1) + ((code >> 11) & 15);
}

/**
 * What a length costs is the bits of its values plus what its symbol adds, so the most frequent get
 * the symbols that add least, and those are in order. Among equals, the shorter comes first.
 */
function byFrequency(frequency: StaticArray<u64>, omitted: i32): StaticArray<i32> {
  const lengths = new StaticArray<i32>(SYMBOLS);
  let count = 0;
  for (let length = 0; length < LENGTHS; length++) {
    if (length == omitted) continue;
    let at = count++;
    while (at > 0 && frequency[lengths[at - 1]] < frequency[length]) {
      lengths[at] = lengths[at - 1];
      at--;
    }
    lengths[at] = length;
  }
  return lengths;
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
