import { Activation, Builtin, Dtype, Padding } from "../../tflite/schema";
import { Constant } from "../graph/constant";
import { Value } from "../graph/graph";
import { OnnxNode } from "../onnx/model";
import { indices, Lifting } from "./lifting";
import { NHWC, Operand } from "./operand";
import { bordered, extentsOf, padded, SlidingWindow, windowOf } from "./windows";

const LOWEST: f32 = -3.4028234663852886e38;

export function liftMaxPool(lifting: Lifting, node: OnnxNode): bool {
  const window = poolOf(lifting, node);
  if (window == null) return false;
  if (node.outputs.length > 1) return lifting.refuse(node, "no indices", "indices");
  const image = lifting.image(lifting.operand(node, 0) as Operand);
  const border = Constant.make(Dtype.FLOAT32, []);
  border.set(0, LOWEST);
  const inside = bordered(lifting, image, window, border);
  return pooled(lifting, node, Builtin.MAX_POOL_2D, inside.image, inside.padding, window);
}

/** Where the border counts, it is padded; where it does not, TFLite has only its own borders. */
export function liftAveragePool(lifting: Lifting, node: OnnxNode): bool {
  const window = poolOf(lifting, node);
  if (window == null) return false;
  const image = lifting.image(lifting.operand(node, 0) as Operand);
  if (isWhole(window, image)) return averaged(lifting, node, image);
  if (!window.isPadded)
    return pooled(lifting, node, Builtin.AVERAGE_POOL_2D, image, Padding.VALID, window);
  if (node.int("count_include_pad", 0) != 0 && node.int("ceil_mode", 0) == 0) {
    const larger = padded(lifting, image, window);
    return pooled(lifting, node, Builtin.AVERAGE_POOL_2D, larger, Padding.VALID, window);
  }
  if (window.isSame([image.shape[1], image.shape[2]]) && node.int("count_include_pad", 0) == 0) {
    return pooled(lifting, node, Builtin.AVERAGE_POOL_2D, image, Padding.SAME, window);
  }
  return weighted(lifting, node, image, window);
}

function isWhole(window: SlidingWindow, image: Value): bool {
  const kernel = window.kernel;
  return !window.isPadded && kernel[0] == image.shape[1] && kernel[1] == image.shape[2];
}

/** Over the whole image as a mean, whose result may have a scale of its own. */
function averaged(lifting: Lifting, node: OnnxNode, image: Value): bool {
  const shape = [image.shape[0], 1, 1, image.shape[3]];
  const result = lifting.emit(Builtin.MEAN, [image, indices("axes", [1, 2])], shape, [1]);
  return lifting.result(node, result, NHWC);
}

/**
 * An average over what a window holds of the image: one over the padded image, times the window's
 * size over the number of pixels inside.
 */
function weighted(lifting: Lifting, node: OnnxNode, image: Value, window: SlidingWindow): bool {
  const larger = padded(lifting, image, window);
  const shape = [image.shape[0], window.size[0], window.size[1], image.shape[3]];
  const options = poolOptions(window, Padding.VALID);
  const average = lifting.emit(Builtin.AVERAGE_POOL_2D, [larger], shape, options);
  const factors = Constant.make(Dtype.FLOAT32, [1, window.size[0], window.size[1], 1]);
  const area = (window.kernel[0] * window.kernel[1]) as f64;
  let at = 0;
  for (let y = 0; y < window.size[0]; y++) {
    for (let x = 0; x < window.size[1]; x++) {
      const inside = taps(window, 0, y, image.shape[1]) * taps(window, 1, x, image.shape[2]);
      factors.set(at++, area / (inside as f64));
    }
  }
  const counts = Value.known("pixels outside", factors);
  const result = lifting.emit(Builtin.MUL, [average, counts], shape, [Activation.NONE]);
  return lifting.result(node, result, NHWC);
}

/** How many of a window's taps lie inside the image. */
function taps(window: SlidingWindow, axis: i32, step: i32, extent: i32): i32 {
  const from = step * window.stride[axis] - window.before[axis];
  return max(min(from + window.kernel[axis], extent) - max(from, 0), 1);
}

function poolOf(lifting: Lifting, node: OnnxNode): SlidingWindow | null {
  const operand = lifting.operand(node, 0);
  const kernel = node.ints("kernel_shape");
  if (operand == null) return null;
  if (kernel == null || operand.rank != 4) {
    lifting.refuse(node, "a window over rows and columns", `${operand.rank} dimensions`);
    return null;
  }
  const window = windowOf(lifting, node, kernel, extentsOf(operand.shape));
  if (window != null && (window.dilation[0] != 1 || window.dilation[1] != 1)) {
    lifting.refuse(node, "no dilation", `${window.dilation.join(" × ")}`);
    return null;
  }
  return window;
}

function pooled(
  lifting: Lifting,
  node: OnnxNode,
  code: i32,
  image: Value,
  padding: Padding,
  window: SlidingWindow,
): bool {
  const shape = [image.shape[0], window.size[0], window.size[1], image.shape[3]];
  const result = lifting.emit(code, [image], shape, poolOptions(window, padding));
  return lifting.result(node, result, NHWC);
}

function poolOptions(window: SlidingWindow, padding: Padding): i32[] {
  return [
    padding,
    window.stride[1],
    window.stride[0],
    window.kernel[1],
    window.kernel[0],
    Activation.NONE,
  ];
}

/** GlobalAveragePool and GlobalMaxPool: over all pixels, which stay as one. */
export function liftGlobalPool(lifting: Lifting, node: OnnxNode): bool {
  const operand = lifting.operand(node, 0);
  if (operand == null) return false;
  if (operand.rank != 4) return lifting.refuse(node, "an image", `${operand.rank} dimensions`);
  // QLinearGlobalAveragePool may have its channels last: then pixels are axes 1 and 2 of ONNX'.
  const isLast = node.int("channels_last", 0) != 0;
  const image = isLast ? lifting.plain(operand) : lifting.image(operand);
  const code = node.operator == "GlobalMaxPool" ? Builtin.REDUCE_MAX : Builtin.MEAN;
  const shape = [image.shape[0], 1, 1, image.shape[3]];
  const result = lifting.emit(code, [image, indices("axes", [1, 2])], shape, [1]);
  return lifting.result(node, result, isLast ? [0, 1, 2, 3] : NHWC);
}
