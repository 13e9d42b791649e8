import { test } from "uvu";
import * as assert from "uvu/assert";
import { GOLDEN_VECTORS, type GoldenVector } from "../compiler/golden.ts";
import { convolve, type Kernel } from "./convolution.ts";
import { type Extent, type NnSpec, nnWords, type TpSpec, tpWords } from "./descriptors.ts";
import { AT, Rig, type RigJob } from "./rig.ts";
import { zeroRunBuffer } from "./zero-run-writer.ts";

// The golden vectors' descriptors and coefficients, executed: they give the convolution that
// they were made from. What a vector leaves out is written here.

const rig = await Rig.create();
const v8 = await Rig.create("vipnano-si+.imx8mp");

/** The quantization that all vectors share. */
const COMMON = {
  inputZero: 100,
  weightZero: 120,
  outputZero: 90,
  multiplier: 0x1d49,
  shift: 25,
};

/** Kernels from weights in TFLite's order (output, row, column, input), as planar kernels. */
function kernelsOf(spec: NnSpec, weightAt = (n: number) => 37 * n + 11): Kernel[] {
  const { input, output, depthwise } = spec;
  const area = spec.kernel.width * spec.kernel.height;
  // Depthwise weights have their output channel where others have the input channel.
  const index = (o: number, i: number) =>
    depthwise
      ? i * output.channels + o
      : (o * area + (i % area)) * input.channels + Math.floor(i / area);
  return Array.from({ length: output.channels }, (_, o) => ({
    bias: 1000 * (o + 1),
    weights: Uint8Array.from({ length: area * (depthwise ? 1 : input.channels) }, (_, i) =>
      weightAt(index(o, i)),
    ),
  }));
}

/** Kernels that do at stride 1 on a space-to-depth image what others do at stride 2. */
function spaceToDepth(kernels: Kernel[], { input, kernel }: NnSpec, zero: number): Kernel[] {
  const side = Math.ceil(kernel.width / 2);
  return kernels.map(({ bias, weights }) => ({
    bias,
    weights: Uint8Array.from({ length: input.channels * 4 * side * side }, (_, i) => {
      const [phased, tap] = [Math.floor(i / (side * side)), i % (side * side)];
      const y = 2 * Math.floor(tap / side) + ((phased >> 1) & 1);
      const x = 2 * (tap % side) + (phased & 1);
      if (y >= kernel.height || x >= kernel.width) return zero;
      return weights[((phased >> 2) * kernel.height + y) * kernel.width + x] as number;
    }),
  }));
}

function vectorFor(part: string): GoldenVector {
  return GOLDEN_VECTORS.find(({ name }) => name.includes(part)) as GoldenVector;
}

/** A vector's descriptor, its addresses filled in. */
function goldenWords(vector: GoldenVector, job: number, addresses: Record<number, number>) {
  const { kind, words } = vector.jobs[job] as GoldenVector["jobs"][0];
  return parseWords(words, kind === "NN" ? 34 : 31, addresses);
}

/** Words from `index:hex` pairs. */
function parseWords(pairs: string, count: number, addresses: Record<number, number>) {
  const words = new Uint32Array(count);
  for (const pair of pairs.split(" ")) {
    const [index, hex] = pair.split(":");
    words[Number(index)] = Number.parseInt(hex as string, 16);
  }
  for (const [index, address] of Object.entries(addresses)) words[Number(index)] = address;
  return words;
}

/** Puts a vector's streams, of 64 bytes each, over those in a buffer. */
function withGolden(buffer: Uint8Array, { coefficients }: GoldenVector): Uint8Array {
  const golden = buffer.slice();
  for (const [offset, hex] of Object.entries(coefficients)) {
    golden.fill(0, Number(offset), Number(offset) + 64);
    golden.set(Buffer.from(hex, "hex"), Number(offset));
  }
  return golden;
}

function transposition({ width, height, channels }: Extent): TpSpec {
  return {
    image: { width: channels, height: width, channels: height },
    tile: { width: 1, height: width },
    loops: [
      [1, width],
      [width * height, channels],
      [width, height],
    ],
  };
}

/** Pixels with all their channels to planes of channels. */
function planes(image: Uint8Array, channels: number): Uint8Array {
  const pixels = image.length / channels;
  return image.map((_, i) => image[(i % pixels) * channels + Math.floor(i / pixels)] as number);
}

function ramp({ width, height, channels }: Extent): Uint8Array {
  return Uint8Array.from({ length: width * height * channels }, (_, i) => (i * 89) ^ (i >> 3));
}

function run(coefficients: Uint8Array, image: Uint8Array, jobs: RigJob[], bytes: number) {
  rig.put(AT.coefficients, coefficients);
  rig.put(AT.input, image);
  rig.run(...jobs);
  return Buffer.from(rig.get(AT.output, bytes)).toString("hex");
}

