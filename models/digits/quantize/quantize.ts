import type { Layer } from "../architecture.ts";
import { type Affine, affineFor, quantize, type RealRange, rangeOf } from "./affine.ts";
import type { Scheme } from "./scheme.ts";

/** A layer as it was trained. */
export interface TrainedLayer extends Layer {
  /** [outputs, kernel, kernel, inputs], depthwise [1, kernel, kernel, channels]; a pool has none. */
  weights: Float32Array;
  /** One for each output channel; a pool has none. */
  bias: Float32Array;
  /** The least and the most that the layer gave on the pictures of the calibration. */
  range: RealRange;
}

/** A layer in integers. */
export interface QuantizedLayer extends Layer {
  /** In the order of the trained ones, as bytes of the scheme's type. */
  weights: Uint8Array;
  /** One for the tensor, or one for each output channel. */
  weightScales: Affine[];
  /** Their scales are the input's times the weights', their zero points 0. */
  bias: Int32Array;
  output: Affine;
}

/** Quantizes layer after layer, each for the integers that the one before it gives. */
export function quantizeLayers(layers: readonly TrainedLayer[], scheme: Scheme): QuantizedLayer[] {
  let input = scheme.input;
  return layers.map((layer) => {
    const weights = quantizeWeights(layer, input, scheme);
    // An average stays on the integers of what it averages.
    if (layer.kind !== "pool") input = affineFor(layer.range, scheme.activations);
    return { ...layer, ...weights, output: input };
  });
}

function quantizeWeights(layer: TrainedLayer, input: Affine, { weights: range }: Scheme) {
  const groupOf = range.perChannel ? outputChannel(layer) : () => 0;
  const groups: number[][] = [];
  layer.weights.forEach((weight, i) => {
    const group = groupOf(i);
    groups[group] ??= [];
    groups[group].push(weight);
  });
  const weightScales = groups.map((group) => {
    const reals = rangeOf(group);
    const most = Math.max(-reals.low, reals.high);
    return affineFor(range.perChannel ? { low: -most, high: most } : reals, range);
  });
  const scaleOf = (group: number) => weightScales[group] as Affine;
  return {
    weights: Uint8Array.from(layer.weights, (weight, i) =>
      quantize(weight, scaleOf(groupOf(i)), range),
    ),
    weightScales,
    bias: Int32Array.from(layer.bias, (bias, channel) =>
      Math.round(bias / (input.scale * scaleOf(range.perChannel ? channel : 0).scale)),
    ),
  };
}

/** Which output channel each element of the weights belongs to. */
function outputChannel(layer: TrainedLayer): (element: number) => number {
  const kernelSize = layer.weights.length / layer.channels;
  return layer.kind === "depthwise"
    ? (element) => element % layer.channels
    : (element) => Math.floor(element / kernelSize);
}
