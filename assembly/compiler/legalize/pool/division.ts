import { doubleRoundingOffset } from "../../../tflite/double-rounding";
import { foldedFactor, keptFactor, wholeZero } from "../../../tflite/mean-factors";
import { Multiplier } from "../../../tflite/multiplier";
import { Dtype } from "../../../tflite/schema";
import { Tensor } from "../../graph";
import { Convolution } from "../../plan/convolution";
import { sameQuantization, sideOfZero } from "../../plan/tensors";

/**
 * How a convolution makes averages of its sums. The NPU counts them from the zero point and rounds
 * once. TFLite counts stored values from 0, rounds means twice, and goes the other way at residual pairs.
 * All of that amounts to a bias that may be finer than a pixel's step: hence weights of so
 * many parts, instead of 1, and of more where a pixel's step is many of the output's.
 *
 *     (parts · sum + bias) · scale / parts
 */
export class Division {
  constructor(
    /** Steps of the output for one of the sum. */
    private scale: f32,
    /** In whole parts. */
    private bias: f64 = 0,
    /** TFLite does, and no bias helps: the encoder does what is possible. */
    private roundsTwice: bool = false,
    /** Of a weight of 1. */
    private parts: i32 = PARTS,
  ) {}

  /**
   * TFLite divides whole numbers: residual pairs go away from 0. They occur where the number of pixels is
   * even; half a step of the sum, up or down, leaves none, whatever silicon does with them.
   */
  static ofPool(pixels: i32, input: Tensor, output: Tensor): Division {
    const scale = ratio(input, output) / (pixels as f64);
    const hasHalves = pixels % 2 == 0 && sameQuantization(input, output);
    return new Division(scale as f32, hasHalves ? (PARTS / 2) * sideOfStored(input) : 0);
  }

  /**
   * MEAN that keeps its dimensions adds up stored values. The zero points it makes a whole number
   * of steps, and leaves out the rest.
   */
  static ofKeptMean(pixels: i32, input: Tensor, output: Tensor): Division {
    const from = input.quantization.scale(0);
    const to = output.quantization.scale(0);
    const zeroPoint = input.quantization.zeroPoint(0) as i32;
    const zero = (zeroPoint as f64) * ratio(input, output);
    const leftOut = zero - (wholeZero(zeroPoint, from, to) as f64);
    const factor = keptFactor(from, to, pixels);
    return Division.ofMean(pixels, input, output, factor, sideOfStored(input), leftOut);
  }

  /** Any other MEAN counts from the zero point, as the NPU does. */
  static ofFoldedMean(pixels: i32, input: Tensor, output: Tensor): Division {
    const factor = foldedFactor(input.quantization.scale(0), output.quantization.scale(0), pixels);
    return Division.ofMean(pixels, input, output, factor, sideOfZero(input), 0);
  }

  /** SUM is rounded once, in float32. */
  static ofSum(input: Tensor, output: Tensor): Division {
    return new Division(ratio(input, output) as f32);
  }

  /**
   * Where sums have one sign, TFLite's first rounding amounts to larger ones (encode/rounding.ts).
   * Its residual pairs go up, whatever the sign: one part more.
   */
  private static ofMean(
    pixels: i32,
    input: Tensor,
    output: Tensor,
    factor: Multiplier,
    side: i32,
    leftOut: f64,
  ): Division {
    const scale = ratio(input, output) / (pixels as f64);
    if (side == 0 && leftOut == 0) return new Division(scale as f32, 0, true);
    const longer = leftOut / scale + doubleRoundingOffset(factor.number) * (side as f64);
    const parts = partsOf(scale);
    return new Division(scale as f32, Math.floor((parts as f64) * longer) + 1, false, parts);
  }

  /** Why no bias is fine enough; "" where one is, or none is needed. */
  get whyNot(): string {
    if (this.roundsTwice || this.scale <= MOST_SCALE) return "";
    return `a pixel's step is ${this.scale} of its output's; ${MOST_SCALE} is the most`;
  }

  /** So many equal weights. */
  weights(count: i32): StaticArray<u8> {
    return new StaticArray<u8>(count).fill(this.weight);
  }

  /** To a convolution with such weights, whose output channels are set before. */
  apply(c: Convolution): void {
    c.scale = this.scale / (this.weight as f32);
    c.roundsTwice = this.roundsTwice;
    if (this.bias == 0) return;
    const bias = min(max(this.bias, -MOST_BIAS), MOST_BIAS) as i32;
    c.weights.bias = changetype<usize>(new StaticArray<i32>(c.outputChannels).fill(bias));
  }

  private get weight(): u8 {
    return this.bias == 0 ? 1 : (this.parts as u8);
  }
}

const PARTS: i32 = 16;
/** A byte's. */
const MOST_PARTS: i32 = 255;
/** With that many, a part is a sixteenth of the output's step. */
const MOST_SCALE: f32 = 15;

/** So many that one is no more than a sixteenth of the output's step, if a byte holds them. */
function partsOf(scale: f64): i32 {
  return min(max(PARTS, Math.ceil((PARTS as f64) * scale) as i32), MOST_PARTS);
}

/** Leaves room for sums within 32 bits. With a larger one, the scale would round all sums to 0. */
const MOST_BIAS: f64 = 1073741824;

/**
 * If the zero point is within this many steps of 0, averages may lie on either side of 0, so neither
 * side is assumed. Averages below the zero point differ from it by about twelve steps, half of them by
 * eight.
 */
const UNDECIDED = 8;

/** On which side of 0 most stored values lie: 1 above, −1 below, 0 on both. */
function sideOfStored(tensor: Tensor): i32 {
  if (tensor.dtype == Dtype.UINT8) return 1;
  const zeroPoint = tensor.quantization.zeroPoint(0) as i32;
  if (abs(zeroPoint) <= UNDECIDED) return 0;
  return zeroPoint > 0 ? 1 : -1;
}

/** Steps of the output for one of the input. */
function ratio(input: Tensor, output: Tensor): f64 {
  return (input.quantization.scale(0) as f64) / (output.quantization.scale(0) as f64);
}
