import { test } from "uvu";
import * as assert from "uvu/assert";
import { elementsOf } from "../../host/dtype.ts";
import { buildModel, type Quantization } from "../../host/tflite/builder.ts";
import { compare } from "../support/compare.ts";
import { Random } from "../support/random.ts";
import { runModel } from "../support/runs.ts";

// Constants for each channel where one form cannot hold them: another one does, or the CPU.

interface Case {
  name: string;
  operator: string;
  shape: number[];
  constants: number[];
  from: Quantization;
  by: Quantization;
  to: Quantization;
}

const CASES: Case[] = [
  {
    name: "a sum whose constants are finer than the input's steps",
    ...{ operator: "ADD", shape: [1, 2, 3, 31], constants: [31] },
    from: { scale: 599.5, zeroPoint: 127 },
    by: { scale: 0.01615, zeroPoint: 0 },
    to: { scale: 0.06189, zeroPoint: -23 },
  },
  {
    name: "PRELU over more channels than a depthwise job has",
    ...{ operator: "PRELU", shape: [1, 1, 1, 32_767], constants: [1, 1, 32_767] },
    from: { scale: 3937, zeroPoint: -66 },
    by: { scale: 0.0075, zeroPoint: 0 },
    to: { scale: 763.2, zeroPoint: 12 },
  },
];

for (const { name, operator, shape, constants, from, by, to } of CASES) {
  test(name, async () => {
    const random = new Random(9);
    const tensor = (name: string, quantization: Quantization) => {
      return { name, shape, dtype: "int8" as const, quantization };
    };
    const data = random.bytes(elementsOf(constants));
    const model = buildModel({
      inputs: ["in"],
      outputs: ["out"],
      tensors: [
        tensor("in", from),
        { ...tensor("by", by), shape: constants, data },
        tensor("out", to),
      ],
      operators: [{ operator, version: 2, inputs: ["in", "by"], outputs: ["out"] }],
    });
    // All values of the input near its zero point, and any others.
    const input = random
      .bytes(elementsOf(shape))
      .map((byte, i) => (i % 2 === 0 ? 126 + (i % 3) : byte));
    for (const target of ["a311d", "imx8mp"]) {
      const [found] = await runModel(model, { target }, [input]);
      const [wanted] = await runModel(model, { target, cpuOnly: true }, [input]);
      const { largest } = compare(found as Uint8Array, wanted as Uint8Array);
      assert.ok(largest <= 1, `${largest} apart on ${target}`);
    }
  });
}

test.run();
