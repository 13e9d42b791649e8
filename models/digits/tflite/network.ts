import type { Affine } from "../quantize/affine.ts";
import type { QuantizedLayer } from "../quantize/quantize.ts";
import { float32, int8, int32, int32s, type Table, tableOf } from "./flatbuffer.ts";
import type { Operator, Tensor } from "./model.ts";
import { ACTIVATION, OPERATORS, PADDING } from "./schema.ts";

/** What the network takes and gives. */
export interface Ends {
  /** Type of all tensors but the biases. */
  type: "uint8" | "int8";
  /** Rows and columns of the picture, which has one channel. */
  side: number;
  input: Affine;
  probabilities: Affine;
}

/**
 * The operators of the network: one for each layer, then RESHAPE and SOFTMAX. The first takes
 * the tensor "input", [1, side, side, 1]; the last gives "probabilities", [1, classes].
 */
export function operatorsOf(layers: readonly QuantizedLayer[], ends: Ends): Operator[] {
  const { type, side } = ends;
  let current: Tensor = {
    name: "input",
    type,
    shape: [1, side, side, 1],
    quantization: [ends.input],
  };
  const operators = layers.map((layer, i) => {
    const operator = layerOperator(layer, `${layer.kind}${i}`, current);
    current = operator.output;
    return operator;
  });
  const row = [1, current.shape.at(-1) as number];
  const logits: Tensor = { ...current, name: "logits", shape: row };
  const probabilities = { ...logits, name: "probabilities", quantization: [ends.probabilities] };
  const reshape = tableOf(OPERATORS.RESHAPE.options, { newShape: int32s(row) });
  const softmax = tableOf(OPERATORS.SOFTMAX.options, { beta: float32(1) });
  return [
    ...operators,
    { name: "RESHAPE", inputs: [current], output: logits, options: reshape },
    { name: "SOFTMAX", inputs: [logits], output: probabilities, options: softmax },
  ];
}

function layerOperator(layer: QuantizedLayer, name: string, input: Tensor): Operator {
  const side = Math.ceil((input.shape[1] as number) / layer.stride);
  const shape = [1, side, side, layer.channels];
  const output = { name, type: input.type, shape, quantization: [layer.output] };
  const [operator, options] = optionsOf(layer);
  const inputs = layer.kind === "pool" ? [input] : [input, ...constantsOf(layer, name, input)];
  return { name: operator, inputs, output, options };
}

/** Which operator a layer is, and its options. */
function optionsOf({
  kind,
  kernel,
  stride,
  activation,
}: QuantizedLayer): [Operator["name"], Table] {
  const strides = { strideWidth: int32(stride), strideHeight: int32(stride) };
  const same = {
    ...strides,
    padding: int8(PADDING.same),
    activation: int8(ACTIVATION[activation]),
  };
  switch (kind) {
    case "conv":
      return ["CONV_2D", tableOf(OPERATORS.CONV_2D.options, same)];
    case "depthwise": {
      const options = { ...same, depthMultiplier: int32(1) };
      return ["DEPTHWISE_CONV_2D", tableOf(OPERATORS.DEPTHWISE_CONV_2D.options, options)];
    }
    case "pool": {
      const filter = { filterWidth: int32(kernel), filterHeight: int32(kernel) };
      const options = { ...strides, ...filter, padding: int8(PADDING.valid) };
      return ["AVERAGE_POOL_2D", tableOf(OPERATORS.AVERAGE_POOL_2D.options, options)];
    }
  }
}

/** The weights and the bias of a convolution. */
function constantsOf(layer: QuantizedLayer, name: string, input: Tensor): [Tensor, Tensor] {
  const { kernel, channels, weightScales } = layer;
  const inputs = input.shape.at(-1) as number;
  const depthwise = layer.kind === "depthwise";
  const inputScale = (input.quantization[0] as Affine).scale;
  return [
    {
      name: `${name}/weights`,
      type: input.type,
      shape: depthwise ? [1, kernel, kernel, channels] : [channels, kernel, kernel, inputs],
      quantization: weightScales,
      axis: depthwise ? 3 : 0,
      data: layer.weights,
    },
    {
      name: `${name}/bias`,
      type: "int32",
      shape: [channels],
      quantization: weightScales.map(({ scale }) => ({ scale: inputScale * scale, zeroPoint: 0 })),
      data: new Uint8Array(layer.bias.buffer),
    },
  ];
}
