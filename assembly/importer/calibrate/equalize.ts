import { Activation } from "../../tflite/schema";
import { Value } from "../graph/graph";
import { Linear, weighed } from "../measure/linear";
import { ComputedNetwork } from "../measure/network";
import { Channels, FIXED } from "./channels";
import { Coded } from "./coded";
import { isCutAtSix } from "./ranges";
import { Sensitivity } from "./sensitivity";
import { Measured, Statistics } from "./statistics";

// Factors between layers (cross-layer equalization, Nagel et al. 2019, arXiv 1906.04721), chosen for the
// least noise that rounding weights and activations adds to the network's outputs:
//
//   Σ_o g_o · s_o² · [ Δw² / 12 · Σ_i K · Var(x_i) / s_i²  +  Δx² / 12 · Σ_i W_oi² · s_i² / s_o² ]
//
// where Δw and Δx are steps of the weights W_oi · s_i / s_o and of the inputs x_i / s_i, and g_o says what
// noise of kernel o adds to the outputs (sensitivity.ts).

const STEPS = 300;
const RATE: f64 = 0.05;
/** How far a channel stays below its cut at 6. */
const BELOW_CUT: f64 = 1.3;
/** From here on a number may have been cut. */
const CUT: f64 = 5.999;

/** What the objective needs of one layer. */
class Term {
  inputs: i32[];
  outputs: i32[];
  /** By input channel: taps times variance; what its error adds to the objective. */
  variances: StaticArray<f64>;
  reach: StaticArray<f64>;
  least: StaticArray<f64>;
  greatest: StaticArray<f64>;
  /** By kernel and channel of its block: the least and the greatest weight. */
  low: StaticArray<f64>;
  high: StaticArray<f64>;

  constructor(
    public linear: Linear,
    public isCut: bool,
    channels: Channels,
    at: i32,
    input: Statistics,
    /** By kernel: what noise of its sums adds to the objective. */
    private kernels: StaticArray<f64>,
  ) {
    const layer = linear.layer;
    this.inputs = channels.inputs.get(at);
    this.outputs = channels.outputs.get(at);
    this.variances = new StaticArray<f64>(layer.channels);
    this.reach = new StaticArray<f64>(layer.channels);
    this.least = new StaticArray<f64>(layer.channels);
    this.greatest = new StaticArray<f64>(layer.channels);
    this.low = new StaticArray<f64>(layer.kernels * layer.blockChannels);
    this.high = new StaticArray<f64>(layer.kernels * layer.blockChannels);
    for (let c = 0; c < layer.channels; c++) {
      const from = c % input.channels;
      this.variances[c] = input.variance(from) * (layer.taps as f64);
      this.least[c] = Math.min(input.least[from], 0);
      this.greatest[c] = Math.max(input.greatest[from], 0);
    }
    this.weigh();
  }

  /** The input channel that channel `i` of a kernel's block is. */
  channel(kernel: i32, i: i32): i32 {
    const layer = this.linear.layer;
    return (kernel / layer.blockKernels) * layer.blockChannels + i;
  }

  /** Takes sums of squares and extremes of the weights. */
  private weigh(): void {
    const layer = this.linear.layer;
    const depth = layer.blockChannels;
    for (let o = 0; o < layer.kernels; o++) {
      for (let i = 0; i < depth; i++) {
        let low: f64 = 0;
        let high: f64 = 0;
        let squares: f64 = 0;
        for (let tap = 0; tap < layer.taps; tap++) {
          const at = layer.weightAt(o, tap * depth + i);
          const weight = load<f32>(this.linear.weights + ((at as usize) << 2)) as f64;
          low = Math.min(low, weight);
          high = Math.max(high, weight);
          squares += weight * weight;
        }
        this.low[o * depth + i] = low;
        this.high[o * depth + i] = high;
        this.reach[this.channel(o, i)] += this.kernels[o] * squares;
      }
    }
  }

  /** Adds the slopes of this layer's noise over the logarithms of factors. */
  slopes(factors: StaticArray<f64>, slopes: StaticArray<f64>): void {
    this.ofWeights(factors, slopes);
    this.ofInputs(factors, slopes);
  }

