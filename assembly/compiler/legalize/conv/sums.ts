import { Tensor } from "../../graph";
import { Operands } from "../../plan/operands";
import { zeroByte } from "../../plan/tensors";

/** Distances of pixels, and of weights, from their zero points: at most so many steps. */
const MOST_STEPS: i64 = 255;
/** What rounding weights anew adds to one, where each channel has a scale of its own. */
const ROUNDING: i64 = 1;

/**
 * Why sums may exceed the NN unit's 32 bits; what silicon does then is unknown.
 * TFLite lets them wrap, and so do the CPU's kernels. A bound for every sum and part of one, in any
 * order of adding:
 *
 *     |bias| + 255 · Σ |w − zero|
 */
export function whySumsOverflow(o: Operands): string {
  const kernels = o.outputChannels;
  const fanIn = (o.weights.elements as i64) / max(kernels, 1);
  const least = mostBias(o.bias) + MOST_STEPS * (MOST_STEPS + ROUNDING) * fanIn;
  if (least <= i32.MAX_VALUE) return "";
  for (let k = 0; k < kernels; k++) {
    const most = absolute(biasAt(o.bias, k)) + MOST_STEPS * (distanceOf(o, k) + ROUNDING * fanIn);
    if (most > i32.MAX_VALUE) return `its sums may reach ${most}; 32 bits hold ${i32.MAX_VALUE}`;
  }
  return "";
}

/**
 * Why sums, brought to the output's scale, are not sure to fit TFLite's 32 bits. Most of its kernels
 * let them wrap there, where the NPU saturates.
 */
export function whyScaledSumsWrap(o: Operands): string {
  if (!o.hasSignedWeights && !o.isDepthwise) return ""; // TFLite saturates, too
  const fanIn = (o.weights.elements as i64) / max(o.outputChannels, 1);
  return whyWrapsWhenScaled(
    mostBias(o.bias) + MOST_STEPS * MOST_STEPS * fanIn,
    o.input,
    o.weights,
    o.output,
  );
}

/** The same for sums of up to `most`, of a kernel of TFLite's that lets them wrap. */
export function whyWrapsWhenScaled(
  most: i64,
  input: Tensor,
  weights: Tensor,
  output: Tensor,
): string {
  const unit = (input.quantization.scale(0) / output.quantization.scale(0)) as f64;
  let factor: f64 = 0;
  for (let i = 0; i < weights.quantization.count; i++)
    factor = max(factor, unit * (weights.quantization.scale(i) as f64));
  // A factor is shifted to the left by the power of two above it.
  if (2 * factor * (most as f64) <= (i32.MAX_VALUE as f64) || factor < 0.5) return "";
  return `its sums may leave TFLite's 32 bits when multiplied by ${factor as f32}`;
}

/** The bias farthest from 0; 0 without biases. */
export function mostBias(bias: Tensor | null): i64 {
  let most: i64 = 0;
  if (bias == null) return most;
  for (let i: u32 = 0; i < bias.elements; i++) most = max(most, absolute(biasAt(bias, i)));
  return most;
}

function biasAt(bias: Tensor | null, kernel: i32): i64 {
  return bias == null ? 0 : (load<i32>(bias.data.pointer + ((kernel as usize) << 2)) as i64);
}

/** Sum over a kernel's weights of their distances from the zero point. */
function distanceOf(o: Operands, kernel: i32): i64 {
  const zero = zeroByte(o.weights);
  const flip: u8 = o.hasSignedWeights ? 0x80 : 0;
  const kernels = o.outputChannels;
  const fanIn = (o.weights.elements as i32) / kernels;
  const step = o.isDepthwise ? kernels : 1;
  let at = o.weights.data.pointer + (kernel as usize) * (o.isDepthwise ? 1 : fanIn);
  let sum: i64 = 0;
  for (let i = 0; i < fanIn; i++, at += step) sum += abs(((load<u8>(at) ^ flip) as i32) - zero);
  return sum;
}

function absolute(value: i64): i64 {
  return value < 0 ? -value : value;
}
