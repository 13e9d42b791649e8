import type {
  ModelSpec,
  OperatorSpec,
  Quantization,
  TensorSpec,
} from "../../host/tflite/builder.ts";
import { ACTIVATIONS, PADDINGS } from "../../host/tflite/convolution.ts";
import type { OptionValues } from "../../host/tflite/options.ts";
import type { Affine } from "./quantize/affine.ts";
import type { QuantizedLayer } from "./quantize/quantize.ts";

/** What the network takes and gives. */
export interface Ends {
  /** Type of all tensors but the biases. */
  type: "uint8" | "int8";
  /** Rows and columns of the picture, which has one channel. */
  side: number;
  input: Affine;
  probabilities: Affine;
}

const OPERATORS = { conv: "CONV_2D", depthwise: "DEPTHWISE_CONV_2D", pool: "AVERAGE_POOL_2D" };

/** The versions of operators that came with int8 tensors; of others it is 1. */
const INT8_VERSIONS: Record<string, number> = {
  AVERAGE_POOL_2D: 2,
  CONV_2D: 3,
  DEPTHWISE_CONV_2D: 3,
  SOFTMAX: 2,
};

/** An operator with the tensors that it reads and writes. */
interface Step {
  operator: string;
  inputs: TensorSpec[];
  output: TensorSpec;
  options: OptionValues;
}

/**
 * The network as a model: one operator for each layer, then RESHAPE and SOFTMAX. It takes the
 * tensor "input", [1, side, side, 1], and gives "probabilities", [1, classes].
 */
export function modelOf(layers: readonly QuantizedLayer[], ends: Ends): ModelSpec {
  const steps = stepsOf(layers, ends);
  const operators = steps.map(({ operator, inputs, output, options }): OperatorSpec => {
    const version = ends.type === "int8" ? INT8_VERSIONS[operator] : undefined;
    const names = { inputs: inputs.map(({ name }) => name), outputs: [output.name] };
    return { operator, ...names, options, ...(version ? { version } : {}) };
  });
  return {
    description: "Handwritten digits",
    name: "main",
    tensors: [...new Set(steps.flatMap(({ inputs, output }) => [...inputs, output]))],
    operators,
    inputs: ["input"],
    outputs: ["probabilities"],
  };
}

function stepsOf(layers: readonly QuantizedLayer[], ends: Ends): Step[] {
  const { type: dtype, side } = ends;
  const shape = [1, side, side, 1];
  let current: TensorSpec = { name: "input", dtype, shape, quantization: affine([ends.input]) };
  const steps = layers.map((layer, i) => {
    const step = layerStep(layer, `${layer.kind}${i}`, current);
    current = step.output;
    return step;
  });
  const row = [1, current.shape.at(-1) as number];
  const logits = { ...current, name: "logits", shape: row };
  const quantization = affine([ends.probabilities]);
  const probabilities = { ...logits, name: "probabilities", quantization };
  return [
    ...steps,
    { operator: "RESHAPE", inputs: [current], output: logits, options: { new_shape: row } },
    { operator: "SOFTMAX", inputs: [logits], output: probabilities, options: { beta: 1 } },
  ];
}

function layerStep(layer: QuantizedLayer, name: string, input: TensorSpec): Step {
  const { kind, channels, stride, output: quantization } = layer;
  const side = Math.ceil((input.shape[1] as number) / stride);
  const shape = [1, side, side, channels];
  const output = { name, dtype: input.dtype, shape, quantization: affine([quantization]) };
  const constants = kind === "pool" ? [] : constantsOf(layer, name, input);
  const operator = OPERATORS[kind];
  return { operator, inputs: [input, ...constants], output, options: optionsOf(layer) };
}

function optionsOf({ kind, kernel, stride, activation }: QuantizedLayer): OptionValues {
  const strides = { stride_w: stride, stride_h: stride };
  if (kind === "pool") {
    const padding = PADDINGS.indexOf("VALID");
    return { ...strides, padding, filter_width: kernel, filter_height: kernel };
  }
  const fused = ACTIVATIONS.indexOf(activation.toUpperCase() as (typeof ACTIVATIONS)[number]);
  return {
    ...strides,
    padding: PADDINGS.indexOf("SAME"),
    fused_activation_function: fused,
    ...(kind === "depthwise" ? { depth_multiplier: 1 } : {}),
  };
}

/** The weights and the bias of a convolution. */
function constantsOf(layer: QuantizedLayer, name: string, input: TensorSpec): TensorSpec[] {
  const { kernel, channels, weightScales } = layer;
  const inputs = input.shape.at(-1) as number;
  const depthwise = layer.kind === "depthwise";
  const inputScale = Number(input.quantization?.scale);
  return [
    {
      name: `${name}/weights`,
      dtype: input.dtype,
      shape: depthwise ? [1, kernel, kernel, channels] : [channels, kernel, kernel, inputs],
      quantization: affine(weightScales, depthwise ? 3 : 0),
      data: layer.weights,
    },
    {
      name: `${name}/bias`,
      dtype: "int32",
      shape: [channels],
      quantization: affine(
        weightScales.map(({ scale }) => ({ scale: inputScale * scale, zeroPoint: 0 })),
      ),
      data: layer.bias,
    },
  ];
}

/** One scale and zero point for the tensor, or one for each index along `axis`. */
function affine(scales: readonly Affine[], axis = 0): Quantization {
  return {
    scale: scales.map(({ scale }) => scale),
    zeroPoint: scales.map(({ zeroPoint }) => zeroPoint),
    axis,
  };
}
