import type { Quantization } from "../../../host/tflite/builder.ts";
import type { Random } from "../../support/random.ts";
import {
  type ByteType,
  drawQuantization,
  drawZeroPoint,
  leastOf,
  scaleOf,
} from "../quantizations.ts";
import { type Draw, dtypeOf, outputFor, quantizationOf } from "./parts.ts";

// Functions of one element.

/** A function of one element; where it fixes the output's quantization, that. */
export function unary(
  operator: string,
  fixed?: (dtype: ByteType) => Quantization,
  options?: (random: Random) => Record<string, number>,
): Draw {
  return (maker) => {
    const { random } = maker;
    const input = maker.pick();
    if (!input) return false;
    const dtype = dtypeOf(input);
    const spread = 50 * scaleOf(input.quantization);
    const output = maker.activation(
      input.shape,
      dtype,
      fixed?.(dtype) ?? outputFor(maker, dtype, spread, operator === "RELU6" ? 3 : 0),
    );
    maker.operate(operator, [input], [output], options?.(random));
    return true;
  };
}

/** From 0 to 1, as TFLite fixes it. */
export const unitRange = (dtype: ByteType) => ({ scale: 1 / 256, zeroPoint: leastOf(dtype) });

/** From −1 to 1. */
export const signedRange = (dtype: ByteType) => ({
  scale: 1 / 128,
  zeroPoint: leastOf(dtype) + 128,
});

/** Its factor to the output is kept below 1 by TFLite. */
export const hardSwish: Draw = (maker) => {
  const input = maker.pick();
  if (!input) return false;
  const { random } = maker;
  const dtype = dtypeOf(input);
  const scale = Math.fround(scaleOf(input.quantization) * random.pick([0.1, 0.5, 1, 3]));
  const quantization = { scale, zeroPoint: drawZeroPoint(random, dtype) };
  maker.operate("HARD_SWISH", [input], [maker.activation(input.shape, dtype, quantization)]);
  return true;
};

export const quantize: Draw = (maker) => {
  const { random } = maker;
  const input = maker.pick();
  if (!input) return false;
  const dtype: ByteType = random.pick(["uint8", "int8"]);
  const { scale, zeroPoint } = quantizationOf(input);
  // The same values in the other type, as converters write it; or anything else.
  const shift = leastOf(dtype) - leastOf(input.dtype);
  const quantization = random.oneIn(2)
    ? { scale, zeroPoint: Number(zeroPoint) + shift }
    : drawQuantization(random, dtype, 50 * scaleOf(input.quantization));
  maker.operate("QUANTIZE", [input], [maker.activation(input.shape, dtype, quantization)]);
  return true;
};

export const dequantize: Draw = (maker) => {
  const input = maker.pick();
  if (!input) return false;
  maker.operate("DEQUANTIZE", [input], [maker.activation(input.shape, "float32")]);
  return true;
};

/** float32 to bytes, also far beyond them. */
export const quantizeReal: Draw = (maker) => {
  const input = maker.pickReal();
  if (!input) return false;
  const dtype: ByteType = maker.random.pick(["uint8", "int8"]);
  const quantization = drawQuantization(maker.random, dtype, 4);
  maker.operate("QUANTIZE", [input], [maker.activation(input.shape, dtype, quantization)]);
  return true;
};

/** float32 to float32. */
export function real(operator: string): Draw {
  return (maker) => {
    const input = maker.pickReal();
    if (!input) return false;
    maker.operate(operator, [input], [maker.activation(input.shape, "float32")]);
    return true;
  };
}

/** The stored bytes as float32, whatever they stand for. */
export const cast: Draw = (maker) => {
  const input = maker.pick(({ dtype }) => dtype === "uint8" || dtype === "int8");
  if (!input) return false;
  maker.operate("CAST", [input], [maker.activation(input.shape, "float32")]);
  return true;
};
