import { test } from "uvu";
import * as assert from "uvu/assert";
import { compile } from "../../host/index.ts";
import { buildModel } from "../../host/tflite/builder.ts";
import { convolutionModel } from "../../host/tflite/convolution.ts";
import { compare } from "../support/compare.ts";
import { operatorLayer } from "../support/operator-layer.ts";
import { Random } from "../support/random.ts";
import { runModel } from "../support/runs.ts";

// Values that outgrow what holds them: a weight its byte, a bias or a sum its 32 bits, a product of
// sizes its integer.

const TARGETS = ["a311d", "imx8mp"];

interface Connected {
  inputs: number;
  scale: number[];
  /** Steps of the output. */
  outputScale: number;
  weightAt: (position: number) => number;
  biasAt?: (unit: number) => number;
}

/** An int8 FULLY_CONNECTED, a scale for each of its units. */
function connected({ inputs, scale, outputScale, weightAt, biasAt }: Connected): Uint8Array {
  const units = scale.length;
  const zeroPoint = scale.map(() => 0);
  const data = Int8Array.from({ length: units * inputs }, (_, i) => weightAt(i));
  const bias = Int32Array.from({ length: units }, (_, i) => biasAt?.(i) ?? 0);
  const quantization = { scale: outputScale, zeroPoint: 0 };
  return buildModel({
    tensors: [
      {
        name: "x",
        shape: [1, inputs],
        dtype: "int8",
        quantization: { scale: 0.05, zeroPoint: -3 },
      },
      {
        name: "w",
        shape: [units, inputs],
        dtype: "int8",
        quantization: { scale, zeroPoint, axis: 0 },
        data,
      },
      { name: "b", shape: [units], dtype: "int32", data: bias },
      { name: "y", shape: [1, units], dtype: "int8", quantization },
    ],
    operators: [
      {
        operator: "FULLY_CONNECTED",
        inputs: ["x", "w", "b"],
        outputs: ["y"],
        options: { fused_activation_function: 0 },
      },
    ],
    inputs: ["x"],
    outputs: ["y"],
  });
}

/** The largest difference between NPU and CPU, of outputs that are no one value. */
async function distance(model: Uint8Array, target: string): Promise<number> {
  const [expected] = await runModel(model, { target, cpuOnly: true });
  const [found] = await runModel(model, { target });
  assert.ok(new Set(expected).size > 8);
  return compare(found as Int8Array, expected as Int8Array).largest;
}

for (const target of TARGETS) {
  test(`what rounding leaves of 16,384 weights has its weight on ${target}`, async () => {
    const random = new Random(3);
    // Brought to the largest scale, weights of most units lie halfway between two bytes.
    const scale = Array.from({ length: 24 }, (_, i) => (i % 2 ? 1 : 0.5 + 0.001 * (i % 5)) * 2e-5);
    const weightAt = () => 2 * random.integer(-2, 1) + 1;
    const model = connected({ inputs: 16_384, scale, outputScale: 0.0003, weightAt });
    const { report } = await compile(model, { target });
    assert.is(report.operators[0]?.inputCopies, 1);
    assert.ok((report.operators[0]?.error ?? 0) < 0.2);
    assert.ok((await distance(model, target)) <= 1);
  });

  test(`a bias that is no multiple of 32 bits at a finer scale is kept on ${target}`, async () => {
    const random = new Random(4);
    const scale = Array.from({ length: 24 }, () => random.integer(900, 1000) * 1e-9);
    const biasAt = (unit: number) => (unit % 2 ? -1 : 1) * (400_000_000 + 30_000_000 * unit);
    const weightAt = () => random.integer(-127, 127);
    const model = connected({ inputs: 64, scale, outputScale: 0.7, weightAt, biasAt });
    const { report } = await compile(model, { target });
    assert.is(report.operators[0]?.placement, "NPU");
    assert.ok((await distance(model, target)) <= 1);
  });

  test(`sums that may exceed 32 bits stay on the CPU on ${target}`, async () => {
    const scale = [0.001, 0.002];
    const large = connected({ inputs: 70_000, scale, outputScale: 20_000, weightAt: () => 127 });
    const [operator] = (await compile(large, { target })).report.operators;
    assert.is(operator?.placement, "CPU");
    assert.match(operator?.reason ?? "", /sums may reach 2284\d+; 32 bits hold 2147483647/);
    const small = connected({ inputs: 70_000, scale, outputScale: 20_000, weightAt: () => 60 });
    assert.is((await compile(small, { target })).report.operators[0]?.placement, "NPU");
    const biased = convolutionModel({
      height: 8,
      width: 8,
      channels: 8,
      biasAt: () => 2 ** 31 - 1,
    });
    assert.is((await compile(biased, { target })).report.operators[0]?.placement, "CPU");
  });
}

test("a window of 40,000 × 40,000 pixels is counted, not laid out", async () => {
  const { model } = operatorLayer({
    operator: "AVERAGE_POOL_2D",
    dtype: "int8",
    from: [1, 8, 8, 16],
    to: [1, 8, 8, 16],
    options: {
      padding: 0,
      stride_w: 1,
      stride_h: 1,
      filter_width: 40_000,
      filter_height: 40_000,
      fused_activation_function: 0,
    },
  });
  const [operator] = (await compile(model, { target: "a311d" })).report.operators;
  assert.is(operator?.placement, "CPU");
  assert.match(operator?.reason ?? "", /1600000000/);
});

test.run();
