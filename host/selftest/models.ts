import { elementsOf } from "../dtype.ts";
import {
  buildModel,
  type OperatorSpec,
  type Quantization,
  type TensorSpec,
} from "../tflite/builder.ts";
import { type ConvolutionSpec, convolutionModel } from "../tflite/convolution.ts";
import { Noise } from "./noise.ts";

// Models of one operator each. Their numbers follow from their names; scales are such that sums
// spread over the output's range, so that every step of the arithmetic counts.

/** Standard deviations of what `weight` gives, and of evenly spread bytes. */
const WEIGHT_SPREAD = 30;
const INPUT_SPREAD = 74;
/** Steps of the output that sums are to spread over. */
const OUTPUT_SPREAD = 40;

const INPUT: Quantization = { scale: 0.02, zeroPoint: 118 };
const WEIGHTS: Quantization = { scale: 0.005, zeroPoint: 131 };

export type ConvolutionPattern = Omit<ConvolutionSpec, "input" | "weights" | "output"> & {
  /** The share of weights that are not zero: all, if left out. */
  density?: number;
  /** int8 tensors without zero points. */
  symmetric?: boolean;
  /** The output's zero point, for uint8. */
  outputZero?: number;
  /** A scale of its own for every output channel; with "outlier", the last is unlike all others. */
  perChannel?: true | "outlier";
};

export function singleConvolution(name: string, spec: ConvolutionPattern): Uint8Array {
  const { dtype = "uint8", kernel = 3, channels, depthwise = false, density = 1 } = spec;
  const noise = new Noise(name);
  const [rows, columns] = typeof kernel === "number" ? [kernel, kernel] : kernel;
  const spread = spreadOf(rows * columns * (depthwise ? 1 : channels) * density);
  const shift = dtype === "int8" ? 128 : 0;
  const zero = spec.perChannel || spec.symmetric ? 128 : (WEIGHTS.zeroPoint as number);
  const most = Math.round(spread / 2);
  return convolutionModel({
    ...spec,
    input: spec.symmetric ? { ...INPUT, zeroPoint: 0 } : shifted(INPUT, shift),
    weights: spec.perChannel
      ? scalesByChannel(spec.outputChannels ?? channels, spec.perChannel === "outlier")
      : shifted({ ...WEIGHTS, zeroPoint: zero }, shift),
    output: shifted(outputOf(spread, spec.symmetric ? shift : spec.outputZero), shift),
    weightAt: () => (noise.integer(0, 999) < 1000 * density ? weight(noise, zero) : zero),
    biasAt: () => noise.integer(-most, most),
  });
}

export function fullyConnected(name: string, depth: number, units: number): Uint8Array {
  const noise = new Noise(name);
  const spread = spreadOf(depth);
  const most = Math.round(spread / 2);
  const zero = WEIGHTS.zeroPoint as number;
  return graph({
    operator: "FULLY_CONNECTED",
    inputs: [{ shape: [1, depth], quantization: INPUT }],
    constants: [
      {
        shape: [units, depth],
        dtype: "uint8",
        quantization: WEIGHTS,
        data: Uint8Array.from({ length: depth * units }, () => weight(noise, zero)),
      },
      {
        shape: [units],
        dtype: "int32",
        quantization: { scale: 0.02 * 0.005, zeroPoint: 0 },
        data: Int32Array.from({ length: units }, () => noise.integer(-most, most)),
      },
    ],
    outputs: [{ shape: [1, units], quantization: outputOf(spread) }],
    options: {},
  });
}

/** A tensor without a name. */
type Part = Omit<TensorSpec, "name" | "dtype"> & { dtype?: TensorSpec["dtype"] };

export interface Single extends Pick<OperatorSpec, "operator" | "options"> {
  inputs: Part[];
  /** Behind the inputs, or, where `leading` says so, before them. */
  constants?: Part[];
  leading?: boolean;
  outputs: Part[];
  /** Has a RELU follow each output: what only rearranges is on the NPU beside other work alone. */
  followed?: boolean;
}

/** A model of one operator over tensors of bytes, or of a RELU after it as well. */
export function graph({ constants = [], leading = false, ...spec }: Single): Uint8Array {
  const named = (parts: Part[], kind: string): TensorSpec[] =>
    parts.map((part, i) => ({ dtype: "uint8", ...part, name: `${kind}${i}` }));
  const inputs = named(spec.inputs, "input");
  const others = named(constants, "constant");
  const outputs = named(spec.outputs, "output");
  const names = (tensors: TensorSpec[]) => tensors.map(({ name }) => name);
  const read = leading ? [...others, ...inputs] : [...inputs, ...others];
  const ends = spec.followed ? named(spec.outputs, "end") : [];
  const single: OperatorSpec = {
    operator: spec.operator,
    inputs: names(read),
    outputs: names(outputs),
    ...(spec.options ? { options: spec.options } : {}),
  };
  const behind = ends.map(({ name }, i): OperatorSpec => {
    return { operator: "RELU", inputs: [outputs[i]?.name ?? ""], outputs: [name] };
  });
  return buildModel({
    inputs: names(inputs),
    outputs: names(spec.followed ? ends : outputs),
    tensors: [...inputs, ...others, ...outputs, ...ends],
    operators: [single, ...behind],
  });
}

/** A constant of whole numbers. */
export function numbers(values: number[], shape = [values.length]): Part {
  if (elementsOf(shape) !== values.length) throw new Error(`${values.length} values for ${shape}`);
  return { shape, dtype: "int32", data: Int32Array.from(values) };
}

/** Small weights are the most frequent, as in trained networks. */
function weight(noise: Noise, zero: number): number {
  const sum = noise.integer(-30, 30) + noise.integer(-30, 30) + noise.integer(-30, 30);
  return Math.max(0, Math.min(255, zero + sum));
}

function spreadOf(terms: number): number {
  return WEIGHT_SPREAD * INPUT_SPREAD * Math.sqrt(Math.max(1, terms));
}

function outputOf(spread: number, zeroPoint = 125): Quantization {
  return { scale: (0.02 * 0.005 * spread) / OUTPUT_SPREAD, zeroPoint };
}

function shifted({ scale, zeroPoint }: Quantization, shift: number): Quantization {
  return { scale, zeroPoint: (zeroPoint as number) - shift };
}

function scalesByChannel(count: number, hasOutlier: boolean): Quantization {
  const scale = Array.from({ length: count }, (_, i) => 0.005 * (1 + (i % 4) / 8));
  if (hasOutlier) scale[count - 1] = 0.1;
  return { scale, zeroPoint: scale.map(() => 0) };
}
