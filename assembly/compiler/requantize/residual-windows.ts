import { ResidualRange } from "./residual-range";

/** The most bytes for one residual: they are channels of the residual job's output. */
export const MOST_WINDOWS = 8;
/** The greatest byte of a weight above the one that stands for 0. */
export const LARGEST_WEIGHT = 127;
/** From the first value of a byte to the last, which is the first of the next window. */
const STEPS = 255;
/** Mean squares that differ by no more are about the same. */
const ALIKE: f64 = 1.25;
/** Of a value that is rounded to a whole number. */
const ROUNDING: f64 = 1.0 / 12.0;

/**
 * How a residual job's bytes hold a residual e. A byte saturates, so `count` of them hold a window
 * each, one window after the other. Their sum is e less the lowest value that is held:
 *
 *              lowest   window 0     window 1     window 2
 *                 ├────────────┼────────────┼────────────┤
 *     e           ───────────────────●
 *     bytes            255          140           0
 *
 * The main job adds every byte with the same weight: how many of its steps one of e counts for.
 */
export class ResidualWindows {
  constructor(
    public count: i32,
    public weight: i32,
  ) {}

  /**
   * The fewest windows, up to `most`, that hold the residuals of such kernels with an error that is
   * `slight` or about that of usual values in one window; the best ones where none do. Errors are mean
   * squares in steps of the main job's sum.
   */
  static holding(ranges: ResidualRange[], slight: f64, most: i32): ResidualWindows {
    let least: f64 = 0;
    for (let i = 0; i < ranges.length; i++) least = max(least, ranges[i].least);
    const usual = min<f64>(weightFor(least, 1), LARGEST_WEIGHT);
    const enough = max(slight, ALIKE * usual * usual * ROUNDING);
    let best = new ResidualWindows(1, weightFor(least, 1) as i32);
    let error = Infinity;
    for (let count = 1; count <= most && error > enough; count++) {
      const weight = weightFor(least, count) as i32;
      if (weight > LARGEST_WEIGHT) continue;
      const windows = ResidualWindows.best(count, weight, ranges);
      const windowsError = windows.error(ranges);
      if (windowsError >= error) continue;
      best = windows;
      error = windowsError;
    }
    return best;
  }

  /** Those of a weight that is not less, and leaves the least error. */
  private static best(count: i32, weight: i32, ranges: ResidualRange[]): ResidualWindows {
    let best = new ResidualWindows(count, weight);
    let error = best.error(ranges);
    while (best.weight < LARGEST_WEIGHT) {
      const next = new ResidualWindows(count, best.weight + 1);
      const nextError = next.error(ranges);
      if (nextError >= error) break;
      best = next;
      error = nextError;
    }
    return best;
  }

  /** Mean square of what rounding to the steps of the weight leaves, and what is cut off at most. */
  private error(ranges: ResidualRange[]): f64 {
    let cut: f64 = 0;
    for (let i = 0; i < ranges.length; i++) cut = max(cut, ranges[i].cut(this.reach));
    return cut + ROUNDING * ((this.weight * this.weight) as f64);
  }

  /** From the middle of what is held to its ends, in steps of the main job. */
  get reach(): f64 {
    return ((STEPS * this.count * this.weight) as f64) / 2;
  }

  /** The least e that is held. */
  get lowest(): i32 {
    return -((STEPS * this.count + 1) / 2);
  }

  /** The e for which a window's byte is 0. */
  start(window: i32): i32 {
    return this.lowest + STEPS * window;
  }
}

/** The least whole weight with which so many windows hold a residual of such a reach. */
export function weightFor(reach: f64, count: i32): f64 {
  return max<f64>(1, Math.ceil((2 * reach) / ((STEPS * count) as f64)));
}
