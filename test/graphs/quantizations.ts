import type { Dtype, Quantization } from "../../host/tflite/builder.ts";
import type { Random } from "../support/random.ts";

export type ByteType = "uint8" | "int8";

export const leastOf = (dtype: Dtype): number => (dtype === "int8" ? -128 : 0);

/** Evenly spread over orders of magnitude. */
export function drawScale(random: Random, low: number, high: number): number {
  const share = random.integer(0, 1 << 20) / (1 << 20);
  return Math.fround(low * (high / low) ** share);
}

export function drawZeroPoint(random: Random, dtype: ByteType): number {
  const least = leastOf(dtype);
  return random.pick([
    least,
    least + 255,
    least + 128,
    random.integer(least, least + 255),
    random.integer(least + 100, least + 156),
  ]);
}

/** One in so many is of a size that no real network has. */
const ODD = 8;

/** Of values that spread over about so many units. */
export function drawQuantization(random: Random, dtype: ByteType, spread = 1): Quantization {
  const usual = spread / 40;
  const scale = random.oneIn(ODD)
    ? random.pick([drawScale(random, 1e-7, 1e5), Math.fround(usual * drawScale(random, 1e-3, 1e3))])
    : Math.fround(usual * drawScale(random, 0.6, 1.8));
  return { scale, zeroPoint: drawZeroPoint(random, dtype) };
}

export function scaleOf(quantization: Quantization | undefined): number {
  return [quantization?.scale ?? 1].flat()[0] as number;
}

export function zeroPointOf(quantization: Quantization | undefined): number {
  return [quantization?.zeroPoint ?? 0].flat()[0] as number;
}

export function scalesOf(quantization: Quantization | undefined): number[] {
  return [quantization?.scale ?? 1].flat();
}

export const isBytes = (dtype: Dtype): dtype is ByteType => dtype === "uint8" || dtype === "int8";
