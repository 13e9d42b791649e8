import { Convolution } from "../plan/convolution";
import { Legalization } from "../plan/legalization";
import { Operands } from "../plan/operands";
import { ConvolutionsPlan } from "../plan/plan";
import { zeroByte } from "../plan/tensors";

/** A convolution with weights of the model's, which may be requantized, split and reordered. */
export class Layer {
  /** Output channels, each with a kernel. */
  channels: i32;
  /** Weights of one kernel: so many taps of so many input channels. */
  taps: i32;
  inputChannels: i32;
  isDepthwise: bool;
  private data: usize;
  private flip: u8;
  /** The byte that stands for a weight of 0, once signed bytes are flipped. */
  zeroByte: u8;

  constructor(
    public legalization: Legalization,
    public plan: ConvolutionsPlan,
    public operands: Operands,
  ) {
    const weights = operands.weights;
    this.channels = operands.outputChannels;
    this.isDepthwise = operands.isDepthwise;
    this.inputChannels = this.isDepthwise ? 1 : weights.fromLast(1);
    this.taps = operands.isFullyConnected ? 1 : weights.fromLast(2) * weights.fromLast(3);
    this.data = weights.data.pointer;
    this.flip = operands.hasSignedWeights ? 0x80 : 0;
    this.zeroByte = zeroByte(weights) as u8;
  }

  /** Weights of one kernel. */
  get fanIn(): i32 {
    return this.taps * this.inputChannels;
  }

  /** Whether its kernels are not all quantized by one scale. */
  get isPerChannel(): bool {
    return this.operands.weights.quantization.count > 1;
  }

  /** Whether each kernel reads the channel that it computes, and no other. */
  get keepsChannels(): bool {
    return this.isDepthwise && this.operands.input.fromLast(1) == this.channels;
  }

  get convolution(): Convolution {
    return this.plan.convolutions[0];
  }

  scale(kernel: i32): f32 {
    return this.operands.weights.quantization.scale(this.isPerChannel ? kernel : 0);
  }

  /** Less the zero point. */
  weight(kernel: i32, tap: i32, channel: i32): i32 {
    const index = this.isDepthwise
      ? tap * this.channels + kernel
      : (kernel * this.taps + tap) * this.inputChannels + channel;
    return ((load<u8>(this.data + (index as usize)) ^ this.flip) as i32) - (this.zeroByte as i32);
  }

  bias(kernel: i32): i32 {
    const bias = this.operands.bias;
    return bias == null ? 0 : load<i32>(bias.data.pointer + ((kernel as usize) << 2));
  }
}
