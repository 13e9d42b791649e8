import { Dtype } from "../../tflite/schema";
import { Constant, elementsOf } from "../graph/constant";
import { Value } from "../graph/graph";
import { Linear, weighed } from "../measure/linear";
import { Activations, ComputedNetwork, finishSums, runNode, runSums } from "../measure/network";
import { Coded } from "./coded";
import { roundTo } from "./coder";
import { Ranges } from "./ranges";
import { RoundedWeights, roundWeights } from "./rounding";
import { LayerSample } from "./sampling";
import { leavesOf, Sensitivity } from "./sensitivity";

/** How far a value in 8 bits is from the real one: signal to noise, over the samples looked at. */
export class QuantizationNoise {
  private sum: f64 = 0;
  private squares: f64 = 0;
  private errors: f64 = 0;
  private count: f64 = 0;

  /** Lower real numbers than `floor` count as that. */
  add(real: usize, coded: usize, count: i32, floor: f64): void {
    for (let i = 0; i < count; i++) {
      const at = (i as usize) << 2;
      const value = Math.max(load<f32>(real + at) as f64, floor);
      const error = value - (load<f32>(coded + at) as f64);
      this.sum += value;
      this.squares += value * value;
      this.errors += error * error;
    }
    this.count += count;
  }

  /** 10 · log₁₀ of the variance over the mean square error; at most 99. */
  get decibels(): f64 {
    const mean = this.sum / Math.max(this.count, 1);
    const variance = Math.max(this.squares - this.count * mean * mean, 1e-30);
    return Math.min(10 * Math.log10(variance / Math.max(this.errors, 1e-30)), 99);
  }
}

/** What a sweep found for a layer. */
export class RoundedLayer {
  constructor(
    public weights: RoundedWeights,
    /** Float32, one for each kernel. */
    public bias: usize,
  ) {}
}

/**
 * Goes through a network node by node, all samples at once: in real numbers and, beside that, in 8 bits.
 * The weights of each layer are rounded in turn, for the values that it reads at that time. Only what nodes to
 * come read is kept.
 */
export class Sweep {
  /** By node. */
  layers: (RoundedLayer | null)[] = [];
  /** By value, over the samples that were not calibrated with, or all where none were left out. */
  noise: QuantizationNoise[] = [];
  private at: i32 = 0;
  private reals: Activations;
  private codes: Activations;

  constructor(
    private network: ComputedNetwork,
    private coded: Coded,
    private ranges: Ranges,
    private sensitivity: Sensitivity,
    samples: usize[][],
    /** The first so many samples are calibrated with; 0: weights are rounded to their nearest. */
    private calibrating: i32,
    private dtype: Dtype,
  ) {
    this.reals = new Activations(network, samples.length);
    this.codes = new Activations(network, samples.length);
    for (let i = 0; i < network.values.length; i++) this.noise.push(new QuantizationNoise());
    for (let sample = 0; sample < samples.length; sample++) {
      for (let i = 0; i < network.graph.inputs.length; i++) {
        const value = network.graph.inputs[i];
        const bytes = (elementsOf(value.shape) as usize) << 2;
        memory.copy(this.reals.make(value, sample), samples[sample][i], bytes);
        memory.copy(this.codes.make(value, sample), samples[sample][i], bytes);
        this.finish(value, sample);
      }
    }
  }

  get steps(): i32 {
    return this.network.graph.nodes.length;
  }

  /**
   * On average over what leaves the 8 bits: values that operators in real numbers read, and outputs.
   * A softmax after them would say how sure the network is, rather than how near its numbers are.
   */
  get decibels(): f64 {
    const leaves = leavesOf(this.network, this.coded);
    let sum: f64 = 0;
    let count: f64 = 0;
    for (let i = 0; i < leaves.length; i++) {
      if (!leaves[i]) continue;
      sum += this.noise[i].decibels;
      count++;
    }
    return sum / Math.max(count, 1);
  }

  /** Does one node; false where none was left. */
  next(): bool {
    if (this.at == this.steps) return false;
    const node = this.network.graph.nodes[this.at];
    const linear = this.network.linears[this.at];
    if (linear != null && this.coded.nodes[this.at]) this.layers.push(this.layer(linear));
    else {
      for (let sample = 0; sample < this.reals.samples; sample++) {
        runNode(this.network, this.at, this.reals, sample);
        runNode(this.network, this.at, this.codes, sample);
      }
      this.layers.push(null);
    }
    for (let sample = 0; sample < this.reals.samples; sample++) {
      for (let i = 0; i < node.outputs.length; i++) this.finish(node.outputs[i], sample);
    }
    this.reals.release(this.at);
    this.codes.release(this.at);
    this.at++;
    if (this.at == this.steps) {
      this.reals.releaseAll();
      this.codes.releaseAll();
    }
    return true;
  }

