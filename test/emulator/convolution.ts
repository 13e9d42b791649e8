import type { NnSpec } from "./descriptors.ts";

/** A kernel: weights in offset form, channel by channel and in each row by row; its bias. */
export interface Kernel {
  weights: Uint8Array;
  bias: number;
}

/**
 * The convolution that a job describes, straight from its definition, over planar images:
 *
 *     out(o, y, x) = clamp(round((bias + sum((w - zw) * (in - zi))) * M / 2^s) + zo)
 *
 * Positions outside the image hold the input's zero point. With pooling every other pixel of
 * every other row is stored. Signed bytes are clamped to -128 and 127 instead.
 */
export function convolve(spec: NnSpec, kernels: Kernel[], input: Uint8Array): Uint8Array {
  const { output } = spec;
  const plane = output.width * output.height;
  return Uint8Array.from({ length: plane * kernels.length }, (_, i) => {
    const kernel = kernels[Math.floor(i / plane)] as Kernel;
    const [y, x] = [Math.floor((i % plane) / output.width), i % output.width];
    return requantize(spec, sum(spec, kernel, Math.floor(i / plane), input, y, x) | 0);
  });
}

function sum(
  spec: NnSpec,
  { weights, bias }: Kernel,
  outputChannel: number,
  input: Uint8Array,
  y: number,
  x: number,
): number {
  const { width, height, channels } = spec.input;
  const { offset = { x: 0, y: 0 }, kernel } = spec;
  const step = spec.pooled ? 2 : 1;
  let total = bias;
  let next = 0;
  for (let c = 0; c < (spec.depthwise ? 1 : channels); c++) {
    const plane = (spec.depthwise ? outputChannel : c) * width * height;
    for (let j = 0; j < kernel.height; j++) {
      for (let i = 0; i < kernel.width; i++) {
        const weight = numberOf(spec, weights[next++] as number) - spec.weightZero;
        const [row, column] = [y * step + offset.y + j, x * step + offset.x + i];
        if (row < 0 || row >= height || column < 0 || column >= width) continue;
        const value = numberOf(spec, input[plane + row * width + column] as number);
        total += weight * (value - spec.inputZero);
      }
    }
  }
  return total;
}

/** Exact, rounded once, ties away from zero. */
function requantize(spec: NnSpec, total: number): number {
  const fraction = spec.architecture === 8 ? 23n : 15n;
  const shift = BigInt(spec.shift) + (spec.architecture === 8 ? 23n : 0n);
  const product = BigInt(Math.abs(total)) * ((1n << fraction) + BigInt(spec.multiplier));
  const half = shift > 0n ? 1n << (shift - 1n) : 0n;
  const magnitude = Number((product + half) >> shift);
  const signed = total < 0 ? -magnitude : magnitude;
  const result = (spec.relu ? Math.max(signed, 0) : signed) + spec.outputZero;
  const [least, most] = spec.isSigned ? [-128, 127] : [0, 255];
  return Math.max(least, Math.min(most, result)) & 0xff;
}

/** The number that a byte is. */
export function numberOf({ isSigned }: NnSpec, byte: number): number {
  return isSigned ? (byte << 24) >> 24 : byte;
}
