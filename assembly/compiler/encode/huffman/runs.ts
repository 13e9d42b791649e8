/** Zeros in the longest run of a table, and entries of the largest table. */
export const LONGEST = 256;
export const MOST_ENTRIES = 18;

/**
 * The table of run lengths in a buffer's header. The first two entries have a short code of their
 * own. A stretch of zeros is cut into runs from the longest that fits down, as the vendor's compiler
 * does; what no run fits are bytes 0.
 */
export class RunTable {
  /** By number of zeros, up to LONGEST: the entry of the longest run that fits, −1 for none. */
  private entries: StaticArray<i32> = new StaticArray<i32>(LONGEST + 1).fill(-1);

  /** `zeros` of each entry: 4, 6, 10 or 18 of them. */
  constructor(public zeros: StaticArray<i32>) {
    for (let entry = zeros.length - 1; entry >= 0; entry--) this.entries[zeros[entry]] = entry;
    for (let count = 1; count <= LONGEST; count++) {
      if (this.entries[count] < 0) this.entries[count] = this.entries[count - 1];
    }
  }

  get size(): i32 {
    return this.zeros.length;
  }

  /** Bits that distinguish the entries after the first two. */
  get otherBits(): i32 {
    return 31 - (clz<u32>(this.size - 2) as i32);
  }

  /** The entry for the next of so many zeros; −1: a byte. */
  next(count: u32): i32 {
    return this.entries[min<u32>(count, LONGEST)];
  }
}

/** Numbers of entries that a table may have. */
export const TABLE_SIZES: StaticArray<i32> = [4, 6, 10, MOST_ENTRIES];

/** How often stretches of zeros of each length are met. */
export class Stretches {
  /** By length, up to LONGEST. */
  short: StaticArray<u32> = new StaticArray<u32>(LONGEST + 1);
  /** In the order of their first appearance. */
  long: Map<u32, u32> = new Map<u32, u32>();

  add(length: u32, count: u32 = 1): void {
    if (length <= (LONGEST as u32)) this.short[length] += count;
    else this.long.set(length, count + (this.long.has(length) ? this.long.get(length) : 0));
  }

  addAll(other: Stretches): void {
    for (let length = 1; length <= LONGEST; length++) this.short[length] += other.short[length];
    const lengths = other.long.keys();
    for (let i = 0; i < lengths.length; i++) this.add(lengths[i], other.long.get(lengths[i]));
  }

  /** Counts the runs that a table makes of them: by entry, and after these the bytes 0. */
  runs(table: RunTable): StaticArray<u32> {
    const counts = new StaticArray<u32>(MOST_ENTRIES + 1);
    for (let length = 1; length <= LONGEST; length++) {
      if (this.short[length] > 0) cut(length, this.short[length], table, counts);
    }
    const lengths = this.long.keys();
    for (let i = 0; i < lengths.length; i++) {
      cut(lengths[i], this.long.get(lengths[i]), table, counts);
    }
    return counts;
  }
}

export const BYTES_0 = MOST_ENTRIES;

/** Adds the runs of `count` stretches of so many zeros. */
function cut(zeros: u32, count: u32, table: RunTable, counts: StaticArray<u32>): void {
  while (zeros > 0) {
    const entry = table.next(zeros);
    if (entry < 0) {
      counts[BYTES_0] += zeros * count;
      return;
    }
    const run: u32 = table.zeros[entry];
    // The longest runs repeat.
    const repeats = zeros >= (LONGEST as u32) ? (zeros - LONGEST) / run + 1 : 1;
    counts[entry] += repeats * count;
    zeros -= repeats * run;
  }
}
