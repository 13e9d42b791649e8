import { type Colour, colourOf } from "./palette.ts";
import type { Mask } from "./result.ts";

// What all views of results share: terminal, drawn picture and page.

/** Points below this score are not drawn. */
export const LEAST_POINT_SCORE = 0.3;

/** A class's colour, dark enough for white letters on it. */
export function labelColourOf(index: number): Colour {
  return darkened(colourOf(index));
}

export function darkened(colour: Colour): Colour {
  return colour.map((value) => Math.round(value * 0.6)) as Colour;
}

/** The part of the pixels that each class has, the largest first. */
export function classShares({ values }: Mask): { class: number; share: number }[] {
  const counts = new Map<number, number>();
  for (const value of values) counts.set(value, (counts.get(value) ?? 0) + 1);
  return Array.from(counts, ([index, count]) => ({
    class: index,
    share: count / values.length,
  })).sort((a, b) => b.share - a.share || a.class - b.class);
}
