import { Tensor } from "../graph";
import { Activation, Dtype } from "../schema";
import { LONGEST_LOOP } from "./limits";

/** What the NPU makes of a tensor: one image of bytes, whose zero point is counted from 0. */

/** uint8 or int8 with one scale. */
export function isQuantizedByte(tensor: Tensor): bool {
  const isByte = tensor.dtype == Dtype.UINT8 || tensor.dtype == Dtype.INT8;
  return isByte && tensor.quantization.count == 1;
}

/**
 * Columns by which the pixels of an image can be moved between interleaved and planar order:
 * the image's own, or, where a row of them is too long for the TP unit, the most that divide
 * all its pixels; 0 if none do.
 */
export function movableColumns(pixels: i32, columns: i32, channels: i32): i32 {
  if (channels > LONGEST_LOOP) return pixels == 1 ? 1 : 0;
  let fitting = columns;
  if (columns * channels > LONGEST_LOOP || pixels / columns > LONGEST_LOOP) {
    fitting = min(LONGEST_LOOP / channels, pixels);
    while (pixels % fitting != 0) fitting--;
  }
  return pixels / fitting <= LONGEST_LOOP ? fitting : 0;
}

/** Why a tensor cannot be moved between interleaved and planar order, or copied. */
export function whyNoLayout(tensor: Tensor, name: string): string {
  const channels = tensor.fromLast(1);
  const pixels = tensor.elements / max<u32>(channels, 1);
  if (pixels == 0 || tensor.fromLast(2) == 0) return `its ${name} is empty`;
  if (movableColumns(pixels, tensor.fromLast(2), channels) > 0) return "";
  return `the sides of its ${name} are too long for a change of layout`;
}

/** Eight bits with one scale, for one image: what nearly every pattern asks of its tensors. */
export function whyNoImage(tensor: Tensor, name: string): string {
  if (tensor.isConstant) return `its ${name} is constant`;
  if (tensor.dtype != Dtype.UINT8 && tensor.dtype != Dtype.INT8)
    return `its ${name} is not uint8 or int8`;
  if (tensor.quantization.count != 1) return `its ${name} has not one scale and zero point`;
  if (tensor.shape.length > 4 || batchOf(tensor) != 1) return `its ${name} is not one image`;
  if (tensor.elements == 0) return `its ${name} is empty`;
  return whyNoLayout(tensor, name);
}

function batchOf(tensor: Tensor): i32 {
  return tensor.shape.length == 4 ? tensor.shape[0] : 1;
}

/** The byte that stands for zero: signed bytes are shifted by 128 on their way in and out. */
export function zeroByte(tensor: Tensor): i32 {
  return (tensor.quantization.zeroPoint(0) as i32) + (tensor.dtype == Dtype.INT8 ? 128 : 0);
}

/** On which side of its zero point a tensor's values lie: 1 above, −1 below, 0 on both. */
export function sideOfZero(tensor: Tensor): i32 {
  const zero = zeroByte(tensor);
  if (zero == 0) return 1;
  return zero == 255 ? -1 : 0;
}

/** The same bytes mean the same numbers on the NPU. */
export function sameQuantization(a: Tensor, b: Tensor): bool {
  return a.quantization.scale(0) == b.quantization.scale(0) && zeroByte(a) == zeroByte(b);
}

export function sameShape(a: Tensor, b: Tensor): bool {
  if (a.shape.length != b.shape.length) return false;
  for (let i = 0; i < a.shape.length; i++) if (a.shape[i] != b.shape[i]) return false;
  return true;
}

export function isFusable(activation: Activation): bool {
  return (
    activation == Activation.NONE || activation == Activation.RELU || activation == Activation.RELU6
  );
}

export function isRectified(activation: Activation): bool {
  return activation == Activation.RELU || activation == Activation.RELU6;
}

/** No byte stands for more than 6, but for rounding, so that saturation does what RELU6 asks. */
export function clampsAtSix(output: Tensor): bool {
  const six = nearest(6.0 / output.quantization.scale(0));
  return (zeroByte(output) as f32) + six >= 255;
}

/** Why an operator's fused activation does not fit the NN unit, "" if it does. */
export function whyNotFused(activation: Activation, output: Tensor): string {
  if (!isFusable(activation)) return "its fused activation is neither RELU nor RELU6";
  const cut = activation == Activation.RELU6 && !clampsAtSix(output);
  return cut ? "RELU6 would cut below the largest value of its output" : "";
}
