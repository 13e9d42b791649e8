import { Builtin, Padding } from "../../tflite/schema";
import { WindowAxis } from "../../tflite/window";
import { Constant, elementsOf, isIdentity } from "../graph/constant";
import { Node } from "../graph/graph";

// Whether a node's operands and results have shapes that go together. What computes it relies on that.

class Row {
  constructor(
    public code: i32,
    public fits: (node: Node) => bool,
  ) {}
}

const ROWS: Row[] = [
  new Row(Builtin.ABS, isAlike),
  new Row(Builtin.ADD, isBroadcast),
  new Row(Builtin.AVERAGE_POOL_2D, isPool),
  new Row(Builtin.CONCATENATION, isJoined),
  new Row(Builtin.CONV_2D, isConvolution),
  new Row(Builtin.DEPTHWISE_CONV_2D, isConvolution),
  new Row(Builtin.DIV, isBroadcast),
  new Row(Builtin.ELU, isAlike),
  new Row(Builtin.EXP, isAlike),
  new Row(Builtin.FULLY_CONNECTED, isConnected),
  new Row(Builtin.GELU, isAlike),
  new Row(Builtin.HARD_SWISH, isAlike),
  new Row(Builtin.LEAKY_RELU, isAlike),
  new Row(Builtin.LOGISTIC, isAlike),
  new Row(Builtin.MAXIMUM, isBroadcast),
  new Row(Builtin.MAX_POOL_2D, isPool),
  new Row(Builtin.MEAN, isReduced),
  new Row(Builtin.MINIMUM, isBroadcast),
  new Row(Builtin.MUL, isBroadcast),
  new Row(Builtin.NEG, isAlike),
  new Row(Builtin.PAD, isPadded),
  new Row(Builtin.PRELU, isBroadcast),
  new Row(Builtin.REDUCE_MAX, isReduced),
  new Row(Builtin.RELU, isAlike),
  new Row(Builtin.RELU6, isAlike),
  new Row(Builtin.RESHAPE, isAlike),
  new Row(Builtin.RESIZE_BILINEAR, isResized),
  new Row(Builtin.RESIZE_NEAREST_NEIGHBOR, isResized),
  new Row(Builtin.SLICE, isPart),
  new Row(Builtin.SOFTMAX, isAlike),
  new Row(Builtin.SQRT, isAlike),
  new Row(Builtin.SQUARE, isAlike),
  new Row(Builtin.SQUEEZE, isAlike),
  new Row(Builtin.SUB, isBroadcast),
  new Row(Builtin.SUM, isReduced),
  new Row(Builtin.TANH, isAlike),
  new Row(Builtin.TRANSPOSE, isTransposed),
];

export function fits(node: Node): bool {
  if (node.outputs.length != 1 || node.inputs.length == 0 || node.inputs[0] == null) return false;
  for (let i = 0; i < ROWS.length; i++) if (ROWS[i].code == node.code) return ROWS[i].fits(node);
  return false;
}

function shapeOf(node: Node, input: i32): i32[] {
  const value = node.input(input);
  return value == null ? [] : value.shape;
}

/** The whole numbers of an input; null where they are not known, or not `count`. */
function listOf(node: Node, input: i32, count: i32): i32[] | null {
  const value = node.input(input);
  if (value == null) return null;
  const constant: Constant | null = value.constant;
  if (constant == null || (count >= 0 && constant.count != count)) return null;
  return constant.ints();
}

function isAlike(node: Node): bool {
  const isLastKnown = node.code != Builtin.SOFTMAX || node.output.rank > 0;
  return isLastKnown && elementsOf(shapeOf(node, 0)) == elementsOf(node.output.shape);
}

function isBroadcast(node: Node): bool {
  const shape = node.output.shape;
  if (node.inputs.length < 2 || node.inputs[1] == null) return false;
  const left = shapeOf(node, 0);
  const right = shapeOf(node, 1);
  if (max(left.length, right.length) != shape.length) return false;
  for (let i = 1; i <= shape.length; i++) {
    const a = i <= left.length ? left[left.length - i] : 1;
    const b = i <= right.length ? right[right.length - i] : 1;
    if ((a != b && a != 1 && b != 1) || shape[shape.length - i] != (a == 1 ? b : a)) return false;
  }
  return true;
}

function isPool(node: Node): bool {
  const from = shapeOf(node, 0);
  const to = node.output.shape;
  if (from.length != 4 || to.length != 4 || from[0] != to[0] || from[3] != to[3]) return false;
  for (let i = 1; i < 5; i++) if (node.options[i] < 1 || node.options[i] > 1 << 16) return false;
  const rows = new WindowAxis(from[1], node.options[4], node.options[2], 1, paddingOf(node));
  const columns = new WindowAxis(from[2], node.options[3], node.options[1], 1, paddingOf(node));
  return rows.output == to[1] && columns.output == to[2];
}

function paddingOf(node: Node): Padding {
  return node.options[0] == 0 ? Padding.SAME : Padding.VALID;
}

