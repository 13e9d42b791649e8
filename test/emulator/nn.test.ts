import { test } from "uvu";
import * as assert from "uvu/assert";
import { Random } from "../fuzz/random.ts";
import { convolve, type Kernel } from "./convolution.ts";
import { type NnSpec, nnWords } from "./descriptors.ts";
import { AT, Rig } from "./rig.ts";
import { zeroRunBuffer } from "./zero-run-writer.ts";

// NN jobs of every shape against the convolution's definition, to the last bit.

const NN_CORES = 8;
const MOST_RUN_BITS = 5;

const rig = await Rig.create();
const random = new Random(2);

/** A job of random shape with random kernels, `density` of their weights not zero. */
function randomJob(): { spec: NnSpec; kernels: Kernel[]; input: Uint8Array } {
  const kernel = { width: 1 + random.below(15), height: 1 + random.below(15) };
  if (random.chance(0.3)) kernel.width = kernel.height = 1;
  const input = {
    width: 1 + random.below(40),
    height: 1 + random.below(20),
    channels: 1 + random.below(20),
  };
  const offset = {
    x: -random.below(Math.min(kernel.width, 8)),
    y: -random.below(Math.min(kernel.height, 8)),
  };
  const pooled = random.chance(0.3);
  const reach = (size: number, start: number) => Math.ceil((size - start) / (pooled ? 2 : 1));
  const output = {
    width: 1 + random.below(reach(input.width, offset.x)),
    height: 1 + random.below(reach(input.height, offset.y)),
    channels: 1 + random.below(40),
  };
  const perCore = Math.ceil(output.channels / Math.min(output.channels, NN_CORES));
  const spec: NnSpec = {
    input,
    output,
    kernel,
    offset,
    pooled,
    inputZero: random.below(256),
    weightZero: random.below(256),
    outputZero: random.below(256),
    relu: random.chance(0.3),
    multiplier: random.below(1 << 15),
    shift: 22 + random.below(10),
    kernelsPerCore: 1 + random.below(perCore),
  };
  const density = random.pick([0.01, 0.3, 1]);
  const size = input.channels * kernel.width * kernel.height;
  const kernels = Array.from({ length: output.channels }, () => ({
    weights: Uint8Array.from({ length: size }, () =>
      random.chance(density) ? random.below(256) : spec.weightZero,
    ),
    bias: random.below(200_000) - 100_000,
  }));
  return { spec, kernels, input: noise(input.width * input.height * input.channels) };
}

function noise(count: number): Uint8Array {
  return Uint8Array.from({ length: count }, () => random.below(256));
}

function run(spec: NnSpec, kernels: Kernel[], input: Uint8Array, runBits = 0): Uint8Array {
  rig.put(AT.coefficients, zeroRunBuffer(spec, kernels, NN_CORES, runBits));
  rig.put(AT.input, input);
  rig.run({ kind: "NN", words: nnWords(spec) });
  return rig.get(AT.output, spec.output.width * spec.output.height * spec.output.channels);
}

test("random shapes, paddings, superblocks and run lengths", () => {
  for (let i = 0; i < 150; i++) {
    const { spec, kernels, input } = randomJob();
    const found = run(spec, kernels, input, random.below(MOST_RUN_BITS + 1));
    const expected = convolve(spec, kernels, input);
    assert.is(Buffer.compare(found, expected), 0, JSON.stringify(spec));
  }
});

/** One pixel, one weight of 1: the output is the requantized input plus bias. */
const ONE_BY_ONE: NnSpec = {
  input: { width: 1, height: 1, channels: 1 },
  output: { width: 1, height: 1, channels: 1 },
  kernel: { width: 1, height: 1 },
  inputZero: 0,
  weightZero: 0,
  outputZero: 128,
  multiplier: 0,
  shift: 16,
  kernelsPerCore: 1,
};

/** What the sum `total` becomes. */
function requantized(spec: Partial<NnSpec>, total: number): number | undefined {
  const kernels = [{ weights: Uint8Array.of(1), bias: total }];
  return run({ ...ONE_BY_ONE, ...spec }, kernels, Uint8Array.of(0))[0];
}

test("ties are rounded away from zero, once", () => {
  // A multiplier of 2^15 and a shift of 16 halve the sum.
  for (const [total, expected] of [
    [0, 128],
    [1, 129],
    [2, 129],
    [3, 130],
    [-1, 127],
    [-2, 127],
    [-3, 126],
  ] as const) {
    assert.is(requantized({}, total), expected, `half of ${total}`);
  }
  // A quarter of 5 is 1.25: two roundings, to half and to the whole, would make it 2.
  assert.is(requantized({ shift: 17 }, 5), 129);
});

test("results are clamped after the zero point, sums below 0 after a ReLU before it", () => {
  assert.is(requantized({}, 1000), 255);
  assert.is(requantized({}, -1000), 0);
  assert.is(requantized({ relu: true }, -1000), 128);
  assert.is(requantized({ relu: true }, 100), 178);
});

test("the multiplier has a leading one that is not stored", () => {
  assert.is(requantized({ multiplier: 0x4000, shift: 15 }, 40), 128 + 60);
  assert.is(requantized({ multiplier: 0x7fff, shift: 15 }, 40), 128 + 80);
  assert.is(requantized({ multiplier: 0x7fff, shift: 22 }, 6400), 128 + 100);
});

test("extreme sums and shifts", () => {
  const [most, least] = [2 ** 31 - 1, -(2 ** 31)];
  assert.is(requantized({ shift: 0 }, most), 255);
  assert.is(requantized({ shift: 0 }, least), 0);
  assert.is(requantized({ shift: 40 }, most), 128 + 64);
  assert.is(requantized({ shift: 40 }, least), 128 - 64);
  assert.is(requantized({ shift: 46, multiplier: 0x7fff }, most), 130);
  assert.is(requantized({ shift: 63 }, most), 128);
  assert.is(requantized({ shift: 63, multiplier: 0x7fff }, least), 128);
});

test("sums wrap at 32 bits", () => {
  const kernels = [{ weights: Uint8Array.of(255), bias: 2 ** 31 - 1 }];
  assert.is(run({ ...ONE_BY_ONE, shift: 40 }, kernels, Uint8Array.of(255))[0], 128 - 64);
});

test("zero weights cost nothing", () => {
  const channels = 64;
  const spec: NnSpec = {
    ...ONE_BY_ONE,
    input: { width: 8, height: 8, channels },
    output: { width: 8, height: 8, channels },
    kernelsPerCore: channels / NN_CORES,
  };
  const kernels = Array.from({ length: channels }, (_, o) => ({
    weights: Uint8Array.from({ length: channels }, (_, c) => +(o === c)),
    bias: 0,
  }));
  const before = rig.emulator.multiplications;
  run(spec, kernels, noise(64 * channels), MOST_RUN_BITS);
  assert.is(rig.emulator.multiplications - before, 64 * channels);
});

test.run();
