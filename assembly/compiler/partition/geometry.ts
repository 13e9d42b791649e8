import { Graph, Operator, Tensor } from "../graph";
import { Activation, Builtin, Padding } from "../schema";

/** How a stride of 2 becomes jobs, all of which step by one pixel. */
export enum Striding {
  /** The stride is 1. */
  NONE,
  /** The NN unit computes all pixels and keeps the first of every 2×2 block. */
  FIRST_PIXEL,
  /** The TP unit turns 2×2 blocks into channels first; the kernel's sides halve. */
  SPACE_TO_DEPTH,
  /** `--compat mesa` only: the kernel's sides halve, the image does not follow. */
  HALVED_KERNEL_ONLY,
}

/** Rows or columns: what the two sides of an image have in common. */
export class Axis {
  input: i32 = 0;
  output: i32 = 0;
  /** The kernel's side as the model has it. */
  kernel: i32 = 0;
  /** Pixels of padding before the image, as seen by the square kernel. */
  padding: i32 = 0;
  /** Where the model's kernel begins inside the square kernel. */
  inset: i32 = 0;
}

/**
 * A CONV_2D or DEPTHWISE_CONV_2D as the NPU takes it: its square kernel (`side`) may be
 * larger than the model's, which then lies inside it among zero weights.
 */
export class Convolution {
  rows: Axis = new Axis();
  columns: Axis = new Axis();
  inputChannels: i32 = 0;
  outputChannels: i32 = 0;
  depthwise: bool = false;
  stride: i32 = 1;
  same: bool = false;
  side: i32 = 0;
  /** Depthwise kernels are streamed as one plane each, not as zeros but for one plane. */
  native: bool = false;
  /** The input is read as two planes, the second under zero weights only. */
  blankPlane: bool = false;
  striding: Striding = Striding.NONE;
  input: Tensor;
  weights: Tensor;
  bias: Tensor | null;
  output: Tensor;

  constructor(
    public operator: Operator,
    graph: Graph,
  ) {
    const options = operator.options;
    const tensors = graph.tensors;
    this.input = tensors[operator.inputs[0]];
    this.weights = tensors[operator.inputs[1]];
    const bias = operator.inputs.length > 2 ? operator.inputs[2] : -1;
    this.bias = bias < 0 ? null : tensors[bias];
    this.output = tensors[operator.outputs[0]];
    this.depthwise = operator.code == Builtin.DEPTHWISE_CONV_2D;
    this.stride = options.strideHeight;
    this.same = options.padding == Padding.SAME;
    this.inputChannels = this.input.fromLast(1);
    this.outputChannels = this.output.fromLast(1);
    measure(this.rows, this, 3);
    measure(this.columns, this, 2);
    this.side = this.rows.kernel;
  }

  get relu(): bool {
    const activation = this.operator.options.activation;
    return activation == Activation.RELU || activation == Activation.RELU6;
  }

  /** 1×1 in the model, over more than one channel. */
  get pointwise(): bool {
    return (
      this.rows.kernel == 1 && this.columns.kernel == 1 && this.inputChannels > 1 && !this.depthwise
    );
  }

  get square(): bool {
    return this.rows.input == this.columns.input && this.rows.output == this.columns.output;
  }

  get macs(): u64 {
    const taps = (this.rows.kernel * this.columns.kernel) as u64;
    const channels = this.depthwise ? 1 : this.inputChannels;
    return (this.output.elements as u64) * taps * (channels as u64);
  }
}

function measure(axis: Axis, convolution: Convolution, fromLast: i32): void {
  axis.input = convolution.input.fromLast(fromLast);
  axis.output = convolution.output.fromLast(fromLast);
  axis.kernel = convolution.weights.fromLast(fromLast);
  axis.padding = convolution.same ? paddingBefore(axis, axis.kernel, convolution.stride) : 0;
}

/** What TFLite's SAME puts before the image for a kernel of this side. */
export function paddingBefore(axis: Axis, kernel: i32, stride: i32): i32 {
  return max((axis.output - 1) * stride + kernel - axis.input, 0) >> 1;
}