  private ofWeights(factors: StaticArray<f64>, slopes: StaticArray<f64>): void {
    const layer = this.linear.layer;
    const depth = layer.blockChannels;
    let low: f64 = 0;
    let high: f64 = 0;
    let lowAt = 0;
    let highAt = 0;
    let sum: f64 = 0;
    for (let o = 0; o < layer.kernels; o++) {
      const out = factors[this.outputs[o]];
      let read: f64 = 0;
      for (let i = 0; i < depth; i++) {
        const channel = this.channel(o, i);
        const factor = factors[this.inputs[channel]];
        const ratio = factor / out;
        if (this.low[o * depth + i] * ratio < low) {
          low = this.low[o * depth + i] * ratio;
          lowAt = o * depth + i;
        }
        if (this.high[o * depth + i] * ratio > high) {
          high = this.high[o * depth + i] * ratio;
          highAt = o * depth + i;
        }
        read += this.variances[channel] / (factor * factor);
      }
      sum += this.kernels[o] * out * out * read;
    }
    const step = (high - low) / 255;
    const noise = (step * step) / 12;
    for (let o = 0; o < layer.kernels; o++) {
      const out = factors[this.outputs[o]];
      const share = noise * this.kernels[o] * out * out;
      for (let i = 0; i < depth; i++) {
        const channel = this.channel(o, i);
        const factor = factors[this.inputs[channel]];
        const part = (share * this.variances[channel]) / (factor * factor);
        slopes[this.outputs[o]] += 2 * part;
        slopes[this.inputs[channel]] -= 2 * part;
      }
    }
    if (high == low) return;
    const steep = (2 * noise * sum) / (high - low);
    this.pull(highAt, steep * high, slopes);
    this.pull(lowAt, -steep * low, slopes);
  }

  /** The weight that ends the range pulls at its two channels. */
  private pull(at: i32, slope: f64, slopes: StaticArray<f64>): void {
    const depth = this.linear.layer.blockChannels;
    slopes[this.inputs[this.channel(at / depth, at % depth)]] += slope;
    slopes[this.outputs[at / depth]] -= slope;
  }

  private ofInputs(factors: StaticArray<f64>, slopes: StaticArray<f64>): void {
    let low: f64 = 0;
    let high: f64 = 0;
    let lowAt = 0;
    let highAt = 0;
    let sum: f64 = 0;
    for (let c = 0; c < this.inputs.length; c++) {
      const factor = factors[this.inputs[c]];
      sum += this.reach[c] * factor * factor;
      if (this.least[c] / factor < low) {
        low = this.least[c] / factor;
        lowAt = c;
      }
      if (this.greatest[c] / factor > high) {
        high = this.greatest[c] / factor;
        highAt = c;
      }
    }
    const range = this.isCut ? 6 : high - low;
    const noise = (range * range) / (255 * 255 * 12);
    for (let c = 0; c < this.inputs.length; c++) {
      const factor = factors[this.inputs[c]];
      slopes[this.inputs[c]] += 2 * noise * this.reach[c] * factor * factor;
    }
    if (this.isCut || range == 0) return;
    const steep = (2 * noise * sum) / range;
    slopes[this.inputs[highAt]] -= steep * high;
    slopes[this.inputs[lowAt]] += steep * low;
  }
}

/** Moves factors between the layers of a network, which computes the same after it. */
export function equalize(network: ComputedNetwork, coded: Coded, measured: Measured): void {
  const sensitivity = new Sensitivity(network, coded, measured);
  const channels = new Channels(network, coded);
  const least = leastFactors(network, channels, measured);
  const terms: Term[] = [];
  for (let i = 0; i < network.linears.length; i++) {
    const linear = network.linears[i];
    if (linear == null || !channels.outputs.has(i)) continue;
    const value = weighed(linear.layer);
    const producer = value.producer;
    const isCut = producer != null && isCutAtSix(producer);
    const input = measured.values[value.index];
    const kernels = sensitivity.kernels[i];
    if (kernels != null) terms.push(new Term(linear, isCut, channels, i, input, kernels));
  }
  const factors = descend(terms, channels, least);
  for (let i = 0; i < terms.length; i++) apply(terms[i], factors);
}

