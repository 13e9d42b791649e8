import { Builtin, Dtype } from "../../tflite/schema";
import { Graph, Operator, Tensor } from "../graph";

/** The tensors of a CONV_2D, DEPTHWISE_CONV_2D or FULLY_CONNECTED by name. */
export class Operands {
  input: Tensor;
  weights: Tensor;
  bias: Tensor | null;
  output: Tensor;

  constructor(
    public operator: Operator,
    graph: Graph,
  ) {
    const tensors = graph.tensors;
    const bias = operator.inputs.length > 2 ? operator.inputs[2] : -1;
    this.input = tensors[operator.inputs[0]];
    this.weights = tensors[operator.inputs[1]];
    this.bias = bias < 0 ? null : tensors[bias];
    this.output = tensors[operator.outputs[0]];
  }

  get isDepthwise(): bool {
    return this.operator.code == Builtin.DEPTHWISE_CONV_2D;
  }

  /** Whether several kernels each read one channel of many. */
  get multiplies(): bool {
    const inputs = this.input.fromLast(1);
    return this.isDepthwise && inputs > 1 && inputs != this.outputChannels;
  }

  get isFullyConnected(): bool {
    return this.operator.code == Builtin.FULLY_CONNECTED;
  }

  /** Of a FULLY_CONNECTED: how often its weights are applied. */
  get rows(): i32 {
    return (this.input.elements / (max(this.weights.fromLast(1), 1) as u32)) as i32;
  }

  get outputChannels(): i32 {
    return this.isFullyConnected ? this.weights.shape[0] : this.output.fromLast(1);
  }

  /** Whether each output channel's weights have a scale of their own. */
  get isPerChannel(): bool {
    return this.weights.quantization.count > 1;
  }

  /**
   * What one step of the accumulator is worth in steps of the output, in float32 throughout; the
   * most of it where channels differ.
   */
  get scale(): f32 {
    const scales = this.weights.quantization;
    let largest = scales.scale(0);
    for (let i = 1; i < scales.count; i++) largest = max(largest, scales.scale(i));
    const accumulator = this.input.quantization.scale(0) * largest;
    return accumulator / this.output.quantization.scale(0);
  }

  /**
   * TFLite's int8 kernels round once, but for the depthwise one. Where weights are brought to a
   * common scale, sums are not TFLite's any more: then biases follow it (requantize/permuted-weights.ts),
   * unless all weights turn out to stay as they are (channels/weights.ts).
   */
  get roundsTwice(): bool {
    return !this.isPerChannel && (this.isDepthwise || this.output.dtype == Dtype.UINT8);
  }

  get hasSignedWeights(): bool {
    return this.weights.dtype == Dtype.INT8;
  }
}
