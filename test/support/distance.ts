import type { TypedArray } from "../../host/dtype.ts";

/** How far values are from the truth. */
export interface Distance {
  /**
   * Root mean square of the difference over the standard deviation of the truth; that itself, where
   * the truth is the same everywhere.
   */
  rel: number;
  /** The largest difference, in the values' own unit: steps, where they are quantized. */
  largest: number;
}

/** Values of another number than the truth's, or without a number where it has one, are at infinity. */
export function distance(found: TypedArray, truth: TypedArray): Distance {
  if (found.length !== truth.length) return FAR;
  const values = Array.from(truth, Number);
  const mean = values.reduce((sum, value) => sum + value, 0) / Math.max(1, values.length);
  let [squares, variance, largest] = [0, 0, 0];
  values.forEach((value, i) => {
    const difference = Object.is(value, Number(found[i])) ? 0 : Math.abs(value - Number(found[i]));
    squares += difference ** 2;
    variance += (value - mean) ** 2;
    largest = Math.max(largest, difference);
  });
  if (Number.isNaN(squares)) return FAR;
  return { rel: Math.sqrt(squares / (variance || Math.max(1, values.length))), largest };
}

/** The worse in each of the two. */
export function worst(distances: readonly Distance[]): Distance {
  return {
    rel: Math.max(0, ...distances.map(({ rel }) => rel)),
    largest: Math.max(0, ...distances.map(({ largest }) => largest)),
  };
}

const FAR: Distance = { rel: Number.POSITIVE_INFINITY, largest: Number.POSITIVE_INFINITY };