test("3 x 3 SAME with both transpositions", () => {
  const vector = vectorFor("6×6×2 to 6×6×2");
  const extent = { width: 6, height: 6, channels: 2 };
  const kernel = { width: 3, height: 3 };
  const offset = { x: -1, y: -1 };
  const spec: NnSpec = {
    ...COMMON,
    input: extent,
    output: extent,
    kernel,
    offset,
    kernelsPerCore: 1,
  };
  const kernels = kernelsOf(spec);
  const coefficients = withGolden(zeroRunBuffer(spec, kernels, 8, 0), vector);
  const image = ramp(extent);
  const jobs: RigJob[] = [
    { kind: "TP", words: goldenWords(vector, 0, { 10: AT.input, 13: AT.middle }) },
    {
      kind: "NN",
      words: goldenWords(vector, 1, {
        5: AT.coefficients >>> 6,
        6: AT.middle,
        7: AT.middle + 0x1000,
      }),
    },
    { kind: "TP", words: goldenWords(vector, 2, { 10: AT.middle + 0x1000, 13: AT.output }) },
  ];
  const expected = planes(convolve(spec, kernels, planes(image, 2)), 36);
  assert.is(run(coefficients, image, jobs, 72), Buffer.from(expected).toString("hex"));
});

test("3 x 3 SAME at stride 2, its space-to-depth split over four cores", () => {
  const vector = vectorFor("9×9×3 to 5×5×4");
  const spec: NnSpec = {
    ...COMMON,
    input: { width: 9, height: 9, channels: 3 },
    output: { width: 5, height: 5, channels: 4 },
    kernel: { width: 3, height: 3 },
    offset: { x: -1, y: -1 },
    pooled: true,
    kernelsPerCore: 1,
  };
  const kernels = kernelsOf(spec);
  const lowered: NnSpec = {
    ...spec,
    input: { width: 6, height: 6, channels: 12 },
    kernel: { width: 2, height: 2 },
    offset: { x: 0, y: 0 },
    pooled: false,
  };
  const loweredKernels = spaceToDepth(kernels, spec, spec.weightZero);
  const coefficients = withGolden(zeroRunBuffer(lowered, loweredKernels, 8, 1), vector);
  const image = ramp(spec.input);
  const [planar, dealt] = [AT.middle, AT.middle + 0x1000];
  const jobs: RigJob[] = [
    { kind: "TP", words: tpWords({ ...transposition(spec.input), output: planar }) },
    ...[1, 2, 3, 4].map((job): RigJob => {
      const { input = 0, output = 0 } = vector.jobs[job] ?? {};
      const words = goldenWords(vector, job, { 10: planar + input, 13: dealt + output });
      return { kind: "TP", words, continued: job < 4 };
    }),
    {
      kind: "NN",
      words: goldenWords(vector, 5, { 5: AT.coefficients >>> 6, 6: dealt, 7: AT.output }),
    },
  ];
  const expected = convolve(spec, kernels, planes(image, 3));
  assert.is(run(coefficients, image, jobs, 100), Buffer.from(expected).toString("hex"));
});

test("zero runs over channels, 1 x 1 kernels that fill up a core", () => {
  const runs: NnSpec = {
    ...COMMON,
    input: { width: 6, height: 6, channels: 8 },
    output: { width: 4, height: 4, channels: 1 },
    kernel: { width: 3, height: 3 },
    kernelsPerCore: 1,
  };
  const filled: NnSpec = {
    ...runs,
    output: { width: 6, height: 6, channels: 9 },
    kernel: { width: 1, height: 1 },
    kernelsPerCore: 2,
  };
  for (const [spec, part, runBits] of [
    [runs, "few weights", 4],
    [filled, "fill the cores", 0],
  ] as const) {
    const vector = vectorFor(part);
    const kernels = kernelsOf(spec, vector.model.weightAt);
    const image = ramp(spec.input);
    const coefficients = withGolden(zeroRunBuffer(spec, kernels, 8, runBits), vector);
    const expected = convolve(spec, kernels, image);
    const jobs: RigJob[] = [{ kind: "NN", words: nnWords(spec) }];
    const found = run(coefficients, image, jobs, expected.length);
    assert.is(found, Buffer.from(expected).toString("hex"), part);
  }
});

const V8 = { ...COMMON, multiplier: 0x1d4951, shift: 10, architecture: 8 } as const;
const V8_SPECS: Record<string, NnSpec> = {
  "3×3 SAME, 6×6×2 to 6×6×2": {
    ...V8,
    input: { width: 6, height: 6, channels: 2 },
    output: { width: 6, height: 6, channels: 2 },
    kernel: { width: 3, height: 3 },
    offset: { x: -1, y: -1 },
    kernelsPerCore: 1,
  },
  "depthwise 3×3 VALID with RELU, 8×8×8 to 6×6×8": {
    ...V8,
    input: { width: 8, height: 8, channels: 8 },
    output: { width: 6, height: 6, channels: 8 },
    kernel: { width: 3, height: 3 },
    relu: true,
    depthwise: true,
    kernelsPerCore: 2,
  },
};

for (const vector of GOLDEN_VECTORS.filter(({ core }) => core === "imx8mp")) {
  test(`${vector.name} on v8`, () => {
    const spec = V8_SPECS[vector.name] as NnSpec;
    const kernels = kernelsOf(spec, vector.model.weightAt);
    const image = ramp(spec.input);
    for (const [offset, hex] of Object.entries(vector.coefficients)) {
      v8.put(AT.coefficients + Number(offset), Buffer.from(hex, "hex"));
    }
    v8.put(AT.input, image);
    const addresses = { 5: AT.coefficients >>> 6, 6: AT.input, 7: AT.output };
    v8.run({ kind: "NN", words: goldenWords(vector, 1, addresses) });
    const expected = convolve(spec, kernels, image);
    assert.equal(v8.get(AT.output, expected.length), expected);
  });
}

test.run();
