import { test } from "uvu";
import * as assert from "uvu/assert";
import { calibrate } from "../../host/index.ts";
import type { ConvolutionSpec } from "../../host/tflite/convolution.ts";
import { Random } from "../support/random.ts";
import { rectifiedLayer } from "../support/rectified-layer.ts";
import { runModel } from "../support/runs.ts";

// Where a step of a layer's sums is a good part of one of its output, no channel may be off to one
// side: neither by what its bias, a whole number, leaves out, nor by TFLite's rounding twice.

const TARGETS = ["a311d", "imx8mp", "gcnanoultra31_vip2.stm32mp2"];
const SIDE = 32;
const PIXELS = SIDE * SIDE;
const CHANNELS = 24;

interface Case {
  spec: Partial<ConvolutionSpec>;
  jobBudget: number;
  /** Steps of the output for one of the sum, from the first kernel to the last. */
  factors: [number, number];
  /** Root mean square over the channels of how far their mean is off, in steps. */
  most: number;
}

const CASES: Record<string, Case> = {
  "depthwise, in one group": {
    spec: { depthwise: true },
    jobBudget: 1,
    factors: [0.11, 0.12],
    most: 0.055,
  },
  "full, with residual weights": {
    spec: { kernel: 1 },
    jobBudget: 2,
    factors: [0.08, 0.43],
    most: 0.07,
  },
};

for (const [name, { spec, jobBudget, factors, most }] of Object.entries(CASES)) {
  for (const target of TARGETS) {
    test(`${name}, on ${target}`, async () => {
      const random = new Random(9);
      const model = modelOf(spec, factors, random);
      const inputs = [random.bytes(PIXELS * CHANNELS).map((byte) => 128 + byte / 8)];
      const statistics = await calibrate(model, ([input]) => [
        { [input?.name ?? ""]: new Int8Array(inputs[0] ?? []) },
      ]);
      const [expected = []] = await runModel(model, { target, cpuOnly: true }, inputs);
      const [found = []] = await runModel(model, { target, jobBudget, statistics }, inputs);
      const means = new Float64Array(CHANNELS);
      for (const [i, value] of found.entries()) {
        means[i % CHANNELS] = (means[i % CHANNELS] ?? 0) + (value - (expected[i] ?? 0)) / PIXELS;
      }
      const off = Math.sqrt(means.reduce((sum, mean) => sum + mean ** 2 / CHANNELS, 0));
      assert.ok(off > 0 && off <= most, `${off} steps`);
    });
  }
}

function modelOf(
  spec: Partial<ConvolutionSpec>,
  [first, last]: [number, number],
  random: Random,
): Uint8Array {
  const scales = Array.from(
    { length: CHANNELS },
    (_, i) => first + ((last - first) * i) / (CHANNELS - 1),
  );
  return rectifiedLayer(scales, {
    height: SIDE,
    width: SIDE,
    weightAt: () => 128 + random.integer(-3, 3),
    biasAt: () => random.integer(300, 700),
    ...spec,
  });
}

test.run();
