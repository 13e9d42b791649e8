import { replaceWeights } from "../convolution/convolution";
import { ChannelGroup } from "../convolution/geometry";
import { LEAST_SCALE } from "../convolution/rules";
import { Activity } from "./activity";
import { unitOf } from "./cost";
import { Layer } from "./layers";
import { Rounding } from "./rounding";

/** The byte that stands for a weight of 0: at a group's largest scale weights are −128 to 127. */
const ZERO: u8 = 128;

/**
 * Writes a layer's weights anew: kernels and channels in their tensors' order, each group of
 * kernels at one scale. Order null: as in the model.
 */
export class Rewriting {
  private bytes: StaticArray<u8>;
  private biases: StaticArray<i32>;
  private zero: u8;
  private rounding: Rounding;
  /** Sum over all kernels of what rounding adds to the output: mean squares in its steps. */
  private added: f64 = 0;

  constructor(
    private layer: Layer,
    private inputOrder: StaticArray<i32> | null,
    private outputOrder: StaticArray<i32> | null,
    activity: Activity,
  ) {
    this.rounding = new Rounding(layer, activity);
    this.bytes = new StaticArray<u8>(layer.channels * layer.fanIn);
    this.zero = layer.isPerChannel ? ZERO : layer.zeroByte;
    this.biases = new StaticArray<i32>(layer.channels);
  }

  /** `counts`: kernels of each group. */
  apply(counts: i32[]): void {
    const layer = this.layer;
    const c = layer.convolution;
    const groups: ChannelGroup[] = [];
    let first = 0;
    for (let i = 0; i < counts.length; i++) {
      const scale = this.largest(first, first + counts[i]);
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
  }

  /** The scale of a group; channels of next to none have the least that the shift field holds. */
  private largest(from: i32, to: i32): f64 {
    let scale = (2.0 * LEAST_SCALE) / unitOf(this.layer);
    for (let p = from; p < to; p++) scale = max(scale, this.layer.scale(this.kernel(p)) as f64);
    return scale;
  }

  private write(place: i32, scale: f64): void {
    const layer = this.layer;
    const kernel = this.kernel(place);
    const ratio = (layer.scale(kernel) as f64) / scale;
    const rounding = this.rounding;
    rounding.run(kernel, ratio);
    for (let t = 0; t < layer.taps; t++) {
      for (let i = 0; i < layer.inputChannels; i++) {
        const channel = layer.isDepthwise ? 0 : this.channel(i);
        const rounded = rounding.weights[t * layer.inputChannels + channel];
        this.bytes[this.index(place, t, i)] = ((this.zero as i32) + rounded) as u8;
      }
    }
    const step = unitOf(layer) * scale;
    this.added += step * step * rounding.meanSquare;
    const bias = (layer.bias(kernel) as f64) * ratio;
    const moved = Math.round(bias - rounding.shift);
    this.biases[place] = max<f64>(i32.MIN_VALUE, min<f64>(i32.MAX_VALUE, moved)) as i32;
  }

  private index(place: i32, tap: i32, channel: i32): i32 {
    const layer = this.layer;
    if (layer.isDepthwise) return tap * layer.channels + place;
    return (place * layer.taps + tap) * layer.inputChannels + channel;
  }

  private kernel(place: i32): i32 {
    const order = this.outputOrder;
    return order == null ? place : unchecked(order[place]);
  }

  /** A flattened image holds its channels' order once for every pixel. */
  private channel(place: i32): i32 {
    const order = this.inputOrder;
    if (order == null) return place;
    const within = place % order.length;
    return place - within + unchecked(order[within]);
  }
}
