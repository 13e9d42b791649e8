import { Context } from "../context";
import { Halves } from "../convolution/halves";
import { Activity } from "./activity";
import { Arrangement } from "./arrangement";
import { LARGEST_BYTE, leastLink, remainderNoise, unitOf } from "./cost";
import { Layer } from "./layers";
import { Rounding } from "./rounding";
import { wholeBias, ZERO } from "./weights";

/**
 * Brings all kernels to one scale and leaves next to no error: of a weight w, in steps of that
 * scale, a is the whole number that it is rounded to, and b what that leaves, in finer steps:
 *
 *     w ≈ a + b / 127            −128 ≤ a ≤ 127, −127 ≤ b ≤ 127
 *
 * A first job gives every kernel's sum of b · x, of which one step counts u steps of the other
 * sum; in the second job that is one more channel, with a weight of u:
 *
 *     Σ w · x  ≈  Σ a · x  +  u · e        e ≈ Σ b · x / (127 · u)
 *
 * u is the least whole number by which e, whose mean goes into the biases, fits into a byte. What
 * was moved by Σ ½ · x, at most, is now off by ½ · u. With r readings of the image, a is a sum of
 * r bytes, and the scale so much smaller.
 */
export class Remainder {
  private layer: Layer;
  private rounding: Rounding;
  /** Bytes of a, for each reading, and of b. */
  private rounded: StaticArray<u8>[] = [];
  private left: StaticArray<u8>;
  /** By place: the mean of what is left of the sums, and the most that the mean square may be. */
  private means: StaticArray<f64>;
  private squares: StaticArray<f64>;
  /** Sum over all kernels of what is added to the output still: mean squares in its steps. */
  private added: f64 = 0;

  constructor(
    private arrangement: Arrangement,
    activity: Activity,
    private readings: i32,
    private context: Context,
  ) {
    const layer = arrangement.layer;
    const weights = layer.channels * layer.fanIn;
    this.layer = layer;
    this.rounding = new Rounding(layer, activity, false);
    this.left = new StaticArray<u8>(weights);
    this.means = new StaticArray<f64>(layer.channels);
    this.squares = new StaticArray<f64>(layer.channels);
    for (let r = 0; r < readings; r++) this.rounded.push(new StaticArray<u8>(weights));
  }

  /**
   * `counts`: kernels of each group, which has a scale of its own. False where there is no room for
   * the weights.
   */
  apply(counts: i32[]): bool {
    const layer = this.layer;
    const core = this.context.core;
    const all: Halves[] = [];
    let bytes: u64 = 0;
    let first = 0;
    for (let i = 0; i < counts.length; i++) {
      const halves = new Halves(layer.convolution, first, counts[i], this.readings, core);
      all.push(halves);
      bytes += halves.weightBytes;
      first += counts[i];
    }
    if (!this.context.hasRoomFor(bytes)) return false;
    for (let i = 0; i < all.length; i++) {
      layer.placement.weaken(all[i].markOn(core));
      this.applyTo(all[i]);
    }
    layer.plan.halves = all;
    layer.plan.channelGroups = counts.length;
    layer.plan.readings = this.readings;
    layer.plan.error = Math.sqrt(this.added / (layer.channels as f64)) as f32;
    return true;
  }

  private applyTo(halves: Halves): void {
    const end = halves.first + halves.count;
    const largest = this.arrangement.largestScale(halves.first, end);
    const scale = largest / (this.readings as f64);
    const step = unitOf(this.layer) * scale;
    let square: f64 = 0;
    let variance: f64 = 0;
    for (let p = halves.first; p < end; p++) {
      this.divide(p, scale);
      square = max(square, this.squares[p]);
      variance += this.rounding.variance;
    }
    const link = leastLink(square);
    const noise = remainderNoise(link, variance / (halves.count as f64));
    this.added += (halves.count as f64) * step * step * noise;
    halves.remainder.scale = (1 / (LARGEST_BYTE * link)) as f32;
    halves.remainder.outputZero = ZERO;
    halves.main.scale = step as f32;
    this.weigh(halves, scale, link);
  }

  /** Rounds a kernel's weights, and what that leaves of them. */
  private divide(place: i32, scale: f64): void {
    const layer = this.layer;
    const rounding = this.rounding;
    const kernel = this.arrangement.kernel(place);
    const ratio = this.arrangement.scale(place) / scale;
    rounding.run(kernel, ratio, 0);
    for (let t = 0; t < layer.taps; t++) {
      for (let i = 0; i < layer.inputChannels; i++) {
        const at = t * layer.inputChannels + this.arrangement.channel(i);
        const left = Math.round(rounding.left(at) * LARGEST_BYTE) as i32;
        const index = this.arrangement.index(place, t, i);
        this.share(index, rounding.weights[at]);
        this.left[index] = ((ZERO as i32) + left) as u8;
      }
    }
    this.means[place] = -rounding.shift;
    this.squares[place] = rounding.mostSquare;
  }

  /** Gives each reading as equal a part of a weight as whole numbers are. */
  private share(index: i32, weight: i32): void {
    let left = weight;
    for (let r = 0; r < this.readings; r++) {
      const own = Math.floor((left as f64) / ((this.readings - r) as f64)) as i32;
      this.rounded[r][index] = ((ZERO as i32) + own) as u8;
      left -= own;
    }
  }

  /**
   * The remainder's output is worth nothing at its own zero point, not at the image's. Its bias
   * also has what is left of the other one.
   */
  private weigh(halves: Halves, scale: f64, link: f64): void {
    const layer = this.layer;
    const offset = link * ((ZERO as i32) - layer.convolution.inputZero);
    const biases = new StaticArray<i32>(halves.count);
    const leftBiases = new StaticArray<i32>(halves.count);
    for (let k = 0; k < halves.count; k++) {
      const place = halves.first + k;
      const own = this.arrangement.bias(place) + this.arrangement.lead(place);
      const ratio = this.arrangement.scale(place) / scale;
      const bias = own * ratio + this.means[place] - offset;
      biases[k] = wholeBias(bias);
      const left = bias - (biases[k] as f64);
      leftBiases[k] = wholeBias((left - this.means[place]) * LARGEST_BYTE);
    }
    halves.weigh(ZERO, this.left, leftBiases, this.rounded, biases, link as i32);
  }
}
