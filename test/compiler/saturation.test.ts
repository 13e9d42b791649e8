import { test } from "uvu";
import * as assert from "uvu/assert";
import { compile } from "../../host/index.ts";
import { buildModel } from "../../host/tflite/builder.ts";
import { compare } from "../support/compare.ts";
import { Random } from "../support/random.ts";
import { runBlob } from "../support/runs.ts";

// A residual job's output is a byte, which saturates. Nothing is known of these layers' inputs, so it
// must hold what bytes of the full range give, not only what is usual: steps of the output are small
// beside those of the weights, and a residual that is cut off is off by several of them.

const SIDE = 16;
const KERNELS = 16;
/** The scale is that of the output. */
const LAYERS = [
  { channels: 64, zeroPoint: 0, scale: 0.024 },
  { channels: 256, zeroPoint: 0, scale: 0.048 },
  { channels: 256, zeroPoint: -128, scale: 0.048 },
];

for (const target of ["a311d", "imx8mp"]) {
  for (const layer of LAYERS) {
    for (const jobBudget of [2, 4]) {
      const { channels, zeroPoint } = layer;
      const name = `${channels} channels about ${zeroPoint} with ${jobBudget} jobs on ${target}`;
      test(`residuals hold full-range values: ${name}`, async () => {
        const random = new Random(channels - zeroPoint);
        const model = modelOf(layer, random);
        const input = Int8Array.from({ length: SIDE * SIDE * channels }, () =>
          random.integer(-128, 127),
        );
        const blob = await compile(model, { target, jobBudget });
        assert.is(blob.report.operators[1]?.readings, 2 ** (jobBudget - 2));
        const exact = await compile(model, { target, cpuOnly: true });
        const found = (await runBlob(blob, [[input]]))[0]?.[0] as Int8Array;
        const expected = (await runBlob(exact, [[input]]))[0]?.[0] as Int8Array;
        assert.ok(new Set(expected).size > 200);
        const { largest, share } = compare(found, expected);
        // An error of a root mean square e turns no more than a share of 2e of all values over.
        const promised = blob.report.operators[1]?.error as number;
        assert.ok(largest <= 1, `${largest} apart`);
        assert.ok(share <= 2 * promised, `${share} differ, ${promised} steps expected`);
      });
    }
  }
}

/** A RESHAPE, behind which values are not taken for those of a picture, and a 1×1 convolution. */
function modelOf(layer: (typeof LAYERS)[number], random: Random): Uint8Array {
  const { channels, zeroPoint, scale } = layer;
  const input = { scale: 0.05, zeroPoint };
  const scales = Array.from({ length: KERNELS }, () => random.integer(20, 220) / 10_000);
  const zeros = scales.map(() => 0);
  const shape = [1, SIDE, SIDE, channels];
  return buildModel({
    inputs: ["flat"],
    outputs: ["output"],
    tensors: [
      {
        name: "flat",
        shape: [1, SIDE * SIDE * channels],
        dtype: "int8",
        quantization: input,
      },
      { name: "image", shape, dtype: "int8", quantization: input },
      { name: "shape", shape: [4], dtype: "int32", data: Int32Array.from(shape) },
      {
        name: "weights",
        shape: [KERNELS, 1, 1, channels],
        dtype: "int8",
        quantization: { scale: scales, zeroPoint: zeros, axis: 0 },
        data: Int8Array.from({ length: KERNELS * channels }, () => random.integer(0, 16) - 8),
      },
      {
        name: "output",
        shape: [1, SIDE, SIDE, KERNELS],
        dtype: "int8",
        quantization: { scale, zeroPoint: 0 },
      },
    ],
    operators: [
      { operator: "RESHAPE", inputs: ["flat", "shape"], outputs: ["image"] },
      {
        operator: "CONV_2D",
        inputs: ["image", "weights", -1],
        outputs: ["output"],
        options: { padding: 1, stride_h: 1, stride_w: 1 },
      },
    ],
  });
}

test.run();
