import type { Quantization } from "../../host/tflite/builder.ts";

/** The least and the greatest real number of a tensor. */
export type Range = [least: number, most: number];

/** Bytes spread over a range, with 0 among them. */
export function quantizationOver([least, most]: Range, dtype: "uint8" | "int8"): Quantization {
  const scale = Math.fround((most - least) / 255);
  const zero = Math.max(0, Math.min(255, Math.round(-least / scale)));
  return { scale, zeroPoint: zero - (dtype === "int8" ? 128 : 0) };
}
