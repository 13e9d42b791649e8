import type { Box, Detection } from "./result.ts";

/** Detections below this score are no results. */
export const LEAST_SCORE = 0.4;
/** Of two boxes of a class that overlap by more, the one with the lower score goes. */
const MOST_OVERLAP = 0.5;
/** Detections that suppression looks at, highest scores first. Its time grows by the square of them. */
const MOST_CANDIDATES = 1000;
const MOST_RESULTS = 100;

/**
 * Greedy non-maximum suppression, class by class. Returns at most 100 detections, highest score first;
 * of equal ones, the first given comes first.
 */
export function suppress(candidates: Detection[]): Detection[] {
  const sorted = candidates
    .filter(({ score }) => score >= LEAST_SCORE)
    .sort((a, b) => b.score - a.score)
    .slice(0, MOST_CANDIDATES);
  const kept: Detection[] = [];
  for (const candidate of sorted) {
    if (kept.length === MOST_RESULTS) break;
    const isCovered = kept.some(
      (other) =>
        other.class === candidate.class && overlap(other.box, candidate.box) > MOST_OVERLAP,
    );
    if (!isCovered) kept.push(candidate);
  }
  return kept;
}

/** Intersection over union of two boxes: 0 for boxes apart, 1 for equal ones. */
export function overlap(a: Box, b: Box): number {
  const height = Math.min(a[2], b[2]) - Math.max(a[0], b[0]);
  const width = Math.min(a[3], b[3]) - Math.max(a[1], b[1]);
  if (height <= 0 || width <= 0) return 0;
  const common = height * width;
  return common / (area(a) + area(b) - common);
}

function area([top, left, bottom, right]: Box): number {
  return (bottom - top) * (right - left);
}

/** The box around a centre. All in parts of the picture. */
export function boxAround(column: number, row: number, width: number, height: number): Box {
  return [row - height / 2, column - width / 2, row + height / 2, column + width / 2];
}

/** The class with the greatest of `count` values from `begin` on, every `step`-th of them. */
export function greatest(
  values: Float64Array,
  begin: number,
  count: number,
  step = 1,
): { index: number; value: number } {
  let best = { index: 0, value: Number.NEGATIVE_INFINITY };
  for (let index = 0; index < count; index++) {
    const value = values[begin + index * step] as number;
    if (value > best.value) best = { index, value };
  }
  return best;
}

export function sigmoid(x: number): number {
  return 1 / (1 + Math.exp(-x));
}
