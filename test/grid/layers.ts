import { elementsOf } from "../../host/dtype.ts";
import { buildModel, type Quantization } from "../../host/tflite/builder.ts";
import { convolutionModel, type Padding } from "../../host/tflite/convolution.ts";
import { Random } from "../support/random.ts";

/**
 * Single int8 layers with one scale for each tensor, over the sizes, kernels, strides, paddings and
 * channels that other drivers' hardware tests use (docs/hardware.md, "What is proven"). Numbers are pseudo-random;
 * scales are such that outputs spread over their range and hardly saturate, so that every step counts.
 */
export interface GridLayer {
  name: string;
  kind: "convolution" | "depthwise" | "fully connected" | "addition";
  macs: number;
  make(): Made;
}

/** A model, and as many inputs for it as are asked for. */
export interface Made {
  model: Uint8Array;
  drawInputs(): Uint8Array[];
}

const SIZES = [3, 5, 8, 80, 112];
const CHANNELS = [1, 32, 120, 128, 256];
const KERNELS = [1, 3, 5];
const OUTPUTS = [1, 32, 120, 128, 160, 256];
const STRIDES = [1, 2];
const PADDINGS: Padding[] = ["SAME", "VALID"];
const DEPTHS = [128, 1280, 25088, 62720];
/** Pairs of quantizations for additions of one plane. */
const QUANTIZATIONS = 100;

export function* gridLayers(): Generator<GridLayer> {
  for (const size of SIZES) yield* convolutions(size);
  for (const depth of DEPTHS) for (const units of OUTPUTS) yield fullyConnected(depth, units);
  for (const size of SIZES) {
    for (const channels of CHANNELS) {
      for (const operator of ["ADD", "SUB"]) yield addition(operator, size, channels, 1);
    }
  }
  for (let seed = 1; seed <= QUANTIZATIONS; seed++) yield addition("ADD", 40, 1, seed);
}

function* convolutions(size: number): Generator<GridLayer> {
  for (const kernel of KERNELS.filter((kernel) => kernel <= size)) {
    for (const channels of CHANNELS) {
      for (const stride of STRIDES) {
        for (const padding of PADDINGS) {
          const shape = { size, kernel, channels, stride, padding };
          for (const outputs of OUTPUTS) yield convolution({ ...shape, outputs });
          if (kernel > 1) yield convolution({ ...shape, outputs: channels, depthwise: true });
        }
      }
    }
  }
}

interface Shape {
  size: number;
  kernel: number;
  channels: number;
  outputs: number;
  stride: number;
  padding: Padding;
  depthwise?: boolean;
}

function convolution(shape: Shape): GridLayer {
  const { size, kernel, channels, outputs, stride, padding, depthwise = false } = shape;
  const terms = kernel * kernel * (depthwise ? 1 : channels);
  const across = Math.ceil((padding === "SAME" ? size : size - kernel + 1) / stride);
  const kind = depthwise ? "depthwise" : "convolution";
  const name = `${kind} ${size}×${size}×${channels}-${outputs} k${kernel} s${stride} ${padding}`;
  return {
    name,
    kind,
    macs: across * across * outputs * terms,
    make() {
      const random = new Random(seedOf(name));
      const { input, output, weights, biasAt } = quantizations(random, terms);
      const model = convolutionModel({
        dtype: "int8",
        height: size,
        width: size,
        channels,
        outputChannels: outputs,
        depthwise,
        kernel,
        stride,
        padding,
        activation: random.pick(["NONE", "RELU"]),
        input,
        weights,
        output,
        // The builder takes them as unsigned bytes.
        weightAt: () => weight(random) + 128,
        biasAt,
      });
      return { model, drawInputs: () => [random.bytes(size * size * channels)] };
    },
  };
}

function fullyConnected(depth: number, units: number): GridLayer {
  const name = `fully connected ${depth}-${units}`;
  return {
    name,
    kind: "fully connected",
    macs: depth * units,
    make() {
      const random = new Random(seedOf(name));
      const { input, output, weights, biasAt } = quantizations(random, depth);
      const dtype = "int8";
      const data = Int8Array.from({ length: depth * units }, () => weight(random));
      const bias = Int32Array.from({ length: units }, biasAt);
      const accumulator = { scale: input.scale * weights.scale, zeroPoint: 0 };
      const model = buildModel({
        inputs: ["input"],
        outputs: ["output"],
        tensors: [
          { name: "input", shape: [1, depth], dtype, quantization: input },
          { name: "weights", shape: [units, depth], dtype, quantization: weights, data },
          { name: "bias", shape: [units], dtype: "int32", quantization: accumulator, data: bias },
          { name: "output", shape: [1, units], dtype, quantization: output },
        ],
        operators: [
          {
            operator: "FULLY_CONNECTED",
            version: 4,
            inputs: ["input", "weights", "bias"],
            outputs: ["output"],
          },
        ],
      });
      return { model, drawInputs: () => [random.bytes(depth)] };
    },
  };
}

function addition(operator: string, size: number, channels: number, seed: number): GridLayer {
  const name = `${operator} ${size}×${size}×${channels} quantization ${seed}`;
  const shape = [1, size, size, channels];
  return {
    name,
    kind: "addition",
    macs: elementsOf(shape),
    make() {
      const random = new Random(seedOf(name));
      const tensor = (name: string) => {
        const scale = 0.0078 + (0.4308 * random.integer(0, 4096)) / 4096;
        const quantization = { scale, zeroPoint: random.integer(-128, 126) };
        return { name, shape, dtype: "int8", quantization } as const;
      };
      const model = buildModel({
        inputs: ["a", "b"],
        outputs: ["sum"],
        tensors: [tensor("a"), tensor("b"), tensor("sum")],
        operators: [{ operator, version: 2, inputs: ["a", "b"], outputs: ["sum"] }],
      });
      const draw = () => random.bytes(elementsOf(shape));
      return { model, drawInputs: () => [draw(), draw()] };
    },
  };
}

/** Standard deviations of what `weight` gives, and of evenly spread bytes. */
const WEIGHT_SPREAD = 30;
const INPUT_SPREAD = 74;
/** Steps of the output that sums are to spread over. */
const OUTPUT_SPREAD = 40;

/** Scales for sums of so many products. */
function quantizations(random: Random, terms: number) {
  const input = { scale: 0.02, zeroPoint: random.integer(-20, 20) } satisfies Quantization;
  const weights = { scale: 0.005, zeroPoint: 0 } satisfies Quantization;
  const spread = WEIGHT_SPREAD * INPUT_SPREAD * Math.sqrt(terms);
  const scale = (input.scale * weights.scale * spread) / OUTPUT_SPREAD;
  const output = { scale, zeroPoint: random.integer(-30, 30) } satisfies Quantization;
  const most = Math.round(spread / 2);
  return { input, weights, output, biasAt: () => random.integer(-most, most) };
}

/** Small weights are the most frequent, as in trained networks. */
function weight(random: Random): number {
  return random.integer(-30, 30) + random.integer(-30, 30) + random.integer(-30, 30);
}

/** Equal names, equal numbers (FNV-1a). */
function seedOf(name: string): number {
  let hash = 0x811c9dc5;
  for (const character of name) {
    hash = Math.imul(hash ^ (character.codePointAt(0) as number), 0x01000193);
  }
  return hash >>> 0;
}
