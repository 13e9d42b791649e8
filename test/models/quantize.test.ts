import { test } from "uvu";
import * as assert from "uvu/assert";
import { type Affine, affineFor, quantize } from "../../models/digits/quantize/affine.ts";
import { quantizeLayers, type TrainedLayer } from "../../models/digits/quantize/quantize.ts";
import { type Scheme, UINT8 } from "../../models/digits/quantize/scheme.ts";

const BYTES = { low: 0, high: 255 };

test("0 is an integer exactly", () => {
  for (const reals of [
    { low: -1, high: 3 },
    { low: -0.3, high: 0.1 },
    { low: 0, high: 0 },
  ]) {
    const affine = affineFor(reals, BYTES);
    assert.ok(Number.isInteger(affine.zeroPoint));
    assert.is(quantize(0, affine, BYTES), affine.zeroPoint);
  }
});

test("a range that ends at 6 does not end above it", () => {
  const { scale, zeroPoint } = affineFor({ low: 0, high: 6 }, BYTES);
  assert.is(Math.fround(scale), scale);
  assert.ok((255 - zeroPoint) * scale <= 6);
  assert.ok((255 - zeroPoint) * scale > 5.999999);
});

/** Two channels, one with weights a hundred times as large as the other's. */
const layer: TrainedLayer = {
  kind: "conv",
  kernel: 1,
  stride: 1,
  channels: 2,
  activation: "relu",
  weights: Float32Array.of(0.01, -0.005, 1, -0.5),
  bias: Float32Array.of(0.25, -0.75),
  range: { low: 0, high: 2 },
};

const PER_CHANNEL: Scheme = {
  ...UINT8,
  type: "int8",
  weights: { low: -127, high: 127, perChannel: true },
};

for (const [name, scheme] of Object.entries({ UINT8, PER_CHANNEL })) {
  test(`${name}: weights and biases are met to half a step`, () => {
    const [quantized] = quantizeLayers([layer], scheme);
    assert.ok(quantized);
    const { weightScales } = quantized;
    assert.is(weightScales.length, scheme.weights.perChannel ? 2 : 1);
    const affineOf = (channel: number) =>
      weightScales.at(Math.min(channel, weightScales.length - 1)) as Affine;
    const bytes = scheme.type === "int8" ? Int8Array.from(quantized.weights) : quantized.weights;
    layer.weights.forEach((weight, i) => {
      const { scale, zeroPoint } = affineOf(i >> 1);
      assert.ok(Math.abs(scale * ((bytes[i] as number) - zeroPoint) - weight) <= scale / 2 + 1e-9);
    });
    layer.bias.forEach((bias, channel) => {
      const step = scheme.input.scale * affineOf(channel).scale;
      assert.ok(Math.abs(step * (quantized.bias[channel] as number) - bias) <= step / 2 + 1e-9);
    });
  });
}

test("an average keeps the integers of what it averages", () => {
  const pool: TrainedLayer = {
    ...layer,
    kind: "pool",
    weights: new Float32Array(),
    bias: new Float32Array(),
    range: { low: 0, high: 1 },
  };
  const [before, after] = quantizeLayers([layer, pool], UINT8);
  assert.equal(after?.output, before?.output);
});

test.run();
