import * as tf from "@tensorflow/tfjs-core";
import { type Digit, PIXELS, SIDE } from "../data/digits.ts";

/**
 * The digits as one tensor, [count, rows, columns, 1], from 0 (black) to 1 (white).
 *
 * @param write fills in the `PIXELS` numbers of one picture; without it they are as they are
 */
export function picturesOf(
  digits: readonly Digit[],
  write: (pixels: Uint8Array, target: Float32Array) => void = writeAsIs,
): tf.Tensor4D {
  const values = new Float32Array(digits.length * PIXELS);
  for (const [i, { pixels }] of digits.entries()) {
    write(pixels, values.subarray(i * PIXELS, (i + 1) * PIXELS));
  }
  return tf.tensor4d(values, [digits.length, SIDE, SIDE, 1]);
}

function writeAsIs(pixels: Uint8Array, target: Float32Array): void {
  pixels.forEach((byte, i) => {
    target[i] = byte / 255;
  });
}
