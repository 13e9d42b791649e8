import { doubleRoundingOffset } from "../../tflite/double-rounding";

/**
 * How one rounding comes near to two (portable AssemblyScript: tests read the very same lines).
 *
 * TFLite multiplies the sums of most 8-bit layers by a factor f = M · 2^-s with ½ ≤ M < 1, and
 * rounds twice: first the product with M, then what the shift to the right leaves. The NPU
 * rounds once. Hence they step from output k to k + 1 at different sums:
 *
 *      sum · M  ──────────┬───────────┬──────────▶
 *                         │ H − ½     │ H = (k + ½) · 2^s
 *                         ╰ TFLite    ╰ NPU
 *
 * TFLite steps early by ½ of that axis, which is ½ / M (its offset) in units of the sum: between
 * half a unit and a whole one. Every sum in between comes out one off. The NPU's sums may be
 * given a bias, which must be a whole number, and its factor may be another. By how many sums
 * it is late then, by output:
 *
 *        offset ┼───────────────────── bias 0, factor f
 *               │               ╱
 *             0 ┼─────────────╳─────── k, counted from the zero point
 *               │         ╱   CROSSING
 *    offset − 1 ┼─────╱                bias 1, a factor smaller by so much
 *
 * Outputs below the zero point mirror those above: TFLite steps early away from zero on both
 * sides, while a bias helps one side and harms the other. Where both occur, the best choice is bias 0
 * with a greater factor.
 */
export class RoundingCorrection {
  constructor(
    /** What is to be added to every sum. */
    public bias: i32,
    /** Steps of the output for one of the sum. */
    public factor: f64,
  ) {}

  /**
   * What follows TFLite's two roundings best for outputs that are up to so many steps `above`
   * and `below` the zero point.
   */
  static likeTwo(factor: f64, above: i32, below: i32): RoundingCorrection {
    const offset = doubleRoundingOffset(factor);
    let best = new RoundingCorrection(0, factor);
    if (offset == 0) return best;
    let least: f64 = Infinity;
    for (let bias = -1; bias <= 1; bias++) {
      const shift = bias as f64;
      // On the side that the bias helps; without one, on both.
      const late = offset - Math.abs(shift);
      const stretch = -late / CROSSING;
      const missed =
        between(above, stretch, offset - shift) + between(below, stretch, offset + shift);
      if (missed >= least) continue;
      least = missed;
      best = new RoundingCorrection(bias, 1 / (1 / factor + stretch));
    }
    return best;
  }
}

/**
 * The output for which both step at the same sum. Those of real layers mostly lie nearer to
 * the zero point; the share of them that differs hardly changes from 80 to 120.
 */
export const CROSSING: f64 = 110;

/**
 * Sums between the steps of both, over all steps on one side of the zero point: `late` at the
 * zero point, and so much (`stretch`) later with every output.
 */
function between(steps: i32, stretch: f64, late: f64): f64 {
  let sums: f64 = 0;
  for (let k = 0; k < steps; k++) sums += Math.abs(((k as f64) + 0.5) * stretch + late);
  return sums;
}
