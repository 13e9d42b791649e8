import { test } from "uvu";
import * as assert from "uvu/assert";
import { compile } from "../../host/index.ts";
import type { ConvolutionSpec } from "../../host/tflite/convolution.ts";
import { compare } from "../support/compare.ts";
import { Random } from "../support/random.ts";
import { rectifiedLayer } from "../support/rectified-layer.ts";
import { runModel } from "../support/runs.ts";

// With residual weights in a second job, sums of weights with a scale for each channel are nearly
// those of the CPU, whatever the kernel, its stride and its padding are.

const TARGETS = ["a311d", "imx8mp", "gcnanoultra31_vip2.stm32mp2"];
/** Of elements that differ by one, with two jobs and with four. */
const SHARES = [
  { jobBudget: 2, most: 0.03 },
  { jobBudget: 4, most: 0.012 },
];

const CHANNELS = 24;
const SHAPES: Record<string, Partial<ConvolutionSpec>> = {
  "3×3": {},
  "1×1": { kernel: 1 },
  "5×5 without padding": { kernel: 5, padding: "VALID" },
  "3×3 without padding": { padding: "VALID" },
  "5×1 without padding": { kernel: [5, 1], padding: "VALID" },
  "1×3 without padding": { kernel: [1, 3], padding: "VALID" },
  "4×2 within a 5×5": { kernel: [4, 2] },
  "a stride of 2": { stride: 2 },
  "a stride of 2 over odd sides": { stride: 2, height: 13, width: 11 },
  "1×1 at a stride of 2": { kernel: 1, stride: 2 },
  "a stride of 3": { stride: 3 },
  "10×4 at a stride of 2": { kernel: [10, 4], stride: 2, height: 30, channels: 1 },
  "taps far apart": { dilation: 2 },
  "three channels at a stride of 2": { channels: 3, stride: 2, height: 32, width: 32 },
};
const DEPTHWISE: Record<string, Partial<ConvolutionSpec>> = {
  "3×3": {},
  "5×5": { kernel: 5 },
  "a stride of 2": { stride: 2, height: 16, width: 16 },
};

function modelOf(spec: Partial<ConvolutionSpec>, random: Random): Uint8Array {
  const scales = Array.from({ length: CHANNELS }, () => random.integer(100, 1000) / 50_000);
  return rectifiedLayer(scales, {
    height: 12,
    width: 14,
    channels: spec.depthwise ? CHANNELS : 16,
    weightAt: () => random.integer(1, 255),
    biasAt: () => random.integer(-2000, 6000),
    ...spec,
  });
}

async function shareOf(model: Uint8Array, target: string, jobBudget: number): Promise<number> {
  const expected = (await runModel(model, { target, cpuOnly: true }))[0] as Int8Array;
  assert.ok(new Set(expected).size > 50);
  const found = (await runModel(model, { target, jobBudget }))[0] as Int8Array;
  const { largest, share } = compare(found, expected);
  assert.ok(jobBudget === 1 || largest <= 1, `${largest} apart`);
  return share;
}

for (const target of TARGETS) {
  for (const [name, spec] of Object.entries(SHAPES)) {
    test(`${name} on ${target}`, async () => {
      const model = modelOf(spec, new Random(7));
      const rounded = await shareOf(model, target, 1);
      for (const { jobBudget, most } of SHARES) {
        const { report } = await compile(model, { target, jobBudget });
        assert.is(report.operators[0]?.inputCopies, 2 ** (jobBudget - 2));
        const share = await shareOf(model, target, jobBudget);
        assert.ok(share <= most && share < rounded / 3, `${share} of all, ${rounded} without`);
      }
    });
  }

  for (const [name, spec] of Object.entries(DEPTHWISE)) {
    test(`depthwise ${name} on ${target}`, async () => {
      const model = modelOf({ ...spec, depthwise: true }, new Random(8));
      const rounded = await shareOf(model, target, 1);
      const { report } = await compile(model, { target, jobBudget: 6 });
      const [layer] = report.operators;
      assert.is(layer?.inputCopies, 1);
      assert.ok((layer?.groups ?? 0) > 1, `${layer?.groups} groups`);
      const share = await shareOf(model, target, 6);
      assert.ok(share < 0.05 && share < rounded / 3, `${share} of all, ${rounded} without`);
    });
  }
}

test.run();
