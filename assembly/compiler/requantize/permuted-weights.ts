import { doubleRoundingOffset } from "../../tflite/double-rounding";
import { LEAST_SCALE } from "../legalize/conv/rules";
import { sideOfZero } from "../plan/tensors";
import { unitOf } from "./error-model";
import { Layer } from "./layers";

/**
 * The model's kernel and channel at each position of a layer's weights, once the
 * channels of its tensors are put into other orders. Order null: as in the model.
 */
export class PermutedWeights {
  constructor(
    public layer: Layer,
    private inputPermutation: StaticArray<i32> | null,
    private outputPermutation: StaticArray<i32> | null,
  ) {}

  kernel(position: i32): i32 {
    const order = this.outputPermutation;
    return order == null ? position : unchecked(order[position]);
  }

  /** A flattened image holds its channels' order once for every pixel. */
  channel(position: i32): i32 {
    if (this.layer.isDepthwise) return 0;
    const order = this.inputPermutation;
    if (order == null) return position;
    const within = position % order.length;
    return position - within + unchecked(order[within]);
  }

  /** Where a weight lies in the model's layout. */
  index(position: i32, tap: i32, channel: i32): i32 {
    const layer = this.layer;
    if (layer.isDepthwise) return tap * layer.channels + position;
    return (position * layer.taps + tap) * layer.inputChannels + channel;
  }

  /** The scale of a group; channels of next to none have the least that the shift field holds. */
  largestScale(from: i32, to: i32): f64 {
    let scale = (2.0 * LEAST_SCALE) / unitOf(this.layer);
    for (let p = from; p < to; p++) scale = max(scale, this.scale(p));
    return scale;
  }

  /** Whether all groups, of so many kernels each, are at the scale that each of their kernels has. */
  keepsScales(counts: i32[]): bool {
    for (let i = 0, first = 0; i < counts.length; i++) {
      const end = first + counts[i];
      const scale = this.largestScale(first, end);
      for (let p = first; p < end; p++) if (this.scale(p) != scale) return false;
      first = end;
    }
    return true;
  }

  /** Of the kernel at a position, in the model. */
  scale(position: i32): f64 {
    return this.layer.scale(this.kernel(position)) as f64;
  }

  /** Of the kernel at a position, in steps of its own sums. */
  bias(position: i32): f64 {
    return this.layer.bias(this.kernel(position)) as f64;
  }

  /** What it takes to step where TFLite does: it rounds depthwise sums twice. In the same steps. */
  roundingOffset(position: i32): f64 {
    const layer = this.layer;
    if (!layer.isDepthwise || !layer.isPerChannel) return 0;
    const side = sideOfZero(layer.operands.output) as f64;
    return side * doubleRoundingOffset(unitOf(layer) * this.scale(position));
  }
}
