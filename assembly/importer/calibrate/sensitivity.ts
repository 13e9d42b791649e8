import { Builtin } from "../../tflite/schema";
import { elementsOf } from "../graph/constant";
import { Node, Value } from "../graph/graph";
import { Linear, weighed } from "../measure/linear";
import { ComputedNetwork } from "../measure/network";
import { Coded } from "./coded";
import { Measured, Statistics } from "./statistics";

/** Variances of dead channels count as so much of the layer's mean. */
export const LEAST_VARIANCE: f64 = 1e-3;
/** How much of a layer's weight is the same for all its kernels: what is known of them is an estimate. */
const EVEN: f64 = 0.1;

/**
 * How much noise of one channel adds to the noise of the outputs, in parts of their variance: carried
 * back from the outputs as if all noise were independent, through a layer by the squares of its weights.
 */
export class Sensitivity {
  /** By node, by kernel: for noise of the sums; null for a node without weights. */
  kernels: (StaticArray<f64> | null)[] = [];
  /** By value, by channel. */
  private values: StaticArray<f64>[] = [];

  constructor(
    private network: ComputedNetwork,
    coded: Coded,
    private measured: Measured,
  ) {
    const values = network.values;
    const leaves = leavesOf(network, coded);
    for (let i = 0; i < values.length; i++) {
      const statistics = measured.values[i];
      const own = new StaticArray<f64>(statistics.channels);
      if (leaves[i]) own.fill(1 / Math.max(statistics.spread, 1e-30));
      this.values.push(own);
    }
    const nodes = network.graph.nodes;
    for (let i = 0; i < nodes.length; i++) this.kernels.push(null);
    for (let i = nodes.length - 1; i >= 0; i--) if (coded.nodes[i]) this.carry(i);
  }

  /** Of a channel of a value. */
  of(value: i32, channel: i32): f64 {
    return this.values[value][channel];
  }

  /** Of all channels of a value. */
  total(value: i32): f64 {
    let sum: f64 = 0;
    for (let c = 0; c < this.values[value].length; c++) sum += this.values[value][c];
    return sum;
  }

  private carry(at: i32): void {
    const linear = this.network.linears[at];
    const node = this.network.graph.nodes[at];
    if (linear != null) this.carryThroughLayer(at, linear);
    else {
      for (let i = 0; i < node.outputs.length; i++) this.carryThrough(node, node.outputs[i]);
    }
  }

  private carryThroughLayer(at: i32, linear: Linear): void {
    const layer = linear.layer;
    const output = layer.node.output;
    const made = this.values[output.index];
    const sums = this.measured.sums[at] as Statistics;
    const results = this.measured.values[output.index];
    const read = this.values[weighed(layer).index];
    const kernels = new StaticArray<f64>(layer.kernels);
    for (let o = 0; o < layer.kernels; o++) {
      // An activation passes as much noise as it passes of the sums.
      const passed = results.variance(o) / Math.max(sums.variance(o), 1e-30);
      kernels[o] = made[o] * Math.min(passed, 1);
    }
    normalize(kernels, sums);
    for (let o = 0; o < layer.kernels; o++) {
      const first = (o / layer.blockKernels) * layer.blockChannels;
      for (let i = 0; i < layer.depth; i++) {
        const where = linear.weights + ((layer.weightAt(o, i) as usize) << 2);
        const weight = load<f32>(where) as f64;
        const channel = (first + (i % layer.blockChannels)) % read.length;
        read[channel] += kernels[o] * weight * weight;
      }
    }
    this.kernels[at] = kernels;
  }

  private carryThrough(node: Node, output: Value): void {
    const made = this.values[output.index];
    let offset = 0;
    for (let i = 0; i < node.inputs.length; i++) {
      const value = node.inputs[i];
      if (value == null || value.constant != null) continue;
      const read = this.values[value.index];
      if (node.code == Builtin.CONCATENATION && read.length < made.length) {
        for (let c = 0; c < read.length; c++) read[c] += made[(offset + c) % made.length];
        offset += read.length;
      } else {
        const pixels = elementsOf(value.shape) / max(elementsOf(output.shape), 1);
        spread(made, read, averages(node) ? pixels : 1);
      }
    }
  }
}

/** Whether noise of a pixel is divided among as many as the result is made of. */
function averages(node: Node): bool {
  return node.code == Builtin.MEAN || node.code == Builtin.AVERAGE_POOL_2D;
}

/** From the channels of a result to those of what it is made of; where they do not match, evenly. */
function spread(made: StaticArray<f64>, read: StaticArray<f64>, pixels: i64): void {
  const count = Math.max(pixels as f64, 1);
  if (made.length % read.length == 0) {
    for (let i = 0; i < made.length; i++) read[i % read.length] += made[i] / count;
    return;
  }
  let sum: f64 = 0;
  for (let i = 0; i < made.length; i++) sum += made[i];
  for (let i = 0; i < read.length; i++) read[i] += sum / count / (made.length as f64);
}

/** Makes one of all together, in parts of their variance; some of it is the same for all. */
function normalize(kernels: StaticArray<f64>, sums: Statistics): void {
  const count = kernels.length as f64;
  let mean: f64 = 0;
  for (let o = 0; o < kernels.length; o++) mean += sums.variance(o) / count;
  const least = LEAST_VARIANCE * mean + 1e-30;
  let share: f64 = 0;
  for (let o = 0; o < kernels.length; o++) share += (kernels[o] * sums.variance(o)) / count;
  for (let o = 0; o < kernels.length; o++) {
    const own = share > 0 ? kernels[o] / share : 0;
    const even = 1 / Math.max(sums.variance(o), least);
    kernels[o] = ((1 - EVEN) * own + EVEN * even) / count;
  }
}

/** Values that leave the 8 bits: outputs, and those that operators in real numbers read. */
export function leavesOf(network: ComputedNetwork, coded: Coded): StaticArray<bool> {
  const graph = network.graph;
  const leaves = new StaticArray<bool>(network.values.length);
  for (let i = 0; i < graph.outputs.length; i++) {
    if (graph.outputs[i].constant == null) leaves[graph.outputs[i].index] = true;
  }
  for (let i = 0; i < graph.nodes.length; i++) {
    const inputs = graph.nodes[i].inputs;
    for (let j = 0; j < inputs.length && !coded.nodes[i]; j++) {
      const value = inputs[j];
      if (value != null && value.constant == null) leaves[value.index] = true;
    }
  }
  for (let i = 0; i < leaves.length; i++) if (!coded.values[i]) leaves[i] = false;
  return leaves;
}
