import { Builtin } from "../../tflite/schema";
import { WindowAxis } from "../../tflite/window";
import { Constant, elementsOf } from "../graph/constant";
import { Node, Value } from "../graph/graph";

/** How a layer's options are ordered, by its kind: where each stands, −1 for none. */
class Slots {
  constructor(
    public stride: i32,
    public activation: i32,
    public dilation: i32,
  ) {}
}

const CONV = new Slots(1, 3, 4);
const DEPTHWISE = new Slots(1, 4, 5);
const TRANSPOSED = new Slots(1, 3, -1);

/**
 * A layer with weights as sums over windows. Outputs fall into `blocks` of as many channels that read
 * the same `depth` numbers: one block for a convolution, one for each group or, depthwise, for each
 * channel. A fully connected layer is a convolution of one tap.
 */
export class WeightedLayer {
  rows: WindowAxis = new WindowAxis(1, 1, 1, 1, 1);
  columns: WindowAxis = new WindowAxis(1, 1, 1, 1, 1);
  isDepthwise: bool;
  /** Channels of the input, and those that a block reads. */
  channels: i32;
  blockChannels: i32;
  kernels: i32;
  blocks: i32;
  taps: i32;
  images: i32;

  constructor(public node: Node) {
    const weights = node.inputs[1] as Value;
    const code = node.code;
    this.isDepthwise = code == Builtin.DEPTHWISE_CONV_2D;
    if (code == Builtin.FULLY_CONNECTED) {
      this.kernels = weights.shape[0];
      this.channels = weights.shape[1];
      this.images = (elementsOf((node.inputs[0] as Value).shape) / max(this.channels, 1)) as i32;
    } else {
      const slots = slotsOf(code);
      const data = node.inputs[code == Builtin.TRANSPOSE_CONV ? 2 : 0] as Value;
      const image = code == Builtin.TRANSPOSE_CONV ? node.output.shape : data.shape;
      const strides = [node.options[slots.stride + 1], node.options[slots.stride]];
      const dilations =
        slots.dilation < 0
          ? [1, 1]
          : [node.options[slots.dilation + 1], node.options[slots.dilation]];
      const padding = node.options[0];
      this.rows = new WindowAxis(
        image[1],
        weights.shape[1],
        strides[0],
        max(dilations[0], 1),
        padding,
      );
      this.columns = new WindowAxis(
        image[2],
        weights.shape[2],
        strides[1],
        max(dilations[1], 1),
        padding,
      );
      this.channels = data.shape[3];
      this.kernels = this.isDepthwise ? weights.shape[3] : weights.shape[0];
      this.images = data.shape[0];
    }
    this.blockChannels = this.isDepthwise ? 1 : weights.shape[weights.rank - 1];
    this.blocks = max(this.channels / max(this.blockChannels, 1), 1);
    this.taps = this.rows.kernel * this.columns.kernel;
  }

  /** Numbers that a sum runs over. */
  get depth(): i32 {
    return this.taps * this.blockChannels;
  }

  /** Outputs of a block. */
  get blockKernels(): i32 {
    return this.kernels / this.blocks;
  }

  /** Windows, all images together. */
  get positions(): i32 {
    return this.images * this.rows.output * this.columns.output;
  }

  get activation(): i32 {
    return this.node.code == Builtin.FULLY_CONNECTED
      ? this.node.options[0]
      : this.node.options[slotsOf(this.node.code).activation];
  }

  get isTransposed(): bool {
    return this.node.code == Builtin.TRANSPOSE_CONV;
  }

  /** Where weight `index` of kernel `kernel` stands; it weighs number `index` of the window. */
  weightAt(kernel: i32, index: i32): i32 {
    return this.isDepthwise ? index * this.kernels + kernel : kernel * this.depth + index;
  }

  /** Whether windows are pixels themselves. */
  get isPointwise(): bool {
    const isOne = this.taps == 1 && this.rows.stride == 1 && this.columns.stride == 1;
    return isOne && this.rows.before == 0 && this.columns.before == 0;
  }

  /** Copies the numbers that block `block` reads in the window `position`; 0 beyond the image. */
  gather(image: usize, position: i32, block: i32, to: usize): void {
    const row = this.rows;
    const column = this.columns;
    const x = (position % column.output) * column.stride - column.before;
    const y = ((position / column.output) % row.output) * row.stride - row.before;
    const start = (position / (column.output * row.output)) * row.input * column.input;
    const bytes = (this.blockChannels as usize) << 2;
    const first = image + ((block * this.blockChannels) << 2);
    for (let i = 0; i < row.kernel; i++) {
      const atRow = y + i * row.dilation;
      for (let j = 0; j < column.kernel; j++) {
        const at = x + j * column.dilation;
        const isInside = atRow >= 0 && atRow < row.input && at >= 0 && at < column.input;
        if (!isInside) memory.fill(to, 0, bytes);
        else {
          const pixel = start + atRow * column.input + at;
          copy(to, first + (((pixel as usize) * (this.channels as usize)) << 2), bytes);
        }
        to += bytes;
      }
    }
  }

  weights(): Constant {
    return (this.node.inputs[1] as Value).constant as Constant;
  }

  /** The biases; null where the layer has none. */
  bias(): Constant | null {
    const value = this.node.input(this.isTransposed ? 3 : 2);
    return value == null ? null : value.constant;
  }
}

/** Short runs are moved a number at a time, which takes less than a call. */
function copy(to: usize, from: usize, bytes: usize): void {
  if (bytes > 64) memory.copy(to, from, bytes);
  else for (let i: usize = 0; i < bytes; i += 4) store<u32>(to + i, load<u32>(from + i));
}

function slotsOf(code: i32): Slots {
  if (code == Builtin.DEPTHWISE_CONV_2D) return DEPTHWISE;
  return code == Builtin.TRANSPOSE_CONV ? TRANSPOSED : CONV;
}
