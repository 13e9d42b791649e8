import { Operation } from "./operation";
import { Option } from "./option";
import { Tensor } from "./tensor";
import { WindowAxis } from "./window";

/** Images in and out, and the windows between them; kernels of K1 × K2. */
export class Geometry {
  rows: WindowAxis;
  columns: WindowAxis;

  constructor(
    public input: Tensor,
    public output: Tensor,
    operation: Operation,
    kernelHeight: i32,
    kernelWidth: i32,
    isDilated: bool,
  ) {
    const padding = operation.integer(Option.PADDING);
    const strideHeight = operation.integer(Option.STRIDE_HEIGHT);
    const strideWidth = operation.integer(Option.STRIDE_WIDTH);
    const dilationHeight = isDilated ? operation.integer(Option.DILATION_HEIGHT) : 1;
    const dilationWidth = isDilated ? operation.integer(Option.DILATION_WIDTH) : 1;
    this.rows = new WindowAxis(input.shape[1], kernelHeight, strideHeight, dilationHeight, padding);
    this.columns = new WindowAxis(input.shape[2], kernelWidth, strideWidth, dilationWidth, padding);
  }

  get batches(): i32 {
    return this.input.shape[0];
  }

  get channels(): i32 {
    return this.input.shape[3];
  }

  get outputChannels(): i32 {
    return this.output.shape[3];
  }

  /** The group of an output channel, where kernels look at `depth` of the image's channels. */
  groupOf(channel: i32, depth: i32): i32 {
    return depth == 0 ? 0 : channel / (this.outputChannels / (this.channels / depth));
  }

  /**
   * Of an operator whose image tensors have four dimensions, checked; null with a refusal
   * recorded where strides and sizes do not go together.
   */
  static of(
    operation: Operation,
    kernelHeight: i32,
    kernelWidth: i32,
    isDilated: bool,
    outputChannels: i32,
  ): Geometry | null {
    const input = operation.inputs[0];
    const output = operation.outputs[0];
    if (!operation.wantsRank(input, 4, "input")) return null;
    if (!operation.wantsRank(output, 4, "output")) return null;
    let least = min(min(kernelHeight, kernelWidth), operation.integer(Option.STRIDE_HEIGHT));
    least = min(least, operation.integer(Option.STRIDE_WIDTH));
    if (isDilated) {
      least = min(least, operation.integer(Option.DILATION_HEIGHT));
      least = min(least, operation.integer(Option.DILATION_WIDTH));
    }
    if (least < 1) {
      operation.contradict("filter, strides and dilation from 1 on", `${least}`);
      return null;
    }
    const geometry = new Geometry(input, output, operation, kernelHeight, kernelWidth, isDilated);
    const rows = geometry.rows.output;
    const shape = [input.shape[0], rows, geometry.columns.output, outputChannels];
    return operation.wantsShape(output, shape, "an output") ? geometry : null;
  }
}
