import { test } from "uvu";
import * as assert from "uvu/assert";
import { openBlob } from "../../host/blob/open.ts";
import { compile, Session } from "../../host/index.ts";
import {
  buildModel,
  type ModelSpec,
  type OperatorSpec,
  type Quantization,
  type TensorSpec,
} from "../../host/tflite/builder.ts";
import { compare } from "../support/compare.ts";
import { Random } from "../support/random.ts";
import { runModel } from "../support/runs.ts";

// QUANTIZE and DEQUANTIZE where a network begins and ends.

const SHAPE = [1, 6, 6, 8];
const SIGNED = { scale: 0.05, zeroPoint: -20 };
/** The same numbers, counted from 0. */
const UNSIGNED = { scale: 0.05, zeroPoint: 108 };
const OTHER = { scale: 0.07, zeroPoint: 90 };

const unsigned = (name: string, quantization: Quantization): TensorSpec => ({
  name,
  shape: SHAPE,
  dtype: "uint8",
  quantization,
});
const signed = (name: string): TensorSpec => ({
  name,
  shape: SHAPE,
  dtype: "int8",
  quantization: SIGNED,
});
const quantize = (from: string, to: string): OperatorSpec => ({
  operator: "QUANTIZE",
  inputs: [from],
  outputs: [to],
});
const double = (from: string, to: string): OperatorSpec => ({
  operator: "ADD",
  version: 2,
  inputs: [from, from],
  outputs: [to],
});

const PLAIN: ModelSpec = {
  inputs: ["in"],
  outputs: ["out"],
  tensors: [signed("in"), signed("out")],
  operators: [double("in", "out")],
};

/** What PLAIN does, between two changes of type. */
function wrapped(input: Quantization): ModelSpec {
  return {
    inputs: ["in"],
    outputs: ["out"],
    tensors: [unsigned("in", input), signed("a"), signed("b"), unsigned("out", UNSIGNED)],
    operators: [quantize("in", "a"), double("a", "b"), quantize("b", "out")],
  };
}

async function reportOf(spec: ModelSpec, target: string) {
  const { report } = await compile(buildModel(spec), { target });
  const jobs = report.segments.map(({ nnJobs, tpJobs }) => nnJobs + tpJobs);
  return { jobs, placements: report.operators.map(({ placement }) => placement) };
}

for (const target of ["a311d", "imx8mp"]) {
  test(`a change of type alone costs nothing on ${target}`, async () => {
    const { jobs, placements } = await reportOf(wrapped(UNSIGNED), target);
    assert.equal(placements, ["NPU", "NPU", "NPU"]);
    const [most = 0, ...others] = (await reportOf(PLAIN, target)).jobs;
    assert.equal(others, []);
    assert.is(jobs.length, 1);
    assert.ok(
      jobs.every((count) => count <= most),
      `${jobs} jobs, ${most} without`,
    );
  });

  for (const [what, input, largest] of [
    ["alone", UNSIGNED, 0],
    // One step of the input's rounding is doubled.
    ["and of scale", OTHER, 2],
  ] as const) {
    test(`a change of type ${what} gives the CPU's numbers on ${target}`, async () => {
      const model = buildModel(wrapped(input));
      const { placements } = await reportOf(wrapped(input), target);
      assert.equal(placements, ["NPU", "NPU", "NPU"]);
      const bytes = new Random(3).bytes(6 * 6 * 8);
      const [found] = await runModel(model, { target }, [bytes]);
      const [expected] = await runModel(model, { target, cpuOnly: true }, [bytes]);
      const { largest: apart } = compare(found as Uint8Array, expected as Uint8Array);
      assert.ok(apart <= largest, `${apart} apart`);
    });
  }

  test(`a DEQUANTIZE on the way is no segment of its own on ${target}`, async () => {
    const model = buildModel({
      inputs: ["in"],
      outputs: ["real", "out"],
      tensors: [
        unsigned("in", UNSIGNED),
        signed("a"),
        signed("b"),
        { name: "real", shape: SHAPE, dtype: "float32" },
        signed("out"),
      ],
      operators: [
        quantize("in", "a"),
        double("a", "b"),
        { operator: "DEQUANTIZE", inputs: ["b"], outputs: ["real"], version: 2 },
        double("b", "out"),
      ],
    });
    const blob = await compile(model, { target });
    assert.equal(
      openBlob(blob).segments.map(({ placement, operators }) => [placement, operators]),
      [["NPU", [0, 1, 2, 3]]],
    );
    const session = await Session.create(blob, { device: "emulator" });
    // 0.3 and 0.3, which is 6 steps.
    const { real, out } = await session.run({ in: new Uint8Array(6 * 6 * 8).fill(114) });
    assert.ok(Math.abs((real?.[0] as number) - 0.6) < 1e-6);
    assert.is(out?.[0], SIGNED.zeroPoint + 24);
    await session.release();
  });
}

test("an operator that only moves data stays on the CPU if no neighbour is on the NPU", async () => {
  const spec = { ...PLAIN, tensors: [unsigned("in", UNSIGNED), signed("out")] };
  const { report } = await compile(buildModel({ ...spec, operators: [quantize("in", "out")] }), {
    target: "a311d",
  });
  assert.is(report.operators[0]?.reason, "it only moves data, and no neighbour runs on the NPU");
});

test.run();
