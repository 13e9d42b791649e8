import { fitsInt32, toByte, toWhole } from "../../diagnostics/narrow";
import { Context } from "../legalize/context";
import { Mark } from "../plan/mark";
import { ActivationStatistics } from "./activation-statistics";
import { LARGEST_BYTE, residualNoise, unitOf } from "./error-model";
import { ZERO_BYTE } from "./grouped-weights";
import { Layer } from "./layers";
import { PermutedWeights } from "./permuted-weights";
import { ResidualPairBuilder } from "./residual-pair";
import { ResidualRange } from "./residual-range";
import { MOST_WINDOWS, ResidualWindows } from "./residual-windows";
import { WeightRounding } from "./weight-rounding";

/** Multiply-accumulates of a pair with several windows, which take a few jobs' starts. */
const MOST_MACS: u64 = 1 << 26;
/** The same for depthwise kernels, which have several pairs, and are spelled out as full ones. */
const MOST_DEPTHWISE_MACS: u64 = 1 << 25;
/** An error of residuals, in output steps, that needs no more windows. */
const SLIGHT: f64 = 0.01;
/** The same where more windows spell out kernels that one window leaves depthwise. */
const SLIGHT_DEPTHWISE: f64 = 0.04;
/** What a byte of the image is at most, above or below its zero point. */
const LARGEST_PIXEL: f64 = 255;

/**
 * Requantizes all kernels to one scale with hardly any error: of a weight w, in steps of that
 * scale, a is the rounded whole number, and b the rest, in finer steps:
 *
 *     w ≈ a + b / 127            −128 ≤ a ≤ 127, −127 ≤ b ≤ 127
 *
 * A first job gives every kernel's sum of b · x, of which one step counts u steps of the other
 * sum; in the second job that is one more channel, with a weight of u:
 *
 *     Σ w · x  ≈  Σ a · x  +  u · e        e ≈ Σ b · x / (127 · u)
 *
 * The middle of e's range goes into the biases, and u is the least whole number by which the rest
 * fits into a byte, or into several (ResidualWindows). What was moved by Σ ½ · x, at most, is now off
 * by ½ · u. With r copies of the image, a is a sum of r bytes, and the scale so much smaller. A layer
 * whose sums may exceed 32 bits is left to groups.
 */
export class ResidualWeights {
  private layer: Layer;
  private rounding: WeightRounding;
  /** Bytes of a, for each reading, and of b. */
  private rounded: StaticArray<u8>[] = [];
  private left: StaticArray<u8>;
  /** By position: the middle of the residual's range, in steps of the main job's sum. */
  private middles: StaticArray<f64>;
  /** By position: the sums of |a| and of |b|. */
  private roundedSums: StaticArray<f64>;
  private leftSums: StaticArray<f64>;
  /** Sum over all kernels of what is added to the output still: mean squares in its steps. */
  private added: f64 = 0;

  constructor(
    private permuted: PermutedWeights,
    private statistics: ActivationStatistics,
    private inputCopies: i32,
    private context: Context,
  ) {
    const layer = permuted.layer;
    const weights = layer.channels * layer.fanIn;
    this.layer = layer;
    this.rounding = new WeightRounding(layer, statistics, false);
    this.left = new StaticArray<u8>(weights);
    this.middles = new StaticArray<f64>(layer.channels);
    this.roundedSums = new StaticArray<f64>(layer.channels);
    this.leftSums = new StaticArray<f64>(layer.channels);
    for (let r = 0; r < inputCopies; r++) this.rounded.push(new StaticArray<u8>(weights));
  }

  /**
   * `counts`: kernels of each group, which has a scale of its own. False, with nothing changed,
   * where there is no room for the weights, or a sum may exceed 32 bits.
   */
  apply(counts: i32[]): bool {
    const layer = this.layer;
    const core = this.context.core;
    const all: ResidualPairBuilder[] = [];
    let bytes: u64 = 0;
    let first = 0;
    for (let i = 0; i < counts.length; i++) {
      const residualPairs = this.divideGroup(first, counts[i]);
      if (!residualPairs.isPossibleOn(core)) return false;
      all.push(residualPairs);
      bytes += residualPairs.weightBytes;
      first += counts[i];
    }
    if (!this.context.hasRoomFor(bytes)) return false;
    for (let i = 0; i < all.length; i++) if (!this.weigh(all[i])) return false;
    for (let i = 0; i < all.length; i++) layer.legalization.weaken(all[i].markOn(core));
    layer.plan.residualPairs = [];
    for (let i = 0; i < all.length; i++) layer.plan.residualPairs.push(all[i]);
    layer.plan.channelGroups = counts.length;
    layer.plan.inputCopies = this.inputCopies;
    layer.plan.error = Math.sqrt(this.added / (layer.channels as f64)) as f32;
    return true;
  }

  /** Of all kernels of a group, that is of a step of the main job's sums. */
  private scaleOf(first: i32, count: i32): f64 {
    return this.permuted.largestScale(first, first + count) / (this.inputCopies as f64);
  }

