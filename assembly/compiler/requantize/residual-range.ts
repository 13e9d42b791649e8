import { ActivationStatistics } from "./activation-statistics";
import { Layer } from "./layers";
import { WeightRounding } from "./weight-rounding";

/** A byte's values, all equally likely: the largest, their mean and their variance. */
const LARGEST: f64 = 255;
const FULL_MEAN: f64 = LARGEST / 2;
const FULL_VARIANCE: f64 = (256 * 256 - 1) / 12.0;
/** Deviations of a residual, on either side of its mean: those of usual and of full-range values. */
const REACH: f64 = 6;
const FULL_REACH: f64 = 3;

/**
 * The range of a kernel's residual Σ left · x, in steps of the main job's sum: of usual values x,
 * those that are measured or assumed, and, if they are assumed, of independent ones of the full range.
 *
 *                     ├──── usual values ────┤
 *               ├──────── full-range values ────────┤
 *      ├───────────────────────── any bytes ───────────────────────┤
 */
export class ResidualRange {
  /** The middle of both, which is to be the middle of what is held. */
  middle: f64 = 0;
  /** What must be held on either side, so that usual values are. */
  least: f64 = 0;
  /** Of full-range values: the mean and the deviation; 0 if the values are measured. */
  private fullMean: f64 = 0;
  private fullDeviation: f64 = 0;

  /** Of the kernel that was rounded last. */
  constructor(layer: Layer, statistics: ActivationStatistics, rounding: WeightRounding) {
    const zero = layer.convolution.inputZero as f64;
    let sum: f64 = 0;
    let squares: f64 = 0;
    let lowest: f64 = 0;
    let highest: f64 = 0;
    for (let at = 0; at < layer.fanIn; at++) {
      const left = rounding.left(at);
      sum += left;
      squares += left * left;
      lowest += left * ((left < 0 ? LARGEST : 0) - zero);
      highest += left * ((left < 0 ? 0 : LARGEST) - zero);
    }
    const usual = REACH * Math.sqrt(rounding.mostSquare);
    const from = max(lowest, -rounding.shift - usual);
    const to = min(highest, -rounding.shift + usual);
    let first = from;
    let last = to;
    if (!statistics.isMeasured(layer.operands.input)) {
      this.fullMean = sum * (FULL_MEAN - zero);
      this.fullDeviation = Math.sqrt(squares * FULL_VARIANCE);
      const full = FULL_REACH * this.fullDeviation;
      first = min(first, max(lowest, this.fullMean - full));
      last = max(last, min(highest, this.fullMean + full));
    }
    this.middle = (first + last) / 2;
    this.least = max(to - this.middle, this.middle - from);
  }

  /**
   * Mean square of what is cut off of full-range values' residual, if so much
   * is held on either side of the middle.
   */
  cut(reach: f64): f64 {
    const deviation = this.fullDeviation;
    if (deviation == 0) return 0;
    const offset = this.fullMean - this.middle;
    const sides = cutAt((reach - offset) / deviation) + cutAt((reach + offset) / deviation);
    return (deviation * deviation * sides) / 2;
  }
}

// A normal distribution that is cut off at z deviations, on both sides, loses a mean square of
// 2 ((1 + z²) Q(z) − z φ(z)), which is close to exp(−1.55 z − 0.34 z²) from 0 to 4.
const LINEAR: f64 = 1.55;
const QUADRATIC: f64 = 0.34;

function cutAt(z: f64): f64 {
  return z > 0 ? Math.exp(-z * (LINEAR + QUADRATIC * z)) : 1 + z * z;
}
