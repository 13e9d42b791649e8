import { Activation, Builtin } from "../../tflite/schema";
import { Constant } from "../graph/constant";
import { Graph, Node, Quantization, Value } from "../graph/graph";
import { ComputedNetwork } from "../measure/network";
import { Ranges } from "./ranges";
import { Sensitivity } from "./sensitivity";
import { Measured, Statistics } from "./statistics";

// A value whose channels differ much in range loses the small ones in one scale. Where a convolution makes
// it and one depthwise convolution alone reads it, both are split into groups of channels with scales of
// their own, and nothing else is computed twice:
//
//   conv ─► x ─► … ─► depthwise ─► conv       conv ─► x₀ ─► … ─► depthwise ─┐
//                                             conv ─► x₁ ─► … ─► depthwise ─┴► concatenation ─► conv
//
// Channels leave in the order of the groups, in which the layers after that read them.

/** The value is split if the signal to noise that its rounding leaves its readers is below this, in dB. */
const LEAST_DECIBELS: f64 = 15;
/** Each takes jobs of its own. */
const MOST_GROUPS = 3;

/** What is computed between a convolution and the depthwise one that alone reads it, and what reads that. */
class Region {
  inner: Node[] = [];
  depthwise: Node[] = [];
  /** Between the depthwise convolution and the readers. */
  after: Node[] = [];
  readers: Node[] = [];

  constructor(public layer: Node) {}

  static of(graph: Graph, layer: Node): Region | null {
    const region = new Region(layer);
    if (layer.code != Builtin.CONV_2D) return null;
    if (!walk(graph, layer.output, region.inner, region.depthwise)) return null;
    if (region.depthwise.length != 1) return null;
    const depthwise = region.depthwise[0];
    const channels = region.channels;
    if (depthwise.code != Builtin.DEPTHWISE_CONV_2D) return null;
    if (channelsOf(depthwise.output) != channels) return null;
    if (!walk(graph, depthwise.output, region.after, region.readers)) return null;
    for (let i = 0; i < region.readers.length; i++) {
      const reader = region.readers[i];
      if (reader.code != Builtin.CONV_2D) return null;
      if (channelsOf(reader.inputs[1] as Value) != channels) return null;
    }
    return region;
  }

  get channels(): i32 {
    return channelsOf(this.layer.output);
  }
}

function channelsOf(value: Value): i32 {
  return value.shape[value.rank - 1];
}

/**
 * Collects what computes each channel from `start` on by itself, and what reads the results. False if
 * the model's caller reads any, or a node that reads other values, too.
 */
function walk(graph: Graph, start: Value, inner: Node[], readers: Node[]): bool {
  const inside: Value[] = [start];
  for (let i = 0; i < graph.nodes.length; i++) {
    const node = graph.nodes[i];
    let count = 0;
    let others = 0;
    for (let j = 0; j < node.inputs.length; j++) {
      const value = node.inputs[j];
      if (value == null || value.constant != null) continue;
      if (inside.includes(value)) count++;
      else others++;
    }
    if (count == 0) continue;
    if (others > 0) return false;
    if (keepsChannels(node)) {
      inner.push(node);
      inside.push(node.output);
    } else readers.push(node);
  }
  for (let i = 0; i < graph.outputs.length; i++) {
    if (inside.includes(graph.outputs[i])) return false;
  }
  return true;
}

/** Whether a node computes each channel alike and by itself. */
function keepsChannels(node: Node): bool {
  const code = node.code;
  if (code == Builtin.PAD) return true;
  const isFunction =
    code == Builtin.LOGISTIC ||
    code == Builtin.HARD_SWISH ||
    code == Builtin.RELU ||
    code == Builtin.RELU6 ||
    code == Builtin.LEAKY_RELU ||
    code == Builtin.TANH ||
    code == Builtin.ELU ||
    code == Builtin.GELU;
  if (isFunction) return true;
  if (code != Builtin.MUL && code != Builtin.ADD) return false;
  for (let i = 0; i < node.inputs.length; i++) {
    const constant = (node.inputs[i] as Value).constant;
    if (constant != null && constant.count != 1) return false;
  }
  return true;
}

/** Splits what one scale would ruin; false where nothing is. */
export function splitChannels(
  network: ComputedNetwork,
  ranges: Ranges,
  sensitivity: Sensitivity,
  measured: Measured,
): bool {
  const graph = network.graph;
  const layers = graph.nodes.slice(0);
  let isSplit = false;
  for (let i = 0; i < layers.length; i++) {
    if (!isRuined(layers[i], ranges, sensitivity)) continue;
    const region = Region.of(graph, layers[i]);
    if (region == null) continue;
    const result = layers[i].output.index;
    const groups = groupsOf(measured.values[result], sensitivity, result);
    if (groups.length < 2) continue;
    split(graph, region, groups);
    isSplit = true;
  }
  return isSplit;
}

/** Whether one scale for a convolution's result leaves too much noise. */
function isRuined(layer: Node, ranges: Ranges, sensitivity: Sensitivity): bool {
  const result = layer.output.index;
  const scale = ranges.scales[result];
  if (scale == null || layer.code != Builtin.CONV_2D) return false;
  const step = (scale as Quantization).scales[0] as f64;
  const noise = (step * step * sensitivity.total(result)) / 12;
  return -10 * Math.log10(noise + 1e-30) < LEAST_DECIBELS;
}