  /** Rounds a value, where it is stored in 8 bits, and looks how far it is off. */
  private finish(value: Value, sample: i32): void {
    const count = elementsOf(value.shape) as i32;
    const codes = this.codes.at(value, sample);
    const scale = this.ranges.scales[value.index];
    if (scale != null) roundTo(codes, count, scale);
    const isMeasured = sample >= this.calibrating || this.calibrating == this.reals.samples;
    if (isMeasured) {
      const floor = this.ranges.floorOf(value);
      this.noise[value.index].add(this.reals.at(value, sample), codes, count, floor);
    }
  }

  private layer(linear: Linear): RoundedLayer {
    const layer = linear.layer;
    const output = layer.node.output;
    const input = weighed(layer);
    const samples: LayerSample[] = [];
    for (let sample = 0; sample < this.reals.samples; sample++) {
      const sums = runSums(linear, this.reals, sample);
      if (sample < this.calibrating)
        samples.push(new LayerSample(this.codes.at(input, sample), sums));
    }
    const importance = this.sensitivity.kernels[this.at] as StaticArray<f64>;
    const rounded = roundWeights(layer, linear.weights, samples, importance, this.dtype);
    const coded = new Linear(layer);
    coded.setWeights(rounded.reals);
    memory.copy(coded.bias, linear.bias, layer.kernels << 2);
    for (let sample = 0; sample < this.reals.samples; sample++) runSums(coded, this.codes, sample);
    if (this.calibrating > 0) this.correctBias(coded, output);
    for (let sample = 0; sample < this.reals.samples; sample++) {
      finishSums(linear, this.reals.at(output, sample));
      finishSums(coded, this.codes.at(output, sample));
    }
    coded.release();
    return new RoundedLayer(rounded, coded.bias);
  }

  /** Moves the biases, and what was computed with them, so that the means are right. */
  private correctBias(coded: Linear, output: Value): void {
    const kernels = coded.layer.kernels;
    const count = elementsOf(output.shape) as i32;
    const shifts = new StaticArray<f64>(kernels);
    for (let sample = 0; sample < this.calibrating; sample++) {
      const real = this.reals.at(output, sample);
      const codes = this.codes.at(output, sample);
      for (let i = 0, kernel = 0; i < count; i++) {
        const at = (i as usize) << 2;
        shifts[kernel] += (load<f32>(real + at) as f64) - (load<f32>(codes + at) as f64);
        if (++kernel == kernels) kernel = 0;
      }
    }
    const positions = ((count / kernels) * this.calibrating) as f64;
    for (let kernel = 0; kernel < kernels; kernel++) {
      const at = coded.bias + (kernel << 2);
      const shift = (shifts[kernel] / positions) as f32;
      shifts[kernel] = shift as f64;
      store<f32>(at, load<f32>(at) + shift);
    }
    for (let sample = 0; sample < this.codes.samples; sample++) {
      const codes = this.codes.at(output, sample);
      for (let i = 0, kernel = 0; i < count; i++) {
        const at = codes + ((i as usize) << 2);
        store<f32>(at, load<f32>(at) + (shifts[kernel] as f32));
        if (++kernel == kernels) kernel = 0;
      }
    }
  }

  /** Gives the graph its scales, weights and biases. */
  apply(): void {
    const nodes = this.network.graph.nodes;
    for (let i = 0; i < this.network.values.length; i++) {
      this.network.values[i].quantization = this.ranges.scales[i];
    }
    for (let i = 0; i < nodes.length; i++) {
      const rounded = this.layers[i];
      const linear = this.network.linears[i];
      if (rounded != null && linear != null) applyLayer(linear, rounded);
    }
  }
}

function applyLayer(linear: Linear, rounded: RoundedLayer): void {
  const layer = linear.layer;
  const node = layer.node;
  const quantization = rounded.weights.quantization;
  const bytes = Constant.make(quantization.dtype, layer.weights().shape);
  for (let i = 0; i < bytes.count; i++) {
    const real = load<f32>(rounded.weights.reals + ((i as usize) << 2)) as f64;
    const steps = nearest<f64>(real / (quantization.scales[0] as f64));
    bytes.set(i, steps + (quantization.zeroPoints[0] as f64));
  }
  const weights = Value.known((node.inputs[1] as Value).name, bytes);
  weights.quantization = quantization;
  node.inputs[1] = weights;
  const biases: f32[] = [];
  for (let i = 0; i < layer.kernels; i++) biases.push(load<f32>(rounded.bias + (i << 2)));
  const bias = Value.known("bias", Constant.floats(biases, [layer.kernels]));
  const at = layer.isTransposed ? 3 : 2;
  while (node.inputs.length <= at) node.inputs.push(null);
  node.inputs[at] = bias;
}
