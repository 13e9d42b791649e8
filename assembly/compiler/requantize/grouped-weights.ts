import { toByte, toWhole } from "../../diagnostics/narrow";
import { replaceWeights } from "../legalize/conv/convolution";
import { ChannelGroup } from "../plan/convolution";
import { ActivationStatistics } from "./activation-statistics";
import { unitOf } from "./error-model";
import { Layer } from "./layers";
import { PermutedWeights } from "./permuted-weights";
import { WeightRounding } from "./weight-rounding";

/** The byte that stands for a weight of 0: at a group's largest scale weights are −128 to 127. */
export const ZERO_BYTE: u8 = 128;

/**
 * Writes a layer's weights anew: kernels and channels in their tensors' order, each group of
 * kernels at one scale.
 */
export class GroupedWeights {
  private layer: Layer;
  private bytes: StaticArray<u8>;
  private biases: StaticArray<i32>;
  private zero: u8;
  private rounding: WeightRounding;
  /** Sums that are TFLite's own are rounded as TFLite does, as well as the encoder can. */
  private isExact: bool = false;
  /** Sum over all kernels of what rounding adds to the output: mean squares in its steps. */
  private added: f64 = 0;

  constructor(
    private permuted: PermutedWeights,
    statistics: ActivationStatistics,
  ) {
    const layer = permuted.layer;
    this.layer = layer;
    this.rounding = new WeightRounding(layer, statistics, true);
    this.bytes = new StaticArray<u8>(layer.channels * layer.fanIn);
    this.zero = layer.isPerChannel ? ZERO_BYTE : layer.zeroByte;
    this.biases = new StaticArray<i32>(layer.channels);
  }

  /** `counts`: kernels of each group. */
  apply(counts: i32[]): void {
    const layer = this.layer;
    const c = layer.convolution;
    const groups: ChannelGroup[] = [];
    this.isExact = this.permuted.keepsScales(counts);
    let first = 0;
    for (let i = 0; i < counts.length; i++) {
      const scale = this.permuted.largestScale(first, first + counts[i]);
      for (let p = first; p < first + counts[i]; p++) this.write(p, scale);
      const factor = (unitOf(layer) * scale) as f32;
      groups.push(new ChannelGroup(first, counts[i], factor, this.zero));
      first += counts[i];
    }
    c.groups = groups;
    replaceWeights(c, layer.operands, this.bytes, this.biases, this.zero);
    if (!layer.isPerChannel) return;
    layer.plan.channelGroups = counts.length;
    layer.plan.error = Math.sqrt(this.added / (layer.channels as f64)) as f32;
    c.roundsTwice = layer.isDepthwise && this.isExact;
  }

  private write(position: i32, scale: f64): void {
    const layer = this.layer;
    const kernel = this.permuted.kernel(position);
    const ratio = this.permuted.scale(position) / scale;
    const offset = this.isExact ? 0 : this.permuted.roundingOffset(position);
    const bias = (this.permuted.bias(position) + offset) * ratio;
    const rounding = this.rounding;
    rounding.run(kernel, ratio, bias);
    for (let t = 0; t < layer.taps; t++) {
      for (let i = 0; i < layer.inputChannels; i++) {
        const channel = this.permuted.channel(i);
        const rounded = rounding.weights[t * layer.inputChannels + channel];
        this.bytes[this.permuted.index(position, t, i)] = toByte(
          (this.zero as i32) + rounded,
          "a rounded weight",
        );
      }
    }
    const step = unitOf(layer) * scale;
    this.added += step * step * rounding.meanSquare;
    this.biases[position] = toWhole(bias - rounding.shift, "a bias");
  }
}