function isConvolution(node: Node): bool {
  const from = shapeOf(node, 0);
  const to = node.output.shape;
  const weights = shapeOf(node, 1);
  if (from.length != 4 || to.length != 4 || weights.length != 4 || !hasWeights(node)) return false;
  const isDepthwise = node.code == Builtin.DEPTHWISE_CONV_2D;
  const dilation = isDepthwise ? 5 : 4;
  // Files leave out dilations of 1.
  for (let i = dilation; i < dilation + 2; i++) node.options[i] = max(node.options[i], 1);
  for (let i = 1; i < 3; i++) if (node.options[i] < 1 || node.options[i] > 1 << 16) return false;
  if (node.options[dilation] > 1 << 16 || node.options[dilation + 1] > 1 << 16) return false;
  const rows = new WindowAxis(
    from[1],
    weights[1],
    node.options[2],
    node.options[dilation + 1],
    paddingOf(node),
  );
  const columns = new WindowAxis(
    from[2],
    weights[2],
    node.options[1],
    node.options[dilation],
    paddingOf(node),
  );
  const kernels = isDepthwise ? weights[3] : weights[0];
  const isWhole = isDepthwise
    ? weights[0] == 1 && from[3] > 0 && kernels % from[3] == 0
    : weights[3] > 0 && from[3] % weights[3] == 0 && kernels % max(from[3] / weights[3], 1) == 0;
  const isImage = rows.output == to[1] && columns.output == to[2] && kernels == to[3];
  return isWhole && isImage && from[0] == to[0] && hasBias(node, kernels);
}

function isConnected(node: Node): bool {
  const weights = shapeOf(node, 1);
  if (weights.length != 2 || !hasWeights(node) || node.options[1] != 0 || weights[1] < 1)
    return false;
  const rows = elementsOf(shapeOf(node, 0)) / (weights[1] as i64);
  if (rows * (weights[1] as i64) != elementsOf(shapeOf(node, 0))) return false;
  return elementsOf(node.output.shape) == rows * (weights[0] as i64) && hasBias(node, weights[0]);
}

function hasWeights(node: Node): bool {
  const value = node.input(1);
  if (value == null || value.constant == null) return false;
  return (value.constant as Constant).isReal && elementsOf(value.shape) > 0;
}

function hasBias(node: Node, kernels: i32): bool {
  const value = node.input(2);
  if (value == null) return true;
  const constant = value.constant;
  if (constant == null) return false;
  return constant.isReal && constant.count == kernels;
}

function isJoined(node: Node): bool {
  const shape = node.output.shape;
  const axis = node.options[0] < 0 ? node.options[0] + shape.length : node.options[0];
  if (axis < 0 || axis >= shape.length) return false;
  let sum: i64 = 0;
  for (let i = 0; i < node.inputs.length; i++) {
    const own = shapeOf(node, i);
    if (node.inputs[i] == null || own.length != shape.length) return false;
    for (let j = 0; j < own.length; j++) if (j != axis && own[j] != shape[j]) return false;
    sum += own[axis];
  }
  return sum == (shape[axis] as i64);
}

function isReduced(node: Node): bool {
  const axes = listOf(node, 1, -1);
  const shape = shapeOf(node, 0);
  if (axes == null) return false;
  const left = shape.slice(0);
  for (let i = 0; i < axes.length; i++) {
    const axis = axes[i] < 0 ? axes[i] + shape.length : axes[i];
    if (axis < 0 || axis >= shape.length) return false;
    left[axis] = 1;
  }
  return elementsOf(left) == elementsOf(node.output.shape);
}

function isPadded(node: Node): bool {
  const from = shapeOf(node, 0);
  const to = node.output.shape;
  const pads = listOf(node, 1, 2 * from.length);
  if (pads == null || from.length != to.length) return false;
  for (let i = 0; i < from.length; i++) {
    const before = pads[2 * i];
    const after = pads[2 * i + 1];
    if (before < 0 || after < 0 || before > to[i] || after > to[i]) return false;
    if (from[i] + before + after != to[i]) return false;
  }
  return true;
}

function isResized(node: Node): bool {
  const from = shapeOf(node, 0);
  const to = node.output.shape;
  const isImage = from.length == 4 && to.length == 4 && from[1] > 0 && from[2] > 0;
  return isImage && from[0] == to[0] && from[3] == to[3];
}

function isPart(node: Node): bool {
  const from = shapeOf(node, 0);
  const to = node.output.shape;
  const begin = listOf(node, 1, from.length);
  if (begin == null || from.length != to.length) return false;
  for (let i = 0; i < from.length; i++) {
    if (begin[i] < 0 || begin[i] > from[i] || to[i] > from[i] - begin[i]) return false;
  }
  return true;
}

function isTransposed(node: Node): bool {
  const from = shapeOf(node, 0);
  const to = node.output.shape;
  const order = listOf(node, 1, from.length);
  if (order == null || from.length != to.length) return false;
  if (!isIdentity(order.slice(0).sort())) return false;
  for (let i = 0; i < order.length; i++) if (to[i] != from[order[i]]) return false;
  return true;
}
