import { test } from "uvu";
import * as assert from "uvu/assert";
import { type Pixels, pixelMapping, type TensorInfo } from "../../host/index.ts";
import { fails } from "./errors.ts";

function input(
  dtype: TensorInfo["dtype"],
  quantization?: TensorInfo["quantization"],
  shape = [1, 1, 4, 1],
): TensorInfo {
  return { name: "image", shape, dtype, ...(quantization ? { quantization } : {}) };
}

function grey(...data: number[]): Pixels {
  return { width: data.length, height: 1, channels: 1, data: Uint8Array.from(data) };
}

const PIXELS = grey(0, 1, 200, 255);

const CHOICES: [name: string, input: TensorInfo, words: RegExp, expected: number[]][] = [
  [
    "uint8 over [−1, 1]",
    input("uint8", { scale: 1 / 128, zeroPoint: 128 }),
    /as they are/,
    [0, 1, 200, 255],
  ],
  [
    "uint8 over [0, 1]",
    input("uint8", { scale: 1 / 255, zeroPoint: 0 }),
    /as they are/,
    [0, 1, 200, 255],
  ],
  ["uint8 without quantization", input("uint8"), /as they are/, [0, 1, 200, 255]],
  [
    "int8 over [0, 1]",
    input("int8", { scale: 1 / 255, zeroPoint: -128 }),
    /to \[0, 1\]/,
    [-128, -127, 72, 127],
  ],
  [
    "int8 over [0, 255]",
    input("int8", { scale: 1, zeroPoint: -128 }),
    /to \[0, 255\]/,
    [-128, -127, 72, 127],
  ],
  [
    // 0 → −1, 1 → −0.992…, 200 → 0.568…, 255 → 1, in steps of 1/128.
    "int8 over [−1, 1]",
    input("int8", { scale: 1 / 128, zeroPoint: 0 }),
    /to \[−1, 1\]/,
    [-128, -127, 73, 127],
  ],
  [
    // Twice the range that is needed: half the steps.
    "int8 over [−2, 2]",
    input("int8", { scale: 1 / 64, zeroPoint: 0 }),
    /to \[−1, 1\]/,
    [-64, -63, 36, 64],
  ],
];

for (const [name, info, words, expected] of CHOICES) {
  test(`maps pixels to ${name}`, () => {
    const mapping = pixelMapping(info);
    assert.match(mapping.words, words);
    const values = mapping.apply(PIXELS);
    assert.instance(values, info.dtype === "int8" ? Int8Array : Uint8Array);
    assert.equal([...values], expected);
  });
}

test("mean and deviation override the choice", () => {
  const info = input("uint8", { scale: 0.02, zeroPoint: 10 });
  const mapping = pixelMapping(info, { mean: [100], std: [50] });
  assert.match(mapping.words, /\(pixel − 100\) \/ 50, then quantized by scale 0.02/);
  // (200 − 100) / 50 = 2 → 100 steps above 10; (0 − 100) / 50 = −2 → clamped to 0.
  assert.equal([...mapping.apply(grey(200, 0, 101, 255))], [110, 0, 11, 165]);
  const only = pixelMapping(info, { mean: [128] });
  assert.match(only.words, /\(pixel − 128\) \/ 1/);
});

test("each channel may have its own", () => {
  const info = input("int8", { scale: 1, zeroPoint: 0 }, [1, 1, 2, 3]);
  const mapping = pixelMapping(info, { mean: [10, 20, 30], std: [1, 2, 3] });
  const data = Uint8Array.of(11, 22, 33, 9, 18, 27);
  const values = mapping.apply({ width: 2, height: 1, channels: 3, data });
  assert.equal([...values], [1, 1, 1, -1, -1, -1]);
});

test("refuses options that do not fit", async () => {
  const info = input("int8", { scale: 1, zeroPoint: 0 }, [1, 1, 2, 3]);
  await fails("BAD_OPTION", () => pixelMapping(info, { mean: [1, 2] }));
  await fails("BAD_OPTION", () => pixelMapping(info, { std: [0] }));
  await fails("BAD_OPTION", () => pixelMapping(info, { mean: [Number.NaN] }));
});

test("refuses inputs that are no image, and pixels of another size", async () => {
  for (const info of [
    input("int8", undefined, [1, 49]),
    input("int8", undefined, [1, 8, 8, 4]),
    input("int8", undefined, [2, 8, 8, 3]),
    input("float32"),
  ]) {
    const error = await fails("BAD_INPUT", () => pixelMapping(info));
    assert.match(error.message, /image input of 1×H×W×1 or 1×H×W×3/);
  }
  const mapping = pixelMapping(input("uint8"));
  await fails("BAD_INPUT", () => mapping.apply(grey(1, 2, 3)));
  await fails("BAD_INPUT", () => mapping.apply({ ...PIXELS, data: new Uint8Array(3) }));
});

test.run();
