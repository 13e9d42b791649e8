import { Activation, Dtype } from "../../tflite/schema";
import { Tensor } from "../graph";
import { whyNoLayout } from "./layout";

/** What the NPU makes of a tensor: one image of bytes, whose zero point is counted from 0. */

/** uint8 or int8 with one scale. */
export function isQuantizedByte(tensor: Tensor): bool {
  const isByte = tensor.dtype == Dtype.UINT8 || tensor.dtype == Dtype.INT8;
  return isByte && tensor.quantization.count == 1;
}

/** Eight bits with one scale, for one image that can be moved: what nearly every pattern asks of its tensors. */
export function whyNoImage(tensor: Tensor, name: string): string {
  const reason = whyNoBytes(tensor, name);
  if (reason != "") return reason;
  if (tensor.shape.length > 4 || batchOf(tensor) != 1) return `its ${name} is not one image`;
  return whyNoLayout(tensor, name);
}

/** The same for patterns that take the elements as they lie. */
export function whyNoBytes(tensor: Tensor, name: string): string {
  return tensor.isConstant ? `its ${name} is constant` : whyNotQuantized(tensor, name);
}

/** The same for tensors that may be constant. */
export function whyNotQuantized(tensor: Tensor, name: string): string {
  if (tensor.dtype != Dtype.UINT8 && tensor.dtype != Dtype.INT8)
    return `its ${name} is not uint8 or int8`;
  if (tensor.quantization.count != 1) return `its ${name} has not one scale and zero point`;
  return tensor.elements == 0 ? `its ${name} is empty` : "";
}

function batchOf(tensor: Tensor): i32 {
  return tensor.shape.length == 4 ? tensor.shape[0] : 1;
}

/** The byte that stands for zero: signed bytes are shifted by 128 on their way in and out. */
export function zeroByte(tensor: Tensor): i32 {
  return (tensor.quantization.zeroPoint(0) as i32) + (tensor.dtype == Dtype.INT8 ? 128 : 0);
}

/** The byte of a constant of one element. */
export function byteOf(constant: Tensor): i32 {
  const byte = load<u8>(constant.data.pointer) as i32;
  return constant.dtype == Dtype.INT8 ? byte ^ 0x80 : byte;
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

function isFusable(activation: Activation): bool {
  return (
    activation == Activation.NONE || activation == Activation.RELU || activation == Activation.RELU6
  );
}

export function isRectified(activation: Activation): bool {
  return activation == Activation.RELU || activation == Activation.RELU6;
}

/** No byte stands for more than a limit, but for rounding: saturation does what RELU6 asks with 6. */
export function saturatesAt(limit: f64, output: Tensor): bool {
  const steps = nearest(limit / output.quantization.scale(0));
  return (zeroByte(output) as f64) + steps >= 255;
}

/** Why an operator's fused activation does not fit the NN unit, "" if it does. */
export function whyNotFused(activation: Activation, output: Tensor): string {
  if (!isFusable(activation)) return "its fused activation is neither RELU nor RELU6";
  const cut = activation == Activation.RELU6 && !saturatesAt(6, output);
  return cut ? "RELU6 would cut below the largest value of its output" : "";
}
