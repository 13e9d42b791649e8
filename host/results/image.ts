import type { Mask, Output, Picture } from "./result.ts";
import { greatest } from "./suppress.ts";

/** Where a network of two classes gives one probability, what counts as the second class. */
const LEAST_PROBABILITY = 0.5;

/** A class for each pixel: 1 × H × W indices, 1 × H × W × 1 probabilities, or 1 × H × W × classes. */
export function decodeMask([output]: Output[]): Mask {
  const { shape, values } = output as Output;
  const [, height, width, channels] = shape as [number, number, number, number?];
  const classAt = (pixel: number) => {
    if (channels === undefined) return values[pixel] as number;
    if (channels === 1) return (values[pixel] as number) >= LEAST_PROBABILITY ? 1 : 0;
    return greatest(values, pixel * channels, channels).index;
  };
  const classes = Uint16Array.from({ length: height * width }, (_, pixel) => classAt(pixel));
  return { kind: "mask", width, height, values: classes, classes: knownClasses(channels) };
}

function knownClasses(channels: number | undefined): number | undefined {
  return channels === 1 ? 2 : channels;
}

/** Ranges that networks give pictures in: [0, 255], [0, 1] or [−1, 1]. */
export function decodePicture([output]: Output[]): Picture {
  const { shape, values } = output as Output;
  const [, height, width, channels] = shape as [number, number, number, number];
  const least = values.reduce((a, b) => Math.min(a, b), 0);
  const most = values.reduce((a, b) => Math.max(a, b), 0);
  const byteOf = (value: number) => {
    if (most > 2) return value;
    return least < -0.1 ? (value + 1) * 127.5 : value * 255;
  };
  const rgba = new Uint8Array(4 * height * width);
  for (let pixel = 0; pixel < height * width; pixel++) {
    for (let c = 0; c < 3; c++) {
      const value = values[pixel * channels + (channels === 3 ? c : 0)] as number;
      rgba[4 * pixel + c] = Math.min(255, Math.max(0, Math.round(byteOf(value))));
    }
    rgba[4 * pixel + 3] = 255;
  }
  return { kind: "picture", width, height, rgba };
}