/** Adds up what belongs to channels that share a factor, and gives it to each. */
function gather(sums: StaticArray<f64>, channels: Channels): void {
  for (let i = 0; i < sums.length; i++) {
    const root = channels.find(i);
    if (root != i) sums[root] += sums[i];
  }
  for (let i = 0; i < sums.length; i++) sums[i] = sums[channels.find(i)];
}

/**
 * Logarithms of the least factors: a channel that stayed below its cut at 6 must not come to it. One
 * that is cut keeps its factor.
 */
function leastFactors(
  network: ComputedNetwork,
  channels: Channels,
  measured: Measured,
): StaticArray<f64> {
  const bounds = new StaticArray<f64>(channels.count);
  bounds.fill(-20);
  for (let i = 0; i < network.linears.length; i++) {
    const linear = network.linears[i];
    if (linear == null || !channels.outputs.has(i)) continue;
    if (linear.layer.activation != Activation.RELU6) continue;
    const made = channels.outputs.get(i);
    const value: Value = linear.layer.node.output;
    const statistics = measured.values[value.index];
    for (let o = 0; o < made.length; o++) {
      if (statistics.greatest[o] >= CUT) channels.hold(made[o]);
      const share = Math.max((BELOW_CUT * statistics.greatest[o]) / 6, 1e-6);
      bounds[made[o]] = share >= 1 ? 0 : Math.log(share);
    }
  }
  const least = new StaticArray<f64>(channels.count);
  least.fill(-20);
  for (let i = 0; i < least.length; i++) {
    const root = channels.find(i);
    least[root] = Math.max(least[root], bounds[i]);
  }
  return least;
}

/** Adam (Kingma and Ba 2015, arXiv 1412.6980) over the logarithms of all factors. */
function descend(terms: Term[], channels: Channels, least: StaticArray<f64>): StaticArray<f64> {
  const count = channels.count;
  const logarithms = new StaticArray<f64>(count);
  const factors = new StaticArray<f64>(count);
  const means = new StaticArray<f64>(count);
  const squares = new StaticArray<f64>(count);
  const slopes = new StaticArray<f64>(count);
  factors.fill(1);
  let meanLeft: f64 = 1;
  let squareLeft: f64 = 1;
  for (let step = 0; step < STEPS; step++) {
    slopes.fill(0);
    for (let i = 0; i < terms.length; i++) terms[i].slopes(factors, slopes);
    gather(slopes, channels);
    meanLeft *= 0.9;
    squareLeft *= 0.999;
    for (let i = 2; i < count; i++) {
      if (channels.find(i) != i) continue;
      means[i] = 0.9 * means[i] + 0.1 * slopes[i];
      squares[i] = 0.999 * squares[i] + 0.001 * slopes[i] * slopes[i];
      const size = Math.sqrt(squares[i] / (1 - squareLeft)) + 1e-12;
      const moved = logarithms[i] - (RATE * means[i]) / (1 - meanLeft) / size;
      logarithms[i] = Math.max(moved, least[i]);
    }
    for (let i = 0; i < count; i++) {
      const root = channels.find(i);
      factors[i] = root <= FIXED ? 1 : Math.exp(logarithms[root]);
    }
  }
  return factors;
}

/** Divides what makes a channel, and multiplies what reads it. */
function apply(term: Term, factors: StaticArray<f64>): void {
  const linear = term.linear;
  const layer = linear.layer;
  const depth = layer.blockChannels;
  const weights = heap.alloc((layer.weights().count as usize) << 2);
  for (let o = 0; o < layer.kernels; o++) {
    const out = factors[term.outputs[o]];
    for (let i = 0; i < layer.depth; i++) {
      const at = (layer.weightAt(o, i) as usize) << 2;
      const ratio = factors[term.inputs[term.channel(o, i % depth)]] / out;
      store<f32>(weights + at, ((load<f32>(linear.weights + at) as f64) * ratio) as f32);
    }
    const bias = linear.bias + ((o as usize) << 2);
    store<f32>(bias, ((load<f32>(bias) as f64) / out) as f32);
  }
  linear.setWeights(weights);
}
