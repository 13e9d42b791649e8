import { elementsOf } from "../graph/constant";
import { Value } from "../graph/graph";
import { Activations, ComputedNetwork, finishSums, runNode, runSums } from "../measure/network";

/** What the numbers of each channel (the last axis) are like, over all samples seen. */
export class Statistics {
  least: StaticArray<f64>;
  greatest: StaticArray<f64>;
  private sums: StaticArray<f64>;
  private squares: StaticArray<f64>;
  private count: f64 = 0;

  constructor(public channels: i32) {
    this.least = new StaticArray<f64>(channels);
    this.greatest = new StaticArray<f64>(channels);
    this.sums = new StaticArray<f64>(channels);
    this.squares = new StaticArray<f64>(channels);
    this.least.fill(Infinity);
    this.greatest.fill(-Infinity);
  }

  static of(value: Value): Statistics {
    return new Statistics(value.rank == 0 ? 1 : max(value.shape[value.rank - 1], 1));
  }

  add(from: usize, count: i32): void {
    const channels = this.channels;
    const pixels = count / channels;
    this.count += pixels;
    for (let pixel = 0; pixel < pixels; pixel++) {
      for (let c = 0; c < channels; c++, from += 4) {
        const value = load<f32>(from) as f64;
        if (value < this.least[c]) this.least[c] = value;
        if (value > this.greatest[c]) this.greatest[c] = value;
        this.sums[c] += value;
        this.squares[c] += value * value;
      }
    }
  }

  mean(channel: i32): f64 {
    return this.sums[channel] / Math.max(this.count, 1);
  }

  /** From its least to its greatest, with 0. */
  range(channel: i32): f64 {
    return Math.max(this.greatest[channel], 0) - Math.min(this.least[channel], 0);
  }

  variance(channel: i32): f64 {
    const mean = this.mean(channel);
    return Math.max(this.squares[channel] / Math.max(this.count, 1) - mean * mean, 0);
  }

  /** The variance of all numbers together. */
  get spread(): f64 {
    let sum: f64 = 0;
    let squares: f64 = 0;
    for (let c = 0; c < this.channels; c++) {
      sum += this.sums[c];
      squares += this.squares[c];
    }
    const count = Math.max(this.count * (this.channels as f64), 1);
    return Math.max(squares / count - (sum / count) * (sum / count), 0);
  }
}

/** Of a network's values, and of the sums of its layers before their activation. */
export class Measured {
  values: Statistics[] = [];
  /** By node; null for one without weights. */
  sums: (Statistics | null)[] = [];

  constructor(private network: ComputedNetwork) {
    for (let i = 0; i < network.values.length; i++)
      this.values.push(Statistics.of(network.values[i]));
    for (let i = 0; i < network.linears.length; i++) {
      const linear = network.linears[i];
      this.sums.push(linear == null ? null : Statistics.of(linear.layer.node.output));
    }
  }

  /** Computes one sample, whose inputs are given, and looks at all that it makes. */
  add(inputs: usize[]): void {
    const graph = this.network.graph;
    const activations = new Activations(this.network, 1);
    for (let i = 0; i < inputs.length; i++) {
      const value = graph.inputs[i];
      const count = elementsOf(value.shape) as i32;
      memory.copy(activations.make(value, 0), inputs[i], (count as usize) << 2);
      this.values[value.index].add(inputs[i], count);
    }
    for (let i = 0; i < graph.nodes.length; i++) {
      this.node(i, activations);
      activations.release(i);
    }
    activations.releaseAll();
  }

  private node(at: i32, activations: Activations): void {
    const node = this.network.graph.nodes[at];
    const linear = this.network.linears[at];
    if (linear == null) runNode(this.network, at, activations, 0);
    else {
      const sums = runSums(linear, activations, 0);
      (this.sums[at] as Statistics).add(sums, elementsOf(node.output.shape) as i32);
      finishSums(linear, sums);
    }
    for (let i = 0; i < node.outputs.length; i++) {
      const value = node.outputs[i];
      this.values[value.index].add(activations.at(value, 0), elementsOf(value.shape) as i32);
    }
  }
}
