import { Tensor } from "../graph";
import { Axis, paddingBefore } from "./axis";
import { copyOf } from "./copy";

/** How strides, and kernels that are too wide, become jobs that step by one pixel. */
export enum Striding {
  /** The stride is 1. */
  NONE,
  /** The NN unit computes all pixels and keeps the first of every 2×2 block. */
  FIRST_PIXEL,
  /** The TP unit turns 2×2 blocks into channels first; the kernel's sides halve. */
  SPACE_TO_DEPTH,
  /**
   * The same with blocks of any size, and with copies of the image: the first begins where the
   * kernel does, each of the others so many pixels further on. `side` is that of a plane.
   */
  COPIES,
  /** `--compat mesa` only: the kernel's sides halve, the image does not follow. */
  HALVED_KERNEL_ONLY,
}

/** Where the weights of a convolution lie, and the bytes between neighbours. */
export class Weights {
  data: usize = 0;
  /** The byte that stands for zero, once `flip` is applied. */
  zero: u8 = 0;
  /** What every byte is combined with (exclusive or): 0x80 makes signed bytes unsigned. */
  flip: u8 = 0;
  kernelPitch: i32 = 0;
  channelPitch: i32 = 0;
  /** From tap to tap along a row of the kernel; rows follow each other. */
  tapPitch: i32 = 0;
  /** i32 for each output channel, or 0: all are 0. */
  bias: usize = 0;
}

/** Output channels `first` to `first + count`, whose weights have one scale and zero point. */
export class ChannelGroup {
  constructor(
    public first: i32,
    public count: i32,
    /** Steps of the output for one step of the accumulator. */
    public scale: f32,
    /** The byte that stands for a weight of zero, once it is flipped. */
    public weightZero: u8,
  ) {}
}

/**
 * One convolution as the NPU takes it: its square kernel (`side`) may be larger than the
 * model's, which then lies inside it among zero weights.
 */
export class Convolution {
  rows: Axis = new Axis();
  columns: Axis = new Axis();
  inputChannels: i32 = 0;
  outputChannels: i32 = 0;
  depthwise: bool = false;
  /** A depthwise one whose kernels lie in memory as full ones, nearly all zeros. */
  isDense: bool = false;
  same: bool = false;
  relu: bool = false;
  /** `--compat mesa` only: FULLY_CONNECTED, whose channels become pixels of one kernel. */
  mesaFlat: bool = false;
  weights: Weights = new Weights();
  inputZero: i32 = 0;
  outputZero: i32 = 0;
  /** Steps of the output for one step of the accumulator. */
  scale: f32 = 1;
  /** TFLite rounds the product of sum and scale twice. */
  roundsTwice: bool = false;
  /** Channels that differ in scale or zero point of their weights, in order; none: all are alike. */
  groups: ChannelGroup[] = [];
  // What the strategy decides:
  side: i32 = 0;
  striding: Striding = Striding.NONE;
  /** Depthwise kernels are streamed as one plane each, not as zeros but for one plane. */
  native: bool = false;
  /** The input is read as two planes, the second under zero weights only. */
  blankPlane: bool = false;

  /** The same with weights of its own. */
  copy(): Convolution {
    const copy = copyOf<Convolution>(this);
    copy.weights = copyOf<Weights>(this.weights);
    return copy;
  }

  /** 1×1 in the model, over more than one channel. */
  get pointwise(): bool {
    return (
      this.rows.kernel == 1 && this.columns.kernel == 1 && this.inputChannels > 1 && !this.depthwise
    );
  }

  /** All output channels as one group, by the scale and zero point of the whole. */
  get allChannels(): ChannelGroup {
    return new ChannelGroup(0, this.outputChannels, this.scale, this.weights.zero);
  }

  get square(): bool {
    return this.rows.input == this.columns.input && this.rows.output == this.columns.output;
  }

  get inputBytes(): u32 {
    return this.rows.input * this.columns.input * this.inputChannels;
  }

  get outputBytes(): u32 {
    return this.rows.output * this.columns.output * this.outputChannels;
  }

  get macs(): u64 {
    const taps = (this.rows.kernel * this.columns.kernel) as u64;
    const channels = this.depthwise || this.isDense ? 1 : this.inputChannels;
    return (this.outputBytes as u64) * taps * (channels as u64);
  }

  step(rows: i32, columns: i32): void {
    this.rows.stride = rows;
    this.columns.stride = columns;
  }

  /** The larger one, where they differ. */
  get stride(): i32 {
    return max(this.rows.stride, this.columns.stride);
  }

  /** Whether the NN unit reads an image of blocks or copies instead of the model's. */
  get isRearranged(): bool {
    return this.striding == Striding.SPACE_TO_DEPTH || this.striding == Striding.COPIES;
  }

  /** Pixels of the image along an axis as the NN unit sees it: rearranged, enough for every tap. */
  preparedSide(axis: Axis): i32 {
    if (this.isRearranged) return axis.output + this.planeSide - 1;
    return axis.input;
  }

  /** The side of the kernel over one plane, as the NN unit sees it. */
  get planeSide(): i32 {
    const isHalved =
      this.striding == Striding.SPACE_TO_DEPTH || this.striding == Striding.HALVED_KERNEL_ONLY;
    return isHalved ? (this.side + 1) >> 1 : this.side;
  }

  /** Planes that one channel becomes. */
  get planesOfChannel(): i32 {
    const isPlain = this.striding == Striding.NONE || this.striding == Striding.FIRST_PIXEL;
    return isPlain ? 1 : this.rows.planes * this.columns.planes;
  }

  /** Takes both images' sides; `padding` follows from them. */
  measure(input: Tensor, output: Tensor): void {
    measureAxis(this.rows, input.fromLast(3), output.fromLast(3), this);
    measureAxis(this.columns, input.fromLast(2), output.fromLast(2), this);
  }
}

function measureAxis(axis: Axis, input: i32, output: i32, c: Convolution): void {
  axis.input = input;
  axis.output = output;
  axis.padding = c.same ? paddingBefore(axis, axis.extent) : 0;
}
