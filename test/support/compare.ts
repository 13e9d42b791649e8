/** How far two tensors of bytes are apart. */
export interface Difference {
  /** The largest difference of two elements. */
  largest: number;
  /** The share of elements that differ, 0 to 1. */
  share: number;
}

/**
 * Compares element by element; tensors of different length differ in everything. `signed`: the
 * bytes are those of int8 elements.
 */
export function compare(
  found: Uint8Array | Int8Array,
  expected: typeof found,
  signed = false,
): Difference {
  if (signed) return compare(new Int8Array(found), new Int8Array(expected));
  if (found.length !== expected.length) return { largest: Number.POSITIVE_INFINITY, share: 1 };
  let largest = 0;
  let differing = 0;
  for (let i = 0; i < found.length; i++) {
    const distance = Math.abs((found[i] as number) - (expected[i] as number));
    if (distance > 0) differing++;
    if (distance > largest) largest = distance;
  }
  return { largest, share: differing / Math.max(1, found.length) };
}
