import * as tf from "@tensorflow/tfjs-core";
import * as keras from "@tensorflow/tfjs-layers";
import { LAYERS, type Layer } from "../architecture.ts";
import { SIDE } from "../data/digits.ts";

/** The layers for TensorFlow.js; the outputs are what each of them gives, the logits last. */
export function buildNetwork(seed: number): keras.LayersModel {
  const input = keras.input({ shape: [SIDE, SIDE, 1] });
  const outputs: keras.SymbolicTensor[] = [];
  for (const [i, layer] of LAYERS.entries()) {
    const previous = outputs[i - 1] ?? input;
    const inputs = layer.kind === "depthwise" ? 1 : (previous.shape[3] as number);
    outputs.push(layerOf(layer, inputs, seed + i).apply(previous) as keras.SymbolicTensor);
  }
  return keras.model({ inputs: input, outputs });
}

/** `inputs` is the number of channels that one output sees. */
function layerOf(layer: Layer, inputs: number, seed: number): keras.layers.Layer {
  const { kernel: kernelSize, stride: strides, channels: filters } = layer;
  const activation = layer.activation === "none" ? "linear" : layer.activation;
  // He's initialization, which the library scales wrongly for depthwise kernels.
  const stddev = Math.sqrt(2 / (kernelSize * kernelSize * inputs));
  const initializer = keras.initializers.truncatedNormal({ stddev, seed });
  const common = { kernelSize, strides, activation, padding: "same" } as const;
  switch (layer.kind) {
    case "conv":
      return keras.layers.conv2d({ ...common, filters, kernelInitializer: initializer });
    case "depthwise":
      return keras.layers.depthwiseConv2d({ ...common, depthwiseInitializer: initializer });
    case "pool":
      return keras.layers.averagePooling2d({ poolSize: kernelSize, strides, padding: "valid" });
  }
}

/** The last output as one row of logits for each picture. */
export function logitsOf(outputs: tf.Tensor | tf.Tensor[]): tf.Tensor2D {
  const last = Array.isArray(outputs) ? (outputs.at(-1) as tf.Tensor) : outputs;
  return tf.reshape(last, [last.shape[0] as number, -1]);
}
