import { test } from "uvu";
import * as assert from "uvu/assert";
import { openBlob } from "../../host/blob/open.ts";
import { compile } from "../../host/index.ts";
import { DESCRIPTORS } from "../../host/inspect/descriptors.ts";
import { descriptorWords } from "../../host/inspect/document.ts";
import { decodeFields } from "../../host/inspect/fields.ts";
import { graph, singleConvolution } from "../../host/selftest/models.ts";
import { type ConvolutionSpec, convolutionModel } from "../../host/tflite/convolution.ts";
import { Random } from "../support/random.ts";
import { runModel } from "../support/runs.ts";

// Symmetric int8 networks: signed bytes on the A311D, as the vendor has them, and bytes with 128
// added on its kin give the same results.

const SYMMETRIC = {
  ...{ dtype: "int8" as const, input: { scale: 0.02, zeroPoint: 0 } },
  ...{ weights: { scale: 0.005, zeroPoint: 0 }, output: { scale: 0.05, zeroPoint: 0 } },
};

const QUANTIZATION = { scale: 0.05, zeroPoint: 0 };

async function signsOf(model: Uint8Array, target: string): Promise<boolean[]> {
  const { segments, ...blob } = openBlob(await compile(model, { target }));
  for (const { jobs, hasSignedBytes } of segments)
    for (const job of jobs) {
      const words = descriptorWords({ ...blob, segments }, job);
      const { fields } = decodeFields(words, DESCRIPTORS[job.kind]);
      const types = ["in_image_data_type", "out_image_data_type"].map((name) => fields[name]);
      assert.equal(types, hasSignedBytes ? [2, 2] : [0, 0]);
    }
  return segments
    .filter(({ placement }) => placement === "NPU")
    .map(({ hasSignedBytes }) => hasSignedBytes);
}

test("convolutions of symmetric int8 tensors are the same numbers either way", async () => {
  const random = new Random(21);
  for (let i = 0; i < 25; i++) {
    const channels = random.pick([1, 3, 8, 13, 24]);
    const spec: ConvolutionSpec = {
      ...SYMMETRIC,
      ...{ height: random.integer(5, 20), width: random.integer(5, 20), channels },
      ...{ kernel: random.pick([1, 3, 5]), stride: random.pick([1, 2]) },
      padding: random.pick(["SAME", "VALID"] as const),
      activation: random.pick(["NONE", "RELU"] as const),
      depthwise: random.integer(0, 2) === 0,
      weightAt: (n) => (random.integer(0, 3) === 0 ? 0 : (n * 37) % 251),
    };
    if (!spec.depthwise) spec.outputChannels = random.pick([1, 5, 8, 17]);
    const model = convolutionModel(spec);
    const input = random.bytes(spec.height * spec.width * channels);
    const options = { allowUnproven: true };
    const [own] = await runModel(model, { target: "a311d", ...options }, [input]);
    const [other] = await runModel(model, { target: "stm32mp2", ...options }, [input]);
    assert.equal(own, other, JSON.stringify(spec));
  }
});

test("so are maxima, paddings and tables", async () => {
  const shape = [1, 9, 7, 12];
  const tensor = { shape, dtype: "int8" as const, quantization: QUANTIZATION };
  const pool = { padding: 0, stride_w: 1, stride_h: 1, filter_width: 3, filter_height: 3 };
  const input = new Random(4).bytes(9 * 7 * 12);
  for (const single of [
    { operator: "MAX_POOL_2D", options: pool },
    { operator: "RELU" },
    { operator: "TANH" },
    { operator: "ABS" },
  ]) {
    const model = graph({ inputs: [tensor], outputs: [tensor], ...single });
    const [own] = await runModel(model, { target: "a311d" }, [input]);
    const [other] = await runModel(model, { target: "stm32mp2" }, [input]);
    assert.equal(own, other, single.operator);
  }
});

test("bytes are signed on the A311D alone, and only without zero points", async () => {
  const symmetric = convolutionModel({ ...SYMMETRIC, height: 8, width: 8, channels: 8 });
  assert.equal(await signsOf(symmetric, "a311d"), [true]);
  assert.equal(await signsOf(symmetric, "stm32mp2"), [false]);
  assert.equal(await signsOf(symmetric, "imx8mp"), [false]);
  const shifted = singleConvolution("3×3, signed", {
    height: 8,
    width: 8,
    channels: 8,
    dtype: "int8",
  });
  assert.equal(await signsOf(shifted, "a311d"), [false]);
  const unsigned = singleConvolution("3×3", { height: 8, width: 8, channels: 8 });
  assert.equal(await signsOf(unsigned, "a311d"), [false]);
});

test.run();
