import type { Affine } from "./affine.ts";

export interface IntegerRange {
  low: number;
  high: number;
}

/** A way to write a network in 8 bits. */
export interface Scheme {
  type: "uint8" | "int8";
  activations: IntegerRange;
  weights: IntegerRange & {
    /** One scale for each output channel, and 0 in the middle, instead of one for the tensor. */
    perChannel: boolean;
  };
  /** What the network takes: from black, 0, to white, 1. */
  input: Affine;
  /** What TFLite's SOFTMAX gives, whatever the network. */
  probabilities: Affine;
}

/** TFLite's older scheme: everything unsigned, one scale and zero point for each tensor. */
export const UINT8: Scheme = {
  type: "uint8",
  activations: { low: 0, high: 255 },
  // TFLite's fast kernels count on no weight being the lowest integer.
  weights: { low: 1, high: 255, perChannel: false },
  input: { scale: Math.fround(1 / 255), zeroPoint: 0 },
  probabilities: { scale: 1 / 256, zeroPoint: 0 },
};

/** TFLite's present scheme: everything signed, one scale for each output channel of the weights. */
export const INT8: Scheme = {
  type: "int8",
  activations: { low: -128, high: 127 },
  weights: { low: -127, high: 127, perChannel: true },
  input: { scale: Math.fround(1 / 255), zeroPoint: -128 },
  probabilities: { scale: 1 / 256, zeroPoint: -128 },
};
