import type { NnSpec } from "./descriptors.ts";

/**
 * Jobs that were taken from a real driver for a v8 core and checked by hand: the descriptor's
 * words that are not 0 (`index:hex`, but for addresses), and the coefficient bytes that are not
 * (hex at byte offsets).
 */
export interface GoldenConvolution {
  name: string;
  spec: NnSpec;
  /** The weight at index n, in TFLite's order. */
  weightAt: (n: number) => number;
  words: string;
  coefficients: Record<number, string>;
}

/** The quantization of all golden vectors, its multiplier in 23 bits. */
const QUANTIZATION = {
  inputZero: 100,
  weightZero: 120,
  outputZero: 90,
  multiplier: 0x1d4951,
  shift: 10,
  architecture: 8,
} as const;

const COMMON_WORDS =
  "11:00000800 12:00000a00 14:00000800 15:0a000190 19:03ffffff 21:03ffffff 28:03ffffff 29:7f800000 30:ff800000";

export const GOLDEN_V8: GoldenConvolution[] = [
  {
    name: "3×3 SAME, 6×6×2 to 6×6×2",
    spec: {
      ...QUANTIZATION,
      input: { width: 6, height: 6, channels: 2 },
      output: { width: 6, height: 6, channels: 2 },
      kernel: { width: 3, height: 3 },
      offset: { x: -1, y: -1 },
      kernelsPerCore: 1,
    },
    weightAt: (n) => 37 * n + 11,
    words: `0:a010008e 1:00300180 2:5400003f 3:00300188 4:081b4002 8:00063000 16:00060006 17:92000006 18:60000000 22:00e85a78 ${COMMON_WORDS}`,
    coefficients: {
      0: "10",
      20: "67451032",
      28: "ad000000ac000000",
      64: "325b806205c8894f42c263f2e62380e1d20f281a08",
      128: "7250076cf7e30da840becda097ba71825007360358070000",
      192: "7cf4ffff942b0000",
    },
  },
  {
    name: "depthwise 3×3 VALID with ReLU, 8×8×8 to 6×6×8",
    spec: {
      ...QUANTIZATION,
      input: { width: 8, height: 8, channels: 8 },
      output: { width: 6, height: 6, channels: 8 },
      kernel: { width: 3, height: 3 },
      relu: true,
      depthwise: true,
      kernelsPerCore: 2,
    },
    weightAt: (n) => 29 * n + 3,
    words: `0:a020020e 1:00400200 2:55000000 3:00300188 4:08184008 8:00063000 16:00080008 17:92000006 22:00ea5a78 ${COMMON_WORDS}`,
    coefficients: {
      0: "10",
      20: "67542301",
      28: "ac000000ac0000006b000000690000006900000068000000",
      64: "d21c2b24067116306cc94cff9cd57a43f2002103510a",
      128: "9216259023009104c4f3f77a7f2e83106d006f016e0e",
      192: "d22a24c4ae485346bd4a22695200",
      256: "522904809632b5b7ca86a46a5200",
      320: "122900c8f54e3838814012887c00",
      384: "122100193d7bdb502d43924c5200",
      448: "3c120000b0160000241b0000981f00000c240000800c0000f410000068150000",
    },
  },
];
