import { Activation, Builtin, Dtype, Padding } from "../../tflite/schema";
import { Constant } from "../graph/constant";
import { Quantization, Value } from "../graph/graph";
import { OnnxNode } from "../onnx/model";
import { activate } from "./activation";
import { indices, Lifting } from "./lifting";
import { NHWC, Operand, realConstant } from "./operand";
import { bordered, extentsOf, listOf, SlidingWindow, windowOf } from "./windows";

/** Conv, and com.microsoft's FusedConv, which has an activation and may add a tensor before it. */
export function liftConv(lifting: Lifting, node: OnnxNode): bool {
  const image = lifting.operand(node, 0);
  const weights = lifting.operand(node, 1);
  if (image == null || weights == null) return false;
  const known = weights.constant;
  if (known == null) return lifting.refuse(node, "constant weights", "computed ones");
  if (image.rank != 4 || weights.rank != 4) {
    return lifting.refuse(node, "an image of rows and columns", `${image.rank} dimensions`);
  }
  const group = node.int("group", 1);
  const channels = image.shape[1];
  const kernels = weights.shape[0];
  if (group < 1 || weights.shape[1] * group != channels || kernels % group != 0) {
    const found = `${kernels} × ${weights.shape[1]} weights for ${channels} channels in ${group} groups`;
    return lifting.refuse(node, "weights that fit the image", found);
  }
  const window = windowOf(
    lifting,
    node,
    [weights.shape[2], weights.shape[3]],
    extentsOf(image.shape),
  );
  if (window == null) return false;
  const isDepthwise = group == channels && group > 1;
  const result = layer(lifting, node, image, weights, window, isDepthwise);
  if (!lifting.has(node, 3)) return lifting.result(node, activate(lifting, node, result), NHWC);
  const other = lifting.operand(node, 3);
  if (other == null) return false;
  const sum = lifting.emit(Builtin.ADD, [result, lifting.image(other)], result.shape, [
    Activation.NONE,
  ]);
  return lifting.result(node, activate(lifting, node, sum), NHWC);
}

function layer(
  lifting: Lifting,
  node: OnnxNode,
  image: Operand,
  weights: Operand,
  window: SlidingWindow,
  isDepthwise: bool,
): Value {
  const kernels = weights.shape[0];
  const filter = isDepthwise ? filterOf(weights, [1, 2, 3, 0], 3) : filterOf(weights, NHWC, 0);
  const bias = biasOf(lifting, node, 2, kernels);
  const inside = bordered(lifting, lifting.image(image), window);
  const source = inside.image;
  const shape = [source.shape[0], window.size[0], window.size[1], kernels];
  const options: i32[] = [inside.padding, window.stride[1], window.stride[0]];
  if (isDepthwise) options.push(kernels / image.shape[1]);
  options.push(Activation.NONE);
  options.push(window.dilation[1]);
  options.push(window.dilation[0]);
  const code = isDepthwise ? Builtin.DEPTHWISE_CONV_2D : Builtin.CONV_2D;
  return lifting.emit(code, [source, filter, bias], shape, options);
}

/** ConvTranspose: TFLite has it without groups and dilation; what ONNX cuts off is sliced away. */
export function liftConvTranspose(lifting: Lifting, node: OnnxNode): bool {
  const image = lifting.operand(node, 0);
  const weights = lifting.operand(node, 1);
  if (image == null || weights == null) return false;
  if (weights.constant == null) return lifting.refuse(node, "constant weights", "computed ones");
  const isPlain = image.rank == 4 && weights.rank == 4 && node.int("group", 1) == 1;
  if (!isPlain || node.attribute("output_shape") != null) {
    return lifting.refuse(node, "an image, one group and no dilation", "another form");
  }
  if (node.text("auto_pad", "NOTSET") != "NOTSET") return lifting.refuse(node, "pads", "auto_pad");
  const strides = listOf(lifting, node, "strides", 2, 1);
  const dilations = listOf(lifting, node, "dilations", 2, 1);
  if (strides == null || dilations == null) return false;
  if (dilations[0] != 1 || dilations[1] != 1) {
    return lifting.refuse(node, "an image, one group and no dilation", "another form");
  }
  const kernels = weights.shape[1];
  const source = lifting.image(image);
  const extents = transposedExtents(lifting, node, source, weights, strides);
  if (extents == null) return false;
  const filter = filterOf(weights, [1, 2, 3, 0], 0);
  const bias = biasOf(lifting, node, 2, kernels);
  const rows = extents[0];
  const columns = extents[1];
  const whole = [source.shape[0], rows.computed, columns.computed, kernels];
  const sizes = indices("size", whole);
  const options: i32[] = [Padding.VALID, strides[1], strides[0], Activation.NONE];
  const result = lifting.emit(
    Builtin.TRANSPOSE_CONV,
    [sizes, filter, source, bias],
    whole,
    options,
  );
  const shape = [whole[0], rows.kept, columns.kept, kernels];
  if (!rows.isCut && !columns.isCut) return lifting.result(node, result, NHWC);
  const begin = indices("begin", [0, rows.before, columns.before, 0]);
  const part = lifting.emit(Builtin.SLICE, [result, begin, indices("size", shape)], shape);
  return lifting.result(node, part, NHWC);
}

