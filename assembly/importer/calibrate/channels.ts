import { Activation, Builtin } from "../../tflite/schema";
import { elementsOf } from "../graph/constant";
import { Node, Value } from "../graph/graph";
import { Linear, weighed } from "../measure/linear";
import { Activations, ComputedNetwork, runNode } from "../measure/network";
import { Coded } from "./coded";

/** What constant zeros, such as borders, belong to: any factor leaves them as they are. */
const ANY = 0;
/** Channels whose factor is 1. */
export const FIXED = 1;

/**
 * Which channels of a network's values must be divided by the same factor. Operators that move numbers
 * are computed on tensors of channels' numbers, so that shuffles and slices need no rules of their own.
 */
export class Channels {
  /** By layer's node: the channel of each input channel, or of each number of a flat input. */
  inputs: Map<i32, i32[]> = new Map<i32, i32[]>();
  /** By layer's node: the channel of each kernel. */
  outputs: Map<i32, i32[]> = new Map<i32, i32[]>();
  private parents: i32[] = [ANY, FIXED];
  private numbers: Activations;

  constructor(
    private network: ComputedNetwork,
    private coded: Coded,
  ) {
    this.numbers = new Activations(network, 1);
    const graph = network.graph;
    for (let i = 0; i < graph.inputs.length; i++) this.fill(graph.inputs[i], [FIXED]);
    for (let i = 0; i < graph.nodes.length; i++) {
      this.node(i);
      this.numbers.release(i);
    }
    for (let i = 0; i < graph.outputs.length; i++) {
      if (graph.outputs[i].constant == null) this.fix(graph.outputs[i]);
    }
    this.numbers.releaseAll();
  }

  get count(): i32 {
    return this.parents.length;
  }

  /** The one that stands for all that share a factor. */
  find(channel: i32): i32 {
    while (this.parents[channel] != channel) channel = this.parents[channel];
    return channel;
  }

  /** Keeps a channel as it is. */
  hold(channel: i32): void {
    this.unite(channel, FIXED);
  }

  private unite(a: i32, b: i32): void {
    const first = this.find(a);
    const second = this.find(b);
    if (first == ANY || second == ANY) return;
    this.parents[max(first, second)] = min(first, second);
  }

  private node(at: i32): void {
    const node = this.network.graph.nodes[at];
    const linear = this.network.linears[at];
    const code = node.code;
    if (!this.coded.nodes[at]) this.stop(node);
    else if (linear != null) this.layer(at, linear);
    else if (moves(code)) runNode(this.network, at, this.numbers, 0);
    else if (passes(code) || isMeanOfPixels(node))
      this.fill(node.output, this.of(node.inputs[0] as Value));
    else if (code == Builtin.ADD && this.isSum(node)) this.sum(node);
    else this.stop(node);
  }

  private layer(at: i32, linear: Linear): void {
    const layer = linear.layer;
    if (layer.isTransposed) {
      this.stop(layer.node);
      return;
    }
    this.inputs.set(at, this.of(weighed(layer), layer.channels));
    const made: i32[] = [];
    const grows = layer.activation <= Activation.RELU || layer.activation == Activation.RELU6;
    for (let i = 0; i < layer.kernels; i++) {
      made.push(grows ? this.parents.push(this.parents.length) - 1 : FIXED);
    }
    this.outputs.set(at, made);
    this.fill(layer.node.output, made);
  }

  private isSum(node: Node): bool {
    const left = node.inputs[0] as Value;
    const right = node.inputs[1] as Value;
    const isComputed = left.constant == null && right.constant == null;
    const grows = node.options[0] == Activation.NONE || node.options[0] == Activation.RELU;
    return isComputed && grows && elementsOf(left.shape) == elementsOf(right.shape);
  }

  private sum(node: Node): void {
    const left = this.of(node.inputs[0] as Value);
    const right = this.of(node.inputs[1] as Value);
    for (let i = 0; i < left.length; i++) this.unite(left[i], right[i]);
    this.fill(node.output, left);
  }

  /** Nothing is divided on either side of the node. */
  private stop(node: Node): void {
    for (let i = 0; i < node.inputs.length; i++) {
      const value = node.inputs[i];
      if (value != null && value.constant == null) this.fix(value);
    }
    for (let i = 0; i < node.outputs.length; i++) this.fill(node.outputs[i], [FIXED]);
  }

  private fix(value: Value): void {
    const from = this.numbers.at(value, 0);
    const count = elementsOf(value.shape) as i32;
    let last = FIXED;
    for (let i = 0; i < count; i++) {
      const channel = load<f32>(from + ((i as usize) << 2)) as i32;
      if (channel != last) this.unite(channel, FIXED);
      last = channel;
    }
  }

  /** Gives all pixels the same channels, repeated where there are fewer. */
  private fill(value: Value, channels: i32[]): void {
    const to = this.numbers.make(value, 0);
    const count = elementsOf(value.shape) as i32;
    for (let i = 0; i < count; i++) {
      store<f32>(to + ((i as usize) << 2), channels[i % channels.length] as f32);
    }
  }

  /** The channels along the last axis, or every `depth` numbers; what differs within one is united. */
  private of(value: Value, depth: i32 = 0): i32[] {
    const channels = depth > 0 ? depth : value.rank == 0 ? 1 : value.shape[value.rank - 1];
    const from = this.numbers.at(value, 0);
    const count = elementsOf(value.shape) as i32;
    const found: i32[] = [];
    for (let i = 0; i < count; i++) {
      const channel = load<f32>(from + ((i as usize) << 2)) as i32;
      if (i < channels) found.push(channel);
      else if (found[i % channels] == ANY) found[i % channels] = channel;
      else if (channel != found[i % channels]) this.unite(channel, found[i % channels]);
    }
    return found;
  }
}

/** Operators that only move numbers, and put zeros between them. */
function moves(code: i32): bool {
  return (
    code == Builtin.RESHAPE ||
    code == Builtin.SQUEEZE ||
    code == Builtin.TRANSPOSE ||
    code == Builtin.GATHER ||
    code == Builtin.SLICE ||
    code == Builtin.STRIDED_SLICE ||
    code == Builtin.CONCATENATION ||
    code == Builtin.PAD ||
    code == Builtin.SPLIT ||
    code == Builtin.RESIZE_NEAREST_NEIGHBOR
  );
}

/** Operators whose results grow with what they read, channel by channel. */
function passes(code: i32): bool {
  return (
    code == Builtin.RELU ||
    code == Builtin.LEAKY_RELU ||
    code == Builtin.MAX_POOL_2D ||
    code == Builtin.AVERAGE_POOL_2D ||
    code == Builtin.RESIZE_BILINEAR ||
    code == Builtin.PADV2
  );
}

/** A mean of each channel over all else. */
function isMeanOfPixels(node: Node): bool {
  if (node.code != Builtin.MEAN) return false;
  const input = node.inputs[0] as Value;
  const axes = (node.inputs[1] as Value).constant;
  if (axes == null) return false;
  for (let i = 0; i < axes.count; i++) {
    const axis = axes.int(i);
    if (axis == -1 || axis == input.rank - 1) return false;
  }
  return true;
}
