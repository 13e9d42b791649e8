import type { TypedArray } from "../dtype.ts";

/** How far two tensors are apart, in steps of their quantization (or units, where real). */
export interface Difference {
  largest: number;
  /** Of the absolute differences. */
  mean: number;
  /** Root of the mean of their squares. */
  rms: number;
  /** Of the elements that differ, 0 to 1. */
  share: number;
}

/** Compares element by element. */
export function difference(found: TypedArray, expected: TypedArray): Difference {
  let largest = 0;
  let sum = 0;
  let squares = 0;
  let differing = 0;
  for (let i = 0; i < expected.length; i++) {
    const distance = Math.abs(Number(found[i]) - Number(expected[i]));
    if (distance > 0) differing++;
    if (distance > largest) largest = distance;
    sum += distance;
    squares += distance * distance;
  }
  const count = Math.max(1, expected.length);
  const rms = Math.sqrt(squares / count);
  return { largest, mean: sum / count, rms, share: differing / count };
}
