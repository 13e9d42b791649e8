import { ActivationStatistics } from "./activation-statistics";
import { Layer } from "./layers";
import { weightFor } from "./residual-windows";

/** Of a value that is rounded to a whole number: the mean square of what that moves it by. */
const ROUNDING: f64 = 1.0 / 12.0;

/**
 * The error of bringing a layer's kernels to one scale S: each weight of kernel k is multiplied
 * by s = scale of k ÷ S and rounded, which moves it by an error e of at most one half. The
 * output then moves by
 *
 *     S · (input's scale ÷ output's) · Σ e · x        x: the input's steps above its zero point
 *
 * whose mean the bias removes. The rest has, for independent errors,
 * the mean square S² · f(k) · E[e²], with f(k) the sum of the variances of all x, in output
 * steps.
 */
export class ErrorModel {
  /** One over the mean variance of its output: errors count by the signal that they disturb. */
  weight: f64;
  private unit: f64;
  /** The largest sum of the variances of what a kernel meets. */
  private variance: f64 = 0;
  private scales: StaticArray<f64>;
  private factors: StaticArray<f64>;
  /** Mean squares of each kernel's weights. */
  private powers: StaticArray<f64>;

  constructor(
    public layer: Layer,
    statistics: ActivationStatistics,
  ) {
    const kernels = layer.channels;
    this.scales = new StaticArray<f64>(kernels);
    this.factors = new StaticArray<f64>(kernels);
    this.powers = new StaticArray<f64>(kernels);
    const shared = layer.keepsChannels ? 0 : sumOfVariances(layer, statistics);
    const unit = unitOf(layer);
    this.unit = unit;
    this.weight = 1 / (1 + meanVariance(layer, statistics));
    for (let k = 0; k < kernels; k++) {
      const variance = layer.keepsChannels
        ? layer.taps * statistics.variance(layer.operands.input, k)
        : shared;
      this.scales[k] = layer.scale(k) as f64;
      this.factors[k] = unit * unit * variance;
      this.powers[k] = meanSquare(layer, k);
      this.variance = max(this.variance, variance);
    }
  }

  /**
   * The mean square that is left where the residuals of kernels of such a scale, at most, have a
   * job, and the image so many copies.
   */
  withResiduals(scale: f64, inputCopies: i32): f64 {
    const step = (this.unit * scale) / (inputCopies as f64);
    const weight = weightFor(REACH * Math.sqrt(ROUNDING * this.variance), 1);
    return step * step * residualNoise(weight, this.variance);
  }

  scale(kernel: i32): f64 {
    return unchecked(this.scales[kernel]);
  }

  /** Mean square, in output steps, of what a scale of `scale` adds to a kernel's output. */
  of(kernel: i32, scale: f64): f64 {
    const missed = 1 - unchecked(this.scales[kernel]) / scale;
    const moved = missed * missed * unchecked(this.powers[kernel]);
    return scale * scale * unchecked(this.factors[kernel]) * min(moved, ROUNDING);
  }
}

/** Deviations of a residual that its bytes hold, on either side. */
const REACH: f64 = 6;
/** Steps of a residual's weight to one of the rounded weight, which it is a part of. */
export const LARGEST_BYTE: f64 = 127;

/**
 * Mean square of the remaining error: a step of the residual counts for `residualWeight`, and its own
 * weights are rounded.
 */
export function residualNoise(residualWeight: f64, variance: f64): f64 {
  return ROUNDING * (residualWeight * residualWeight + variance / (LARGEST_BYTE * LARGEST_BYTE));
}

/** Output steps for one step of the input times one of a weight of scale 1. */
export function unitOf(layer: Layer): f64 {
  const input = layer.operands.input.quantization.scale(0) as f64;
  return input / (layer.operands.output.quantization.scale(0) as f64);
}

function meanVariance(layer: Layer, statistics: ActivationStatistics): f64 {
  let sum: f64 = 0;
  for (let k = 0; k < layer.channels; k++)
    sum += statistics.variance(layer.operands.output, k % layer.operands.output.fromLast(1));
  return sum / (layer.channels as f64);
}

function sumOfVariances(layer: Layer, statistics: ActivationStatistics): f64 {
  const input = layer.operands.input;
  const period = input.fromLast(1);
  let sum: f64 = 0;
  for (let c = 0; c < layer.inputChannels; c++) sum += statistics.variance(input, c % period);
  return sum * (layer.taps as f64);
}

function meanSquare(layer: Layer, kernel: i32): f64 {
  let sum: f64 = 0;
  for (let t = 0; t < layer.taps; t++) {
    for (let c = 0; c < layer.inputChannels; c++) {
      const weight = layer.weight(kernel, t, c);
      sum += (weight * weight) as f64;
    }
  }
  return sum / (layer.fanIn as f64);
}
