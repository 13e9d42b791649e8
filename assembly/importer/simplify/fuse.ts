import { Activation, Builtin } from "../../tflite/schema";
import { Constant } from "../graph/constant";
import { Graph, Node, Value } from "../graph/graph";
import { Users } from "./users";

/**
 * Joins what follows a node to it: a factor and an offset for each channel go into a convolution's
 * weights and biases, an activation becomes the node's own. Only where nobody else reads the value
 * in between, and where that value is not stored in 8 bits of its own.
 */
export function fuse(graph: Graph): void {
  const users = new Users(graph);
  const kept: Node[] = [];
  for (let i = 0; i < graph.nodes.length; i++) {
    const node = graph.nodes[i];
    const before = node.inputs.length > 0 ? producerOf(node, users) : null;
    if (before != null && joins(before, node)) {
      before.outputs[0] = node.output;
      node.output.producer = before;
    } else kept.push(node);
  }
  graph.nodes = kept;
}

/** The node before, where this one alone reads its result. */
function producerOf(node: Node, users: Users): Node | null {
  const value = node.inputs[0];
  if (value == null || value.quantization != null) return null;
  const before = value.producer;
  return before != null && users.only(value) == node ? before : null;
}

function joins(before: Node, node: Node): bool {
  if (node.code == Builtin.RELU || node.code == Builtin.RELU6) return joinActivation(before, node);
  if (node.code == Builtin.MUL || node.code == Builtin.ADD || node.code == Builtin.SUB) {
    return joinConstant(before, node);
  }
  return false;
}

function joinActivation(before: Node, node: Node): bool {
  const slot = activationSlot(before.code);
  if (slot < 0 || before.options[slot] != Activation.NONE) return false;
  before.options[slot] = node.code == Builtin.RELU ? Activation.RELU : Activation.RELU6;
  return true;
}

/** Where an operator's options have its activation; −1 where it has none. */
export function activationSlot(code: i32): i32 {
  if (code == Builtin.CONV_2D || code == Builtin.TRANSPOSE_CONV) return 3;
  if (code == Builtin.DEPTHWISE_CONV_2D) return 4;
  if (code == Builtin.MAX_POOL_2D || code == Builtin.AVERAGE_POOL_2D) return 5;
  const isFirst =
    code == Builtin.FULLY_CONNECTED ||
    code == Builtin.ADD ||
    code == Builtin.SUB ||
    code == Builtin.MUL ||
    code == Builtin.DIV;
  return isFirst ? 0 : -1;
}

function joinConstant(before: Node, node: Node): bool {
  const isLayer =
    before.code == Builtin.CONV_2D ||
    before.code == Builtin.DEPTHWISE_CONV_2D ||
    before.code == Builtin.FULLY_CONNECTED;
  if (!isLayer || before.options[activationSlot(before.code)] != Activation.NONE) return false;
  const operand = node.inputs[1];
  const weights = before.inputs[1];
  if (operand == null || operand.constant == null || operand.quantization != null) return false;
  if (weights == null || weights.constant == null || weights.quantization != null) return false;
  const channels = node.output.shape[node.output.rank - 1];
  const factors = operand.constant as Constant;
  const isChannels =
    factors.count == channels && factors.shape[factors.shape.length - 1] == channels;
  if (!isChannels && factors.count != 1) return false;
  if (node.code == Builtin.MUL) scaleWeights(before, weights, factors, channels);
  else addBias(before, factors, channels, node.code == Builtin.SUB ? -1 : 1);
  before.options[activationSlot(before.code)] = node.options[0];
  return true;
}

function scaleWeights(node: Node, weights: Value, factors: Constant, channels: i32): void {
  const old = weights.constant as Constant;
  const isLast = node.code == Builtin.DEPTHWISE_CONV_2D;
  const inner = old.count / channels;
  const result = Constant.make(old.dtype, old.shape);
  for (let i = 0; i < old.count; i++) {
    const channel = isLast ? i % channels : i / inner;
    result.set(i, old.get(i) * at(factors, channel));
  }
  node.inputs[1] = Value.known(weights.name, result);
  const bias = node.input(2);
  if (bias == null) return;
  const moved = Constant.make(bias.dtype, bias.shape);
  for (let i = 0; i < channels; i++)
    moved.set(i, (bias.constant as Constant).get(i) * at(factors, i));
  node.inputs[2] = Value.known(bias.name, moved);
}

function addBias(node: Node, offsets: Constant, channels: i32, sign: f64): void {
  const bias = node.input(2);
  const result = Constant.make(offsets.dtype, [channels]);
  for (let i = 0; i < channels; i++) {
    const before = bias == null ? 0 : (bias.constant as Constant).get(i);
    result.set(i, before + sign * at(offsets, i));
  }
  const value = Value.known("bias", result);
  if (node.inputs.length > 2) node.inputs[2] = value;
  else node.inputs.push(value);
}

function at(constant: Constant, channel: i32): f64 {
  return constant.get(constant.count == 1 ? 0 : channel);
}