  /** Rounds the weights of a group, and finds how much a step of what that leaves counts for. */
  private divideGroup(first: i32, count: i32): ResidualPairBuilder {
    const layer = this.layer;
    const scale = this.scaleOf(first, count);
    const step = unitOf(layer) * scale;
    const ranges: ResidualRange[] = [];
    let variance: f64 = 0;
    for (let p = first; p < first + count; p++) {
      ranges.push(this.divide(p, scale));
      variance += this.rounding.variance;
    }
    const pair = this.pairFor(first, count, ranges, step);
    const weight = pair.windows.weight as f64;
    let added = (count as f64) * residualNoise(weight, variance / (count as f64));
    for (let i = 0; i < count; i++) added += ranges[i].cut(pair.windows.reach);
    this.added += step * step * added;
    pair.residual.scale = (1 / (LARGEST_BYTE * weight)) as f32;
    pair.residual.outputZero = ZERO_BYTE;
    pair.main.scale = step as f32;
    return pair;
  }

  /** With the windows that its residuals need, or as many as there may be. */
  private pairFor(first: i32, count: i32, ranges: ResidualRange[], step: f64): ResidualPairBuilder {
    const error = (this.layer.convolution.native ? SLIGHT_DEPTHWISE : SLIGHT) / step;
    const slight = error * error;
    let most = MOST_WINDOWS;
    let pair = this.pairOf(first, count, ResidualWindows.holding(ranges, slight, most));
    while (pair.windows.count > 1 && !this.mayBe(pair)) {
      most = pair.windows.count - 1;
      pair = this.pairOf(first, count, ResidualWindows.holding(ranges, slight, most));
    }
    return pair;
  }

  private pairOf(first: i32, count: i32, windows: ResidualWindows): ResidualPairBuilder {
    const c = this.layer.convolution;
    return new ResidualPairBuilder(c, first, count, this.inputCopies, windows, this.context.core);
  }

  private mayBe(pair: ResidualPairBuilder): bool {
    const core = this.context.core;
    const most = this.layer.isDepthwise ? MOST_DEPTHWISE_MACS : MOST_MACS;
    if (!pair.isPossibleOn(core) || pair.allMacs > most) return false;
    return !this.context.settings.strict || pair.markOn(core) == Mark.PROVEN;
  }

  /** Rounds a kernel's weights and their residuals. */
  private divide(position: i32, scale: f64): ResidualRange {
    const layer = this.layer;
    const rounding = this.rounding;
    const kernel = this.permuted.kernel(position);
    const ratio = this.permuted.scale(position) / scale;
    rounding.run(kernel, ratio, 0);
    let roundedSum: f64 = 0;
    let leftSum: f64 = 0;
    for (let t = 0; t < layer.taps; t++) {
      for (let i = 0; i < layer.inputChannels; i++) {
        const at = t * layer.inputChannels + this.permuted.channel(i);
        const left = Math.round(rounding.left(at) * LARGEST_BYTE) as i32;
        const index = this.permuted.index(position, t, i);
        this.share(index, rounding.weights[at]);
        this.left[index] = toByte((ZERO_BYTE as i32) + left, "what is left of a weight");
        roundedSum += abs(rounding.weights[at]) as f64;
        leftSum += abs(left) as f64;
      }
    }
    this.roundedSums[position] = roundedSum;
    this.leftSums[position] = leftSum;
    const range = new ResidualRange(layer, this.statistics, rounding);
    this.middles[position] = range.middle;
    return range;
  }

  /** Gives each reading as equal a part of a weight as whole numbers are. */
  private share(index: i32, weight: i32): void {
    let left = weight;
    for (let r = 0; r < this.inputCopies; r++) {
      const own = Math.floor((left as f64) / ((this.inputCopies - r) as f64)) as i32;
      this.rounded[r][index] = toByte((ZERO_BYTE as i32) + own, "a rounded weight");
      left -= own;
    }
  }

  /**
   * The residual's bias shifts each window to its range, and adds the remainder of the other one. False
   * where a sum may exceed 32 bits.
   */
  private weigh(residualPairs: ResidualPairBuilder): bool {
    const layer = this.layer;
    const scale = this.scaleOf(residualPairs.first, residualPairs.count);
    const windows = residualPairs.windows;
    const weight = windows.weight as f64;
    // The sum of the windows' bytes is worth nothing at -lowest, that of as many of the image at its zero.
    const nothing = -windows.lowest - windows.count * layer.convolution.inputZero;
    const biases = new StaticArray<i32>(residualPairs.count);
    const leftBiases = new StaticArray<i32>(residualPairs.count * windows.count);
    for (let k = 0; k < residualPairs.count; k++) {
      const position = residualPairs.first + k;
      const own = this.permuted.bias(position) + this.permuted.roundingOffset(position);
      const ratio = this.permuted.scale(position) / scale;
      const middle = this.middles[position];
      const bias = own * ratio + middle - weight * (nothing as f64);
      const whole = Math.round(bias);
      const leftBias = (bias - whole - middle) * LARGEST_BYTE;
      const bytes = this.roundedSums[position] + weight * (windows.count as f64);
      if (!fitsInt32(Math.abs(whole) + LARGEST_PIXEL * bytes)) return false;
      biases[k] = toWhole(bias, "a bias");
      for (let w = 0; w < windows.count; w++) {
        const start = (windows.start(w) + (ZERO_BYTE as i32)) as f64;
        const ownBias = leftBias - start * LARGEST_BYTE * weight;
        const leftSum = Math.abs(ownBias) + LARGEST_PIXEL * this.leftSums[position] + 1;
        if (!fitsInt32(leftSum)) return false;
        leftBiases[w * residualPairs.count + k] = toWhole(ownBias, "what is left of a bias");
      }
    }
    residualPairs.weigh(ZERO_BYTE, this.left, leftBiases, this.rounded, biases);
    return true;
  }
}
