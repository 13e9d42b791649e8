import type { Tensor } from "./blob/blob.ts";

/** Between float32 values and the bytes of an 8-bit tensor, as TFLite's QUANTIZE and DEQUANTIZE. */
export interface Conversion {
  scale: number;
  zeroPoint: number;
  /** Of the type's values. */
  least: number;
  /** What bytes are combined with (exclusive or) as they are stored: 0x80 where 128 is added. */
  flip: number;
}

/** That of a tensor with one scale and zero point. */
export function conversionOf({ dtype, quantization }: Tensor, flips: boolean): Conversion {
  const { scales, zeroPoints } = quantization;
  const least = dtype === "int8" ? -128 : 0;
  const [scale = 1] = scales;
  const [zeroPoint = 0] = zeroPoints;
  return { scale, zeroPoint, least, flip: flips ? 0x80 : 0 };
}

/**
 * round(value / scale) + zero point: the quotient is of float32, halves go away from 0, steps
 * saturate at 32 bits, and what is not a number gives the zero point.
 */
export function quantizeInto(
  bytes: Uint8Array,
  values: Float32Array,
  { scale, zeroPoint, least, flip }: Conversion,
): void {
  const greatest = least + 255;
  for (let i = 0; i < bytes.length; i++) {
    const quotient = Math.fround((values[i] as number) / scale);
    const whole = Math.trunc(quotient);
    const steps = Math.abs(quotient - whole) >= 0.5 ? whole + Math.sign(quotient) : whole;
    const value = (Number.isNaN(steps) ? 0 : clamp(steps, INT32_LEAST, INT32_MOST)) + zeroPoint;
    bytes[i] = clamp(value, least, greatest) ^ flip;
  }
}

/** scale · (byte − zero point), rounded to float32 once. */
export function dequantizeInto(
  values: Float32Array,
  bytes: Uint8Array,
  { scale, zeroPoint, least, flip }: Conversion,
): void {
  const reals = Float32Array.from({ length: 256 }, (_, byte) => {
    const stored = byte ^ flip;
    return scale * ((least < 0 ? (stored << 24) >> 24 : stored) - zeroPoint);
  });
  for (let i = 0; i < bytes.length; i++) values[i] = reals[bytes[i] as number] as number;
}

const INT32_LEAST = -(2 ** 31);
const INT32_MOST = 2 ** 31 - 1;

function clamp(value: number, least: number, greatest: number): number {
  return Math.min(Math.max(value, least), greatest);
}
