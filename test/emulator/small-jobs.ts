import { NolfetError } from "../../host/errors.ts";
import type { Kernel } from "./convolution.ts";
import type { NnSpec, TpSpec } from "./descriptors.ts";

// Small good jobs, for tests to break.

export const NN: NnSpec = {
  input: { width: 8, height: 6, channels: 2 },
  output: { width: 8, height: 6, channels: 3 },
  kernel: { width: 3, height: 3 },
  offset: { x: -1, y: -1 },
  inputZero: 1,
  weightZero: 2,
  outputZero: 3,
  multiplier: 0,
  shift: 20,
  kernelsPerCore: 1,
};
/** The same on v8, whose multiplier has more bits. */
export const NN_V8: NnSpec = { ...NN, shift: 5, architecture: 8 };

export const KERNELS: Kernel[] = [1, 2, 3].map((bias) => ({
  weights: new Uint8Array(18).fill(bias),
  bias,
}));

export const TP: TpSpec = {
  image: { width: 4, height: 4, channels: 4 },
  tile: { width: 4, height: 4 },
  loops: [[1, 64]],
};

/** The error of a run, as `CODE location: text`. */
export function errorOf(run: () => void): string {
  try {
    run();
    return "none";
  } catch (error) {
    if (!(error instanceof NolfetError)) throw error;
    return `${error.code} ${error.message}`;
  }
}

/** The words with some bits flipped. */
export function patched(words: Uint32Array, patches: Record<number, number>): Uint32Array {
  const copy = words.slice();
  for (const [index, bits] of Object.entries(patches))
    copy[Number(index)] = (copy[Number(index)] as number) ^ bits;
  return copy;
}
