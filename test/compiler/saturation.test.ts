import { test } from "uvu";
import * as assert from "uvu/assert";
import { compile } from "../../host/index.ts";
import { buildModel } from "../../host/tflite/builder.ts";
import { compare } from "../support/compare.ts";
import { Random } from "../support/random.ts";
import { runBlob } from "../support/runs.ts";

// A residual job's output is a byte, which saturates. Nothing is known of these layers' inputs, so
// bytes of the full range must be held, too: steps of the output are small beside those of the
// weights, and a residual that is cut off is off by several of them. Coarser residuals would not be.

const SIDE = 16;
/** Where each kernel reads all channels. */
const KERNELS = 16;

interface Layer {
  name: string;
  depthwise: boolean;
  channels: number;
  /** Of the input. */
  zeroPoint: number;
  /** Of the output. */
  scale: number;
}

const LAYERS: Layer[] = [
  { name: "1×1", depthwise: false, channels: 64, zeroPoint: 0, scale: 0.024 },
  { name: "1×1", depthwise: false, channels: 256, zeroPoint: 0, scale: 0.048 },
  { name: "1×1", depthwise: false, channels: 256, zeroPoint: -128, scale: 0.048 },
  { name: "5×5 depthwise", depthwise: true, channels: 24, zeroPoint: -128, scale: 0.02 },
];
/** Expected errors, by the number of jobs. */
const PROMISES = { 2: 0.06, 4: 0.03 };

for (const target of ["a311d", "imx8mp", "gcnanoultra31_vip2.stm32mp2"]) {
  for (const layer of LAYERS) {
    for (const [jobs, most] of Object.entries(PROMISES)) {
      // More jobs of a depthwise layer do not refine its residuals.
      if (layer.depthwise && jobs !== "2") continue;
      const { name, channels, zeroPoint } = layer;
      test(`residuals of ${channels} ${name} about ${zeroPoint}: ${jobs} jobs on ${target}`, async () => {
        const random = new Random(channels - zeroPoint);
        const model = modelOf(layer, random);
        const input = Int8Array.from({ length: SIDE * SIDE * channels }, () =>
          random.integer(-128, 127),
        );
        const blob = await compile(model, { target, jobBudget: Number(jobs) });
        const exact = await compile(model, { target, cpuOnly: true });
        const [, report] = blob.report.operators;
        assert.is(report?.inputCopies, 2 ** (Number(jobs) - 2));
        const promised = report?.error ?? Number.NaN;
        const found = (await runBlob(blob, [[input]]))[0]?.[0] as Int8Array;
        const expected = (await runBlob(exact, [[input]]))[0]?.[0] as Int8Array;
        assert.ok(new Set(expected).size > 200);
        const { largest, share } = compare(found, expected);
        assert.ok(largest <= 1, `${largest} apart`);
        // An error of a root mean square e turns no more than a share of 2e of all values over.
        assert.ok(promised <= most, `${promised} steps expected`);
        assert.ok(share <= 2 * promised, `${share} differ, ${promised} steps expected`);
      });
    }
  }
}

/** A RESHAPE, after which values are not taken for those of a picture, and a convolution. */
function modelOf({ depthwise, channels, zeroPoint, scale }: Layer, random: Random): Uint8Array {
  const input = { scale: 0.05, zeroPoint };
  const kernels = depthwise ? channels : KERNELS;
  const scales = Array.from({ length: kernels }, () => random.integer(20, 220) / 10_000);
  const zeros = scales.map(() => 0);
  const shape = [1, SIDE, SIDE, channels];
  const weights = depthwise ? [1, 5, 5, channels] : [kernels, 1, 1, channels];
  const count = weights.reduce((product, side) => product * side);
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
        shape: weights,
        dtype: "int8",
        quantization: { scale: scales, zeroPoint: zeros, axis: depthwise ? 3 : 0 },
        data: Int8Array.from({ length: count }, () => random.integer(0, 16) - 8),
      },
      {
        name: "output",
        shape: [1, SIDE, SIDE, kernels],
        dtype: "int8",
        quantization: { scale, zeroPoint: 0 },
      },
    ],
    operators: [
      { operator: "RESHAPE", inputs: ["flat", "shape"], outputs: ["image"] },
      {
        operator: depthwise ? "DEPTHWISE_CONV_2D" : "CONV_2D",
        inputs: ["image", "weights", -1],
        outputs: ["output"],
        options: {
          padding: 0,
          stride_h: 1,
          stride_w: 1,
          ...(depthwise ? { depth_multiplier: 1 } : {}),
        },
      },
    ],
  });
}

test.run();