/** Rows or columns of a transposed convolution: TFLite's VALID computes all, and a slice keeps some. */
class TransposedExtent {
  /** Of all windows, and more where the output is padded. */
  full: i32;
  /** VALID gives max(kernel − stride, 0) rows after the last stride, no other number. */
  computed: i32;
  kept: i32;

  constructor(
    input: i32,
    kernel: i32,
    stride: i32,
    public before: i32,
    after: i32,
    extra: i32,
  ) {
    this.full = (input - 1) * stride + kernel + extra;
    this.computed = input * stride + max(kernel - stride, 0);
    this.kept = this.full - before - after;
  }

  get isCut(): bool {
    return this.kept != this.computed;
  }
}

/** Of rows and of columns; null and a refusal where TFLite has no such extent. `source` is N × H × W × C. */
function transposedExtents(
  lifting: Lifting,
  node: OnnxNode,
  source: Value,
  weights: Operand,
  strides: i32[],
): TransposedExtent[] | null {
  const pads = listOf(lifting, node, "pads", 4, 0);
  const more = listOf(lifting, node, "output_padding", 2, 0);
  if (pads == null || more == null) return null;
  const extents: TransposedExtent[] = [];
  for (let axis = 0; axis < 2; axis++) {
    const extent = new TransposedExtent(
      source.shape[axis + 1],
      weights.shape[axis + 2],
      strides[axis],
      pads[axis],
      pads[axis + 2],
      more[axis],
    );
    if (more[axis] >= strides[axis] || extent.kept < 1) {
      lifting.refuse(node, "pads inside the result", "others");
      return null;
    }
    if (extent.full > extent.computed) {
      lifting.refuse(node, "no more rows than TFLite has", "more");
      return null;
    }
    extents.push(extent);
  }
  return extents;
}

/** Weights in another order of axes; their scales, if each kernel has one, lie along `axis` then. */
export function filterOf(weights: Operand, order: i32[], axis: i32): Value {
  const known = weights.constant as Constant;
  const quantization = weights.quantization;
  if (quantization == null) return Value.known("weights", known.as(Dtype.FLOAT32).permuted(order));
  const value = Value.known("weights", known.permuted(order));
  value.quantization = new Quantization(
    quantization.dtype,
    quantization.scales,
    quantization.zeroPoints,
    axis,
  );
  return value;
}

/** Biases, one for each kernel: 0 where the operator has none. Null after a fault. */
export function biasOf(lifting: Lifting, node: OnnxNode, input: i32, kernels: i32): Value | null {
  if (!lifting.has(node, input)) return Value.known("bias", zeros(kernels));
  const operand = lifting.operand(node, input);
  if (operand == null) return null;
  const known = operand.constant;
  if (known == null) {
    lifting.refuse(node, "constant biases", "computed ones");
    return null;
  }
  if (known.count != kernels) {
    lifting.refuse(node, `${kernels} biases`, `${known.count}`);
    return null;
  }
  return Value.known("bias", biasConstant(operand).reshaped([kernels]));
}

export function zeros(count: i32): Constant {
  return Constant.make(Dtype.FLOAT32, [count]);
}

/** Whole numbers of 32 bits without a scale have that of input and weights (QLinearConv). */
function biasConstant(operand: Operand): Constant {
  const known = operand.constant as Constant;
  return operand.quantization != null || known.isReal ? realConstant(operand) : known;
}
