import { test } from "uvu";
import * as assert from "uvu/assert";
import { type NnSpec, nnWords } from "./descriptors.ts";
import { huffmanBuffer } from "./huffman-writer.ts";
import { AT, Rig } from "./rig.ts";
import { zeroRunBuffer } from "./zero-run-writer.ts";

// Sums to bytes: one pixel of 0 and a bias, which therefore is the sum.

const rigs = { 7: await Rig.create(), 8: await Rig.create("vipnano-si+.imx8mp") };

const ONE_PIXEL: NnSpec = {
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

/** What a sum becomes; the shift of v8 counts from the multiplier's leading one. */
function requantized(part: Partial<NnSpec>, sum: number, weight = 1, pixel = 0): number {
  const { architecture = 7 } = part;
  const spec = { ...ONE_PIXEL, ...(architecture === 8 ? { shift: 1 } : {}), ...part };
  const kernels = [{ weights: Uint8Array.of(weight), bias: sum }];
  const rig = rigs[architecture];
  const coefficients =
    architecture === 8
      ? huffmanBuffer(spec, kernels, 6, [0, 1, 2, 3, 4, 5, 6, 7])
      : zeroRunBuffer(spec, kernels, 8, 0);
  rig.put(AT.coefficients, coefficients);
  rig.put(AT.input, Uint8Array.of(pixel));
  rig.run({ kind: "NN", words: nnWords(spec) });
  return rig.get(AT.output, 1)[0] as number;
}

for (const architecture of [7, 8] as const) {
  test(`ties are rounded away from zero, once, on v${architecture}`, () => {
    // The multiplier is 1 and the shift halves the sum.
    for (const [sum, expected] of [
      [0, 128],
      [1, 129],
      [2, 129],
      [3, 130],
      [-1, 127],
      [-2, 127],
      [-3, 126],
    ] as const) {
      assert.is(requantized({ architecture }, sum), expected, `half of ${sum}`);
    }
    // A quarter of 5 is 1.25: rounded to halves first and then again, it would be 2.
    const shift = architecture === 8 ? 2 : 17;
    assert.is(requantized({ architecture, shift }, 5), 129);
  });

  test(`results are clamped, sums below 0 before the zero point on v${architecture}`, () => {
    assert.is(requantized({ architecture }, 1000), 255);
    assert.is(requantized({ architecture }, -1000), 0);
    assert.is(requantized({ architecture, relu: true }, -1000), 128);
    assert.is(requantized({ architecture, relu: true }, 100), 178);
  });
}

test("the multiplier has a leading one that is not stored", () => {
  assert.is(requantized({ multiplier: 0x4000, shift: 15 }, 40), 128 + 60);
  assert.is(requantized({ multiplier: 0x7fff, shift: 15 }, 40), 128 + 80);
  assert.is(requantized({ multiplier: 0x400000, shift: 0, architecture: 8 }, 40), 128 + 60);
  assert.is(requantized({ multiplier: 0x7fffff, shift: 7, architecture: 8 }, 6400), 128 + 100);
  // One more in the lowest bit of 23 lifts a sum of 2^23 over the tie.
  const shift = 24;
  assert.is(requantized({ multiplier: 0, shift, architecture: 8 }, 2 ** 23 - 1), 128);
  assert.is(requantized({ multiplier: 1, shift, architecture: 8 }, 2 ** 23 - 1), 128);
  assert.is(requantized({ multiplier: 2, shift, architecture: 8 }, 2 ** 23 - 1), 129);
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
  assert.is(requantized({ shift: 0, architecture: 8 }, least), 0);
  assert.is(requantized({ shift: 25, architecture: 8 }, most), 128 + 64);
  assert.is(requantized({ shift: 63, architecture: 8 }, least), 128);
});

test("sums wrap at 32 bits", () => {
  assert.is(requantized({ shift: 40 }, 2 ** 31 - 1, 255, 255), 128 - 64);
});

test.run();
