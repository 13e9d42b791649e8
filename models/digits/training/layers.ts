import * as tf from "@tensorflow/tfjs-core";
import type * as keras from "@tensorflow/tfjs-layers";
import { LAYERS } from "../architecture.ts";
import type { Digit } from "../data/digits.ts";
import { rangeOf } from "../quantize/affine.ts";
import type { TrainedLayer } from "../quantize/quantize.ts";
import { picturesOf } from "./pictures.ts";

/**
 * Takes the trained layers out of the network.
 *
 * @param digits the pictures whose activations give the layers' ranges
 */
export function layersOf(network: keras.LayersModel, digits: readonly Digit[]): TrainedLayer[] {
  const pictures = picturesOf(digits);
  const activations = network.predict(pictures) as tf.Tensor[];
  const layers = LAYERS.map((layer, i) => {
    // The network's first "layer" is its input.
    const [kernel, bias] = network.layers[i + 1]?.getWeights() ?? [];
    return {
      ...layer,
      weights: kernel ? inOrderOfTflite(kernel) : new Float32Array(),
      bias: bias ? valuesOf(bias) : new Float32Array(),
      range: rangeOf(valuesOf(activations[i] as tf.Tensor)),
    };
  });
  tf.dispose([pictures, activations]);
  return layers;
}

/**
 * From [rows, columns, inputs, outputs] to [outputs, rows, columns, inputs]. A depthwise kernel
 * has one "output" for each of its channels, which come last in both.
 */
function inOrderOfTflite(kernel: tf.Tensor): Float32Array {
  return tf.tidy(() => valuesOf(tf.transpose(kernel, [3, 0, 1, 2])));
}

function valuesOf(tensor: tf.Tensor): Float32Array {
  return tensor.dataSync<"float32">();
}
