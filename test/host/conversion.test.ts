import { test } from "uvu";
import * as assert from "uvu/assert";
import { compile, pixelMapping, Session } from "../../host/index.ts";
import { convertedModel, convertedTensor, SHAPE } from "../support/converted-model.ts";

// float32 inputs and outputs of the model: the host converts them as it copies them to the NPU.

const TYPES = ["uint8", "int8"] as const;

/** What rounding, saturation and conversion to integers differ for. */
// biome-ignore format: a table
const SPECIAL = [
  Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, 3e38, -3e38, -0, 1e-42,
  0.125, -0.125, 0.375, -0.375, 0.12499999, 63.875, -64.125, 5e8, -5e8,
];

function reals(): Float32Array {
  const values = new Float32Array(SHAPE.reduce((product, extent) => product * extent));
  return values.map((_, i) => SPECIAL[i] ?? ((i * 37) % 101) * 0.7 - 35);
}

async function run(model: Uint8Array, target: string, cpuOnly: boolean) {
  const blob = await compile(model, { target, cpuOnly });
  const session = await Session.create(blob, { device: "emulator" });
  try {
    return { outputs: await session.run({ in: reals() }), blob, inputs: session.inputs };
  } finally {
    await session.release();
  }
}

for (const target of ["a311d", "imx8mp"]) {
  for (const type of TYPES) {
    test(`${target}, ${type}: the host converts as the CPU's kernels do`, async () => {
      const extra = {
        tensors: [convertedTensor("again", SHAPE, "float32")],
        operators: [{ operator: "DEQUANTIZE", inputs: ["bytes"], outputs: ["again"] }],
        outputs: ["again", "bytes"],
      };
      for (const more of [{}, extra]) {
        const model = convertedModel(type, more);
        const onNpu = await run(model, target, false);
        const { outputs: expected } = await run(model, target, true);
        assert.equal(onNpu.outputs, expected);
        const placements = onNpu.blob.report.segments.map(({ placement }) => placement);
        assert.equal(placements, ["NPU"]);
      }
    });
  }
}

test("conversions stay with neighbours that are on the CPU", async () => {
  const soft = { scale: 1 / 256, zeroPoint: 0 };
  const model = convertedModel("uint8", {
    tensors: [
      { name: "soft", shape: SHAPE, dtype: "uint8", quantization: soft },
      convertedTensor("shares", SHAPE, "float32"),
    ],
    operators: [
      { operator: "SOFTMAX", inputs: ["bytes"], outputs: ["soft"], options: { beta: 1 } },
      { operator: "DEQUANTIZE", inputs: ["soft"], outputs: ["shares"] },
    ],
    outputs: ["shares"],
  });
  const { blob, outputs } = await run(model, "a311d", false);
  const found = blob.report.operators.map(({ placement, reason }) => reason ?? placement);
  assert.equal(found, [
    "what reads it is on the CPU",
    "NPU",
    "NPU",
    "the NPU path has no pattern for it",
    "what computes its input is on the CPU",
  ]);
  const { outputs: expected } = await run(model, "a311d", true);
  assert.equal(outputs, expected);
});

test("pictures are fed to a float32 input by the range that its QUANTIZE holds", async () => {
  const { inputs } = await run(convertedModel("int8"), "a311d", false);
  assert.equal(inputs[0]?.quantizedTo, { dtype: "int8", scale: 0.25, zeroPoint: 3 });
  const image = {
    name: "image",
    shape: [1, 1, 3, 1],
    dtype: "float32" as const,
    quantizedTo: { dtype: "uint8" as const, scale: 1 / 128, zeroPoint: 128 },
  };
  const grey = { width: 3, height: 1, channels: 1 as const, data: Uint8Array.of(0, 51, 255) };
  const mapping = pixelMapping(image);
  assert.match(mapping.words, /to \[−1, 1\], which the model quantizes/);
  assert.equal(mapping.apply(grey), Float32Array.of(-1, -0.6, 1));
  const other = pixelMapping(image, { mean: [51], std: [51] });
  assert.equal(other.apply(grey), Float32Array.of(-1, 0, 4));
});

test.run();