/**
 * Channels in up to `MOST_GROUPS` groups, by their range, for the least Σ range² · Σ sensitivity: a path
 * through the channels in the order of their ranges (dynamic programming).
 */
function groupsOf(statistics: Statistics, sensitivity: Sensitivity, value: i32): i32[][] {
  const count = statistics.channels;
  const order = byRange(statistics);
  // costs[g][end]: the least of `g + 1` groups up to channel `end`; starts: where the last of them begins.
  const groups = min(MOST_GROUPS, count);
  const costs = new StaticArray<f64>(groups * (count + 1));
  const starts = new StaticArray<i32>(groups * (count + 1));
  costs.fill(Infinity);
  for (let g = 0; g < groups; g++) {
    for (let start = g; start < count; start++) {
      const before = g == 0 ? (start == 0 ? 0 : Infinity) : costs[(g - 1) * (count + 1) + start];
      let low: f64 = 0;
      let high: f64 = 0;
      let sum: f64 = 0;
      for (let end = start; end < count; end++) {
        low = Math.min(low, statistics.least[order[end]]);
        high = Math.max(high, statistics.greatest[order[end]]);
        sum += sensitivity.of(value, order[end]);
        const cost = before + (high - low) * (high - low) * sum;
        const at = g * (count + 1) + end + 1;
        if (cost >= costs[at]) continue;
        costs[at] = cost;
        starts[at] = start;
      }
    }
  }
  const result: i32[][] = [];
  let end = count;
  for (let g = groups - 1; g >= 0; g--) {
    const start = starts[g * (count + 1) + end];
    result.unshift(order.slice(start, end));
    end = start;
  }
  return result;
}

/** Channels by their range, the narrowest first. */
function byRange(statistics: Statistics): i32[] {
  const order: i32[] = [];
  for (let i = 0; i < statistics.channels; i++) {
    let at = order.push(i) - 1;
    for (; at > 0 && statistics.range(i) < statistics.range(order[at - 1]); at--) {
      order[at] = order[at - 1];
    }
    order[at] = i;
  }
  return order;
}

function split(graph: Graph, region: Region, groups: i32[][]): void {
  const depthwise = region.depthwise[0];
  const copies: Map<Value, Value>[] = [];
  for (let g = 0; g < groups.length; g++) copies.push(new Map<Value, Value>());
  const nodes: Node[] = [];
  for (let i = 0; i < graph.nodes.length; i++) {
    const node = graph.nodes[i];
    if (node != region.layer && node != depthwise && !region.inner.includes(node)) {
      nodes.push(node);
      continue;
    }
    for (let g = 0; g < groups.length; g++) nodes.push(copyOf(node, groups[g], g, copies[g]));
    if (node == depthwise) nodes.push(joined(node.output, copies));
  }
  graph.nodes = nodes;
  const order: i32[] = [];
  for (let g = 0; g < groups.length; g++)
    for (let i = 0; i < groups[g].length; i++) order.push(groups[g][i]);
  for (let i = 0; i < region.readers.length; i++) {
    const weights = region.readers[i].inputs[1] as Value;
    region.readers[i].inputs[1] = picked(weights, weights.rank - 1, order);
  }
}

/** A node that computes some of the channels. */
function copyOf(node: Node, channels: i32[], group: i32, copies: Map<Value, Value>): Node {
  const inputs: (Value | null)[] = [];
  for (let i = 0; i < node.inputs.length; i++) {
    const value = node.inputs[i];
    inputs.push(value != null && copies.has(value) ? copies.get(value) : value);
  }
  if (node.code == Builtin.CONV_2D || node.code == Builtin.DEPTHWISE_CONV_2D) {
    const weights = node.inputs[1] as Value;
    inputs[1] = picked(weights, node.code == Builtin.CONV_2D ? 0 : weights.rank - 1, channels);
    const bias = node.input(2);
    if (bias != null) inputs[2] = picked(bias, 0, channels);
  }
  const copy = new Node(node.code, inputs);
  copy.options = node.options.slice(0);
  const shape = node.output.shape.slice(0);
  shape[shape.length - 1] = channels.length;
  const output = new Value(`${node.output.name} of group ${group}`, node.output.dtype, shape);
  output.producer = copy;
  copy.outputs.push(output);
  copies.set(node.output, output);
  return copy;
}

function joined(value: Value, copies: Map<Value, Value>[]): Node {
  const parts: (Value | null)[] = [];
  for (let g = 0; g < copies.length; g++) parts.push(copies[g].get(value));
  const node = new Node(Builtin.CONCATENATION, parts);
  node.options = [value.rank - 1, Activation.NONE];
  node.outputs.push(value);
  value.producer = node;
  return node;
}

/** A constant with some of the indices along an axis, the first or the last, in the order given. */
function picked(value: Value, axis: i32, indices: i32[]): Value {
  const from = value.constant as Constant;
  const shape = from.shape.slice(0);
  const all = shape[axis];
  shape[axis] = indices.length;
  const inner = axis == shape.length - 1 ? 1 : from.count / all;
  const outer = from.count / all / inner;
  const to = Constant.make(from.dtype, shape);
  for (let i = 0; i < outer; i++) {
    for (let j = 0; j < indices.length; j++) {
      for (let k = 0; k < inner; k++) {
        to.set((i * indices.length + j) * inner + k, from.get((i * all + indices[j]) * inner + k));
      }
    }
  }
  return Value.known(value.name, to);
}
