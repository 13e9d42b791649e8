import { test } from "uvu";
import * as assert from "uvu/assert";
import { compile } from "../../host/index.ts";
import { convolutionModel } from "../../host/tflite/convolution.ts";
import { compare } from "../support/compare.ts";
import { Random } from "../support/random.ts";
import { runModel } from "../support/runs.ts";

// Layers whose kernels have scales far apart.

const CHANNELS = 13;
const SCALES = Array.from({ length: CHANNELS }, (_, k) => (k === 6 ? 0.03 : 0.0004));

for (const target of ["a311d", "imx8mp"]) {
  for (const stride of [1, 2]) {
    test(`one large kernel costs the others nothing on ${target}, stride ${stride}`, async () => {
      const random = new Random(stride);
      const model = convolutionModel({
        dtype: "int8",
        height: 10,
        width: 10,
        channels: CHANNELS,
        depthwise: true,
        stride,
        input: { scale: 0.02, zeroPoint: -3 },
        weights: { scale: SCALES, zeroPoint: SCALES.map(() => 0) },
        output: { scale: 0.004, zeroPoint: 4 },
        weightAt: () => random.integer(1, 255),
      });
      const { report } = await compile(model, { target });
      assert.is(report.operators[0]?.placement, "NPU");
      const input = random.bytes(10 * 10 * CHANNELS);
      const [found] = await runModel(model, { target }, [input]);
      const [expected] = await runModel(model, { target, cpuOnly: true }, [input]);
      assert.ok(compare(found as Uint8Array, expected as Uint8Array, true).largest <= 1);
    });
  }
}

/** Expected errors of one depthwise layer with 200 different scales, by budget; 0: the default. */
async function errorsOf(outputScale: number, budgets: number[]): Promise<number[]> {
  const random = new Random(5);
  const scales = Array.from({ length: 200 }, () => 0.02 * 2 ** -(random.integer(0, 1000) / 160));
  const model = convolutionModel({
    dtype: "int8",
    height: 10,
    width: 10,
    channels: 200,
    depthwise: true,
    input: { scale: 0.02, zeroPoint: -3 },
    weights: { scale: scales, zeroPoint: scales.map(() => 0) },
    output: { scale: outputScale, zeroPoint: 4 },
    weightAt: () => random.integer(1, 255),
  });
  const errors: number[] = [];
  for (const jobBudget of budgets) {
    const options = jobBudget > 0 ? { jobBudget } : {};
    const { report } = await compile(model, { target: "imx8mp", ...options });
    errors.push(report.channels?.error ?? Number.NaN);
  }
  return errors;
}

test("a small network with a large error gets six jobs a layer", async () => {
  const [byDefault, four, six] = (await errorsOf(0.1, [0, 4, 6])) as [number, number, number];
  assert.ok(four > 0.07 && six < four, `${four} with four jobs, ${six} with six`);
  assert.is(byDefault, six);
});

test("one with a small error keeps four", async () => {
  const [byDefault, four, six] = (await errorsOf(0.5, [0, 4, 6])) as [number, number, number];
  assert.ok(four <= 0.07 && six < four, `${four} with four jobs, ${six} with six`);
  assert.is(byDefault, four);
});

test.run();
