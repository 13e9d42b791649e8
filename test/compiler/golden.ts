import type { ConvolutionSpec } from "../../host/tflite/convolution.ts";

/**
 * Streams that were taken from a real driver and checked by hand: small convolutions with, for
 * each job, the words that are not 0 (`index:hex`, but for addresses), and coefficient bytes.
 */
export interface GoldenVector {
  name: string;
  core: string;
  model: ConvolutionSpec;
  jobs: GoldenJob[];
  /** By default nolfet finds shorter codes, so the coefficients hold only for `--compat mesa`. */
  ownCode?: boolean;
  /** Hex at byte offsets of the coefficient buffer; what follows up to the next is 0. */
  coefficients: Record<number, string>;
}

export interface GoldenJob {
  kind: "NN" | "TP";
  words: string;
  /** By default nolfet splits the operation over TP cores as the vendor does, not by rows. */
  ownSplit?: boolean;
  /** Offsets of the accesses from those of the first job of its kind and purpose. */
  input?: number;
  output?: number;
}

const CONSTANT_WORDS = "28:03ffffff 29:7f800000 30:ff800000";

export const GOLDEN_VECTORS: GoldenVector[] = [
  {
    name: "3×3 SAME, 6×6×2 to 6×6×2",
    core: "a311d",
    model: { height: 6, width: 6, channels: 2 },
    jobs: [
      {
        kind: "TP",
        words:
          "0:00000002 1:00060006 2:00000002 3:0000000c 5:00050001 6:20000018 8:00060001 9:00060001 12:80000002 14:00000001 15:00000024 16:00020006 17:00000006 19:00010006 22:00010001 24:0000000a 26:03ffffff 28:03ffffff 29:64000000 30:00000064",
      },
      {
        kind: "NN",
        words: `0:a010008c 1:00300180 2:cc00003f 3:00300180 4:0c1b4002 8:00063004 11:00000800 12:00000a00 14:00000800 15:09000190 16:00060006 17:3a000006 19:03ffffff 21:03ffffff 22:00005a78 ${CONSTANT_WORDS}`,
      },
      {
        kind: "TP",
        words:
          "0:00000006 1:0001000c 2:00000006 3:00000048 5:000b0005 6:20000018 8:00010001 9:00010001 12:80000002 14:00000002 16:00010006 17:0000000c 18:00000001 19:00020006 20:00000048 22:00010001 24:0000000a 26:03ffffff 28:03ffffff 29:5a000000 30:0000005a",
      },
    ],
    coefficients: {
      0: "4000000040000000",
      64: "0001000bfc3a0000559fe9337dc7115b307ac40e58a2ec36800000000000",
      128: "000100a51488ffffef3983cd1761abf5ca145ea8f23c86d01a24000000000000",
    },
  },
  {
    name: "3×3 SAME stride 2, 9×9×3 to 5×5×4",
    core: "a311d",
    model: { height: 9, width: 9, channels: 3, outputChannels: 4, stride: 2 },
    jobs: [
      { kind: "TP", words: "" },
      {
        kind: "TP",
        words:
          "0:00000009 1:00030003 2:00000009 3:00000051 4:ffffffff 5:0002000a 6:20000018 8:0004000c 9:0004000c 12:c0000016 14:00000024 15:00000001 16:00060002 17:00000048 18:00000006 19:00020002 22:00010001 23:00000090 24:0000000a 26:03ffffff 28:03ffffff 29:64000000 30:00000064",
        ownSplit: true,
      },
      {
        kind: "TP",
        words:
          "0:00000009 1:00030004 2:00000009 3:00000051 4:0000ffff 5:0003000a 6:20000018 8:0004000c 9:0004000c 12:c0000016 14:00000024 15:00000001 16:00060002 17:00000048 18:00000006 19:00020002 22:00010001 23:00000090 24:0000000a 26:03ffffff 28:03ffffff 29:64000000 30:00000064",
        ownSplit: true,
        input: 0x1b,
        output: 0xc,
      },
      {
        kind: "TP",
        words:
          "0:00000009 1:00030002 2:00000009 3:00000051 4:0000ffff 5:0001000a 6:20000018 8:0002000c 9:0002000c 12:c0000016 14:00000024 15:00000001 16:00060002 17:00000048 18:00000006 19:00010002 22:00010001 23:00000090 24:0000000a 26:03ffffff 28:03ffffff 29:64000000 30:00000064",
        ownSplit: true,
        input: 0x3f,
        output: 0x18,
      },
      {
        kind: "TP",
        words:
          "0:00000009 1:00030000 2:00000009 3:00000051 4:0000ffff 5:0001000a 6:20000018 8:0002000c 9:0002000c 12:80000016 14:00000024 15:00000001 16:00060002 17:00000048 18:00000006 19:00010002 22:00010001 23:00000090 24:0000000a 26:03ffffff 28:03ffffff 29:64000000 30:00000064",
        ownSplit: true,
        input: 0x51,
        output: 0x1e,
      },
      {
        kind: "NN",
        words: `0:a0100308 1:00300180 2:cc000000 3:00280140 4:08144004 8:00052004 11:00000800 12:00000a00 14:00000800 15:09000190 16:00060006 17:3a000005 19:03ffffff 21:03ffffff 22:00005a78 ${CONSTANT_WORDS}`,
      },
      { kind: "TP", words: "" },
    ],
    coefficients: {
      0: "40000000400000004000000040000000",
      64: "01010016f0d8ffffa52b35482f053c586ce2398e070f0c07ca507dce81a7cf563cecf1e0a932e35d33e25ef088028c27221e3c",
      128: "010100e419d0feff4163a426ec3e3c3f3ae2718d07cf857ab11e190681878c503cd3f1e0e1a1c11aadd545f0243a8b073f1ebc0c",
    },
  },
  {
    name: "3×3 VALID with few weights, 6×6×8 to 4×4×1",
    core: "a311d",
    model: {
      height: 6,
      width: 6,
      channels: 8,
      outputChannels: 1,
      padding: "VALID",
      weightAt: (n) => ({ 0: 5, 9: 200, 70: 33 })[n] ?? 120,
    },
    jobs: [
      { kind: "TP", words: "" },
      { kind: "NN", words: "" },
    ],
    coefficients: {
      0: "40000000",
      64: "04010050003903007078816c78888778888778188278",
    },
  },
  {
    name: "1×1 with kernels to fill the cores, 6×6×8 to 6×6×9",
    core: "a311d",
    model: { height: 6, width: 6, channels: 8, outputChannels: 9, kernel: 1 },
    jobs: [
      { kind: "TP", words: "" },
      { kind: "NN", words: "" },
      { kind: "TP", words: "" },
    ],
    coefficients: {
      0: "4000000040000000400000004000000040000000400000004000000040000000",
      64: "0002000bd827000030557a9fc433c0120000587da2c7ece90e00000000113624000000",
      320: "0002004b184700007095badf0400007701000000000000294e200100000000440100",
    },
  },
  {
    name: "3×3 SAME, 6×6×2 to 6×6×2",
    core: "imx8mp",
    model: { height: 6, width: 6, channels: 2 },
    jobs: [
      {
        kind: "TP",
        words:
          "0:00000002 1:00060006 2:00000002 3:0000000c 5:00050001 6:20000018 8:00060001 9:00060001 12:80000002 14:00000001 15:00000024 16:00020006 17:00000006 19:00010006 22:00010001 24:0000000a 26:03ffffff 28:03ffffff 29:64000000 30:00000064",
      },
      {
        kind: "NN",
        words: `0:a010008e 1:00300180 2:5400003f 3:00300188 4:081b4002 8:00063000 11:00000800 12:00000a00 14:00000800 15:0a000190 16:00060006 17:92000006 18:60000000 19:03ffffff 21:03ffffff 22:00e85a78 ${CONSTANT_WORDS}`,
      },
      {
        kind: "TP",
        words:
          "0:00000006 1:0001000c 2:00000006 3:00000048 5:000b0005 6:20000018 8:00010001 9:00010001 12:80000002 14:00000002 16:00010006 17:0000000c 18:00000001 19:00020006 20:00000048 22:00010001 24:0000000a 26:03ffffff 28:03ffffff 29:5a000000 30:0000005a",
      },
    ],
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
    name: "depthwise 3×3 VALID with RELU, 8×8×8 to 6×6×8",
    core: "imx8mp",
    model: {
      height: 8,
      width: 8,
      channels: 8,
      depthwise: true,
      padding: "VALID",
      activation: "RELU",
      weightAt: (n) => 29 * n + 3,
    },
    ownCode: true,
    jobs: [
      { kind: "TP", words: "" },
      {
        kind: "NN",
        words: `0:a020020e 1:00400200 2:55000000 3:00300188 4:08184008 8:00063000 11:00000800 12:00000a00 14:00000800 15:0a000190 16:00080008 17:92000006 19:03ffffff 21:03ffffff 22:00ea5a78 ${CONSTANT_WORDS}`,
      },
      { kind: "TP", words: "" },
    ],
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
