import { ActivationStatistics } from "./activation-statistics";
import { Layer } from "./layers";

/** Passes over the weights of a kernel, at most: few change after the first. */
const PASSES = 4;

/**
 * Rounds the weights of one kernel so that their errors cancel under the values that they meet, by
 * coordinate descent on the expected square of the error (the aim of Nagel et al., "Up or Down? Adaptive
 * Rounding for Post-Training Quantization", 2020). The values are not independent: neighbouring pixels
 * of one channel look alike, and bright pixels are bright in many channels. With d the deviation of the values that a weight meets, e its error,
 * A the sum of d·e over all weights and B that over the taps of one channel, the output moves by
 * its mean, which is known and taken out of the bias, and around it by the mean square
 *
 *     (1 − s) Σ d²e²  +  (s − c) Σ B²  +  c A²  +  m²
 *
 * where c is the correlation of different channels, s that of different taps of one, and m what
 * a bias misses that has to be whole. Every weight goes up or down, whichever makes this less, the
 * others being as they are.
 */
export class WeightRounding {
  /** What the kernel's weights are rounded to: [tap][channel], in the model's order. */
  weights: StaticArray<i32>;
  /** Of the output, in steps of input times weight: what rounding adds, around what it shifts. */
  meanSquare: f64 = 0;
  /** The most that it may be: where nothing is known, values may be less alike than is assumed. */
  mostSquare: f64 = 0;
  /** By how much it moves the sum in the mean. */
  shift: f64 = 0;
  private isKnown: bool;
  private spatial: f64 = 0;
  private common: f64 = 0;
  private wanted: StaticArray<f64>;
  /** By channel of the input: deviation and mean, and the sum of d·e over the taps. */
  private deviations: StaticArray<f64>;
  private means: StaticArray<f64>;
  private sums: StaticArray<f64>;
  private sum: f64 = 0;
  private bias: f64 = 0;

  constructor(
    private layer: Layer,
    private statistics: ActivationStatistics,
    /** The bias has no finer steps than the sum. */
    private hasWholeBias: bool,
  ) {
    const input = layer.operands.input;
    this.weights = new StaticArray<i32>(layer.fanIn);
    this.wanted = new StaticArray<f64>(layer.fanIn);
    this.deviations = new StaticArray<f64>(layer.inputChannels);
    this.means = new StaticArray<f64>(layer.inputChannels);
    this.sums = new StaticArray<f64>(layer.inputChannels);
    this.isKnown = statistics.isMeasured(input);
    this.common = layer.inputChannels > 1 ? statistics.common(input) : 0;
    const alike = layer.taps > 1 ? statistics.spatial(input) : 0;
    this.spatial = max(alike, this.common) - this.common;
    if (!layer.keepsChannels) for (let i = 0; i < layer.inputChannels; i++) this.meet(i, i);
  }

  /**
   * Rounds a kernel of the model's, each weight times `ratio`, which is at most 1. Its sum has a
   * bias, of which `shift` is to be taken.
   */
  run(kernel: i32, ratio: f64, bias: f64): void {
    if (this.layer.keepsChannels) this.meet(0, kernel);
    this.sums.fill(0);
    this.sum = 0;
    this.shift = 0;
    this.bias = bias;
    this.begin(kernel, ratio);
    let changes = ratio != Math.floor(ratio);
    for (let pass = 0; pass < PASSES && changes; pass++) changes = this.improve();
    this.measure();
  }

  /** The error of the last rounding of a weight. */
  left(at: i32): f64 {
    return this.wanted[at] - (this.weights[at] as f64);
  }

  /** Sum of the variances of all values that the kernel meets. */
  get variance(): f64 {
    let sum: f64 = 0;
    for (let t = 0; t < this.layer.taps; t++) {
      for (let i = 0; i < this.deviations.length; i++)
        sum += this.deviations[i] * this.deviations[i];
    }
    return sum;
  }

  /** Takes the statistics of a channel's values. */
  private meet(position: i32, channel: i32): void {
    const input = this.layer.operands.input;
    const within = channel % input.fromLast(1);
    this.deviations[position] = Math.sqrt(this.statistics.variance(input, within));
    this.means[position] = this.statistics.mean(input, within);
  }

  private begin(kernel: i32, ratio: f64): void {
    const channels = this.layer.inputChannels;
    for (let t = 0, at = 0; t < this.layer.taps; t++) {
      for (let i = 0; i < channels; i++, at++) {
        const wanted = (this.layer.weight(kernel, t, i) as f64) * ratio;
        const rounded = Math.floor(wanted + 0.5);
        this.wanted[at] = wanted;
        this.weights[at] = rounded as i32;
        this.take(i, rounded - wanted);
      }
    }
  }

  /** Lets every weight choose again; false if none changed. */
  private improve(): bool {
    const channels = this.layer.inputChannels;
    let changed = false;
    for (let t = 0, at = 0; t < this.layer.taps; t++) {
      for (let i = 0; i < channels; i++, at++) {
        const wanted = unchecked(this.wanted[at]);
        const below = Math.floor(wanted) - wanted;
        if (below == 0) continue;
        const before = unchecked(this.weights[at]);
        this.take(i, wanted - (before as f64));
        const after = (Math.floor(wanted) as i32) + (this.growth(i, below) < 0 ? 1 : 0);
        this.weights[at] = after;
        this.take(i, (after as f64) - wanted);
        changed = changed || after != before;
      }
    }
    return changed;
  }

  private take(channel: i32, error: f64): void {
    const moved = unchecked(this.deviations[channel]) * error;
    this.sum += moved;
    this.sums[channel] += moved;
    this.shift += unchecked(this.means[channel]) * error;
  }

  /** By how much the mean square grows if a weight's error is one more than it is `below`. */
  private growth(channel: i32, below: f64): f64 {
    const deviation = unchecked(this.deviations[channel]);
    const pull = this.spatial * unchecked(this.sums[channel]) + this.common * this.sum;
    const around = deviation * (deviation * (2 * below + 1) + 2 * pull);
    const mean = unchecked(this.means[channel]);
    const shift = this.shift + mean * below;
    return around + this.missedSquare(shift + mean) - this.missedSquare(shift);
  }

  private missedSquare(shift: f64): f64 {
    if (!this.hasWholeBias) return 0;
    const bias = this.bias - shift;
    const missed = bias - Math.floor(bias + 0.5);
    return missed * missed;
  }

  private measure(): void {
    const channels = this.layer.inputChannels;
    let own: f64 = 0;
    this.shift = 0;
    for (let t = 0, at = 0; t < this.layer.taps; t++) {
      for (let i = 0; i < channels; i++, at++) {
        const error = (unchecked(this.weights[at]) as f64) - unchecked(this.wanted[at]);
        const moved = unchecked(this.deviations[i]) * error;
        own += moved * moved;
        this.shift += unchecked(this.means[i]) * error;
      }
    }
    let alike: f64 = 0;
    for (let i = 0; i < channels; i++) alike += this.sums[i] * this.sums[i];
    const alone = 1 - this.spatial - this.common;
    this.meanSquare = alone * own + this.spatial * alike + this.common * this.sum * this.sum;
    this.meanSquare += this.missedSquare(this.shift);
    this.mostSquare = this.isKnown ? this.meanSquare : max(this.meanSquare, own);
  }
}
