import { DETECTION } from "../../assembly/tflite/coverage.ts";
import { difference } from "../../host/compare/difference.ts";
import { bytesOf, type TypedArray, valuesOf } from "../../host/dtype.ts";
import type { OperatorSpec } from "../../host/tflite/builder.ts";
import { ReferenceKernels } from "./litert.ts";
import { modelOf, type Network, namesOf, tensorOf } from "./network.ts";
import { scaleOf } from "./quantizations.ts";

// What LiteRT's reference kernels make of a network, but for what they are known to do wrongly.

const kernels = new ReferenceKernels();

/** Whether LiteRT runs a network, and may be believed. */
export async function runsOnLiteRt(network: Network): Promise<boolean> {
  if (network.spec.operators.some((one) => isWrongInLiteRt(network, one))) return false;
  const inputs = namesOf(network.spec.inputs).map((name) => network.feeds.get(name) as Uint8Array);
  return (await kernels.run(modelOf(network), inputs)) !== undefined;
}

/** From here on, what positions of a resize are multiplied by is too coarse in LiteRT. */
const MOST_RESIZED = 256;

/** From here on, sums and steps are multiplied by what 32 bits do not hold. */
const MOST_FACTOR = 2 ** 30;
/** From this scale on, HARD_SWISH shifts by more bits than an integer has. */
const LARGEST_SWISH = (2 ** 31 * 3) / 256;
/** Below this scale, it shifts numbers of 16 bits by 16 or more, and 0 becomes 1 or -1. */
const LEAST_SWISH = (128 * 3) / 2 ** 15 / 2 ** 16;
/** Sums are raised by as many bits, and then must not be multiplied by 1 or more. */
const RAISED_BITS = 20;

/**
 * LiteRT has no custom operators, no ABS of uint8, no SHAPE and no SOFTMAX of a scalar, and goes on without a word. It
 * multiplies positions of a nearest neighbour by 65,536ths of a pixel, rounded up, and those of a
 * bilinear resize by 1,024ths, which takes it beyond the end of long rows.
 */
function isWrongInLiteRt(network: Network, spec: OperatorSpec): boolean {
  const { operator, inputs, outputs, options } = spec;
  const [input, output] = [inputs[0], outputs[0]].map((name) => tensorOf(network, name as string));
  if (operator === "ABS") return input?.dtype === "uint8";
  if (operator === "SHAPE" || operator === DETECTION) return true;
  if (operator === "SOFTMAX" && input?.shape.length === 0) return true;
  const scales = inputs.map((name) => largestScale(network, name as string));
  const to = scaleOf(output?.quantization);
  // Float steps beyond 32 bits wrap in LiteRT, where nolfet saturates.
  if (operator === "CONCATENATION") return (Math.max(...scales) / to) * 256 >= 2 ** 31;
  if (operator === "HARD_SWISH") {
    const scale = Math.max(...scales);
    return scale > LARGEST_SWISH || (scale > 0 && scale < LEAST_SWISH);
  }
  if (operator === "SUB") return (2 * Math.max(...scales)) / to >= 2 ** RAISED_BITS;
  const isQuantized = output?.dtype === "uint8" || output?.dtype === "int8";
  if (isQuantized && steepest(scales) / to >= MOST_FACTOR) return true;
  if (!operator.startsWith("RESIZE")) return false;
  if (Math.max(...(output?.shape ?? [])) > MOST_RESIZED) return true;
  const isFixed =
    output?.dtype === "uint8" && !options?.align_corners && !options?.half_pixel_centers;
  if (operator !== "RESIZE_NEAREST_NEIGHBOR" || !isFixed) return false;
  return [1, 2].some((axis) =>
    hasOtherPositions(input?.shape[axis] ?? 1, output?.shape[axis] ?? 1),
  );
}

/** Of uint8, the nearest position is a product of 65,536ths in LiteRT; of all else, of float32. */
function hasOtherPositions(from: number, to: number): boolean {
  const scale = Math.fround(from / to);
  const fixed = Math.floor((from * 65536) / to) + 1;
  return Array.from({ length: to }, (_, i) => i).some((i) => {
    return Math.floor(Math.fround(i * scale)) !== Math.floor((i * fixed) / 65536);
  });
}

function largestScale(network: Network, name: string): number {
  if (typeof name === "number") return 0;
  const { dtype, quantization } = tensorOf(network, name);
  const isQuantized = dtype === "uint8" || dtype === "int8";
  return isQuantized ? [quantization?.scale ?? 0].flat().reduce((a, b) => Math.max(a, b)) : 0;
}

/** The most that one of the inputs, or the product of two, is multiplied by. */
function steepest(scales: readonly number[]): number {
  const factors = scales.filter((scale) => scale > 0);
  return Math.max(
    ...factors,
    factors.length === 2 ? (factors[0] as number) * (factors[1] as number) : 0,
  );
}

/**
 * float32 numbers farther from 0, in steps of a QUANTIZE: LiteRT wraps, where nolfet saturates. And
 * where a quotient of 32 bits is halfway between two steps, LiteRT.js goes by one of more bits.
 */
const MOST_STEPS = 2 ** 31 - 2 ** 8;

/** By element, whether LiteRT's result means anything. */
function meantOf(
  network: Network,
  { operator, inputs, outputs }: OperatorSpec,
  feeds: ReadonlyMap<string, Uint8Array>,
): (element: number) => boolean {
  const input = tensorOf(network, inputs[0] as string);
  if (operator !== "QUANTIZE" || input.dtype !== "float32") return () => true;
  const reals = valuesOf("float32", feeds.get(input.name) as Uint8Array);
  const scale = scaleOf(tensorOf(network, outputs[0] as string).quantization);
  return (element) => {
    const steps = Math.abs(Math.fround(Number(reals[element]) / Math.fround(scale)));
    return steps < MOST_STEPS && steps % 1 !== 0.5;
  };
}

/**
 * Compares the operators of a network taken apart, fed alike. In words what differs, or whether
 * LiteRT has told anything.
 */
export async function compareWithLiteRt(
  apart: Network,
  feeds: ReadonlyMap<string, Uint8Array>,
  expected: Map<string, TypedArray>,
): Promise<{ isTold: boolean; kind?: string; text?: string }> {
  if (apart.spec.operators.some((operator) => isWrongInLiteRt(apart, operator))) {
    return { isTold: false };
  }
  const inputs = namesOf(apart.spec.inputs).map((name) => feeds.get(name) as Uint8Array);
  const results = await kernels.run(modelOf(apart), inputs);
  if (!results) return { isTold: false };
  for (const [i, name] of namesOf(apart.spec.outputs).entries()) {
    const ours = expected.get(name) as TypedArray;
    const theirs = results[i] as Uint8Array;
    if (Buffer.compare(bytesOf(ours), theirs) === 0) continue;
    const operator = apart.spec.operators.find(({ outputs }) => outputs.includes(name));
    const { dtype } = tensorOf(apart, name);
    const values = valuesOf(dtype as "uint8", theirs);
    const isMeant = meantOf(apart, operator as OperatorSpec, feeds);
    if (ours.every((value, i) => isSame(value, values[i]) || !isMeant(i))) continue;
    const text = JSON.stringify(difference(ours, values));
    const kind = `the CPU's ${operator?.operator} is not LiteRT's`;
    return { isTold: true, kind, text: `${name}: ${text}` };
  }
  return { isTold: true };
}

/** Zeros of either sign are the same, and so is what is no number. */
function isSame(ours: number | bigint, theirs: number | bigint | undefined): boolean {
  return ours === theirs || Object.is(ours, theirs);
}
