import { elementsOf } from "../../../host/dtype.ts";
import type { Quantization, TensorSpec } from "../../../host/tflite/builder.ts";
import type { Random } from "../../support/random.ts";
import type { Maker } from "../maker.ts";
import { type ByteType, drawQuantization, drawScale, drawZeroPoint } from "../quantizations.ts";

// What draws of operators have in common.

/** Adds an operator to a network; false where no tensor is fit for it, or it would cost too much. */
export type Draw = (maker: Maker) => boolean;

export const ACTIVATIONS = [0, 0, 0, 1, 3, 3, 2];
export const [SAME, VALID] = [0, 1];

/** Images of any number, if need be of none, but not of no pixels: no window is over these. */
export const isImage = ({ shape }: TensorSpec) => shape.length === 4 && !shape.slice(1).includes(0);
export const isArray = ({ shape }: TensorSpec) => shape.length >= 1 && shape.length <= 4;
export const dtypeOf = ({ dtype }: TensorSpec) => dtype as ByteType;
export const quantizationOf = ({ quantization }: TensorSpec) => quantization as Quantization;
export const isEmpty = ({ shape }: TensorSpec) => elementsOf(shape) === 0;

export function extentOut(extent: number, reach: number, stride: number, padding: number): number {
  return Math.ceil((padding === SAME ? extent : extent - reach + 1) / stride);
}

/** Scales that some activation cuts, or none. */
export function outputFor(
  maker: Maker,
  dtype: ByteType,
  spread: number,
  activation: number,
): Quantization {
  const { random } = maker;
  if (activation === 3 && random.oneIn(2)) {
    // From 6 in the middle of the range to 6 beyond it, and what lies below 0 by some.
    return { scale: drawScale(random, 0.01, 0.1), zeroPoint: drawZeroPoint(random, dtype) };
  }
  return drawQuantization(random, dtype, spread);
}

/** A tensor of the same type and quantization, of another shape. */
export function alike(maker: Maker, input: TensorSpec, shape: number[]): TensorSpec {
  return maker.activation(shape, input.dtype, input.quantization);
}

/** Spread over the dimensions of a shape: for each, whether an axis of a list names it. */
export function namesAxis(axes: readonly number[], rank: number): (dimension: number) => boolean {
  return (dimension) => axes.some((axis) => (axis + rank) % rank === dimension);
}

export function drawRanges(random: Random, shape: readonly number[]): [from: number, to: number][] {
  return shape.map((extent, i) => {
    if (i === 0 || extent === 0 || random.oneIn(2)) return [0, extent];
    const from = random.integer(0, extent - 1);
    return [from, random.integer(from + 1, extent)];
  });
}
