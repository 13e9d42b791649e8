import { test } from "uvu";
import * as assert from "uvu/assert";
import { elementsOf } from "../../host/dtype.ts";
import { compile, openBlob } from "../../host/index.ts";
import { buildModel, type ModelSpec, type TensorSpec } from "../../host/tflite/builder.ts";
import { type ConvolutionSpec, convolutionModel } from "../../host/tflite/convolution.ts";
import { compare } from "../support/compare.ts";
import { type OperatorLayer, operatorLayer } from "../support/operator-layer.ts";
import { Random } from "../support/random.ts";
import { runModel } from "../support/runs.ts";

// Batches give what each of their images gives, and grouped convolutions what the CPU's kernel gives.

const TARGETS = ["a311d", "imx8mp"];
const TYPES = ["uint8", "int8"] as const;
type Type = (typeof TYPES)[number];
const IMAGES = 3;

const WINDOW = { filter_height: 3, filter_width: 2, stride_h: 2, stride_w: 2 };

/** Operators over so many images of 6×8×5; padding SAME. */
const LAYERS: ((images: number) => Omit<OperatorLayer, "dtype">)[] = [
  (n) => ({ operator: "MAX_POOL_2D", from: [n, 6, 8, 5], to: [n, 3, 4, 5], options: WINDOW }),
  (n) => ({ operator: "AVERAGE_POOL_2D", from: [n, 6, 8, 5], to: [n, 3, 4, 5], options: WINDOW }),
  (n) => ({
    operator: "RESIZE_BILINEAR",
    from: [n, 6, 8, 5],
    to: [n, 12, 16, 5],
    constants: [[12, 16]],
    options: { half_pixel_centers: true },
  }),
  (n) => ({
    operator: "RESIZE_NEAREST_NEIGHBOR",
    from: [n, 6, 8, 5],
    to: [n, 12, 16, 5],
    constants: [[12, 16]],
  }),
  (n) => ({
    operator: "PAD",
    from: [n, 6, 8, 5],
    to: [n, 8, 10, 5],
    constants: [[0, 0, 1, 1, 1, 1, 0, 0]],
    lists: [[4, 2]],
  }),
  (n) => ({
    operator: "MEAN",
    from: [n, 6, 8, 5],
    to: [n, 1, 1, 5],
    constants: [[1, 2]],
    options: { keep_dims: true },
  }),
  (n) => ({
    operator: "STRIDED_SLICE",
    from: [n, 6, 8, 5],
    to: [n, 3, 4, 5],
    constants: [
      [0, 0, 0, 0],
      [n, 6, 8, 5],
      [1, 2, 2, 1],
    ],
  }),
  (n) => ({ operator: "RELU", from: [n, 6, 8, 5], to: [n, 6, 8, 5] }),
];

for (const target of TARGETS) {
  for (const type of TYPES) {
    test(`operators over ${IMAGES} images of ${type} on ${target}`, async () => {
      for (const layer of LAYERS) {
        const modelOf = (images: number) => operatorLayer({ ...layer(images), dtype: type }).model;
        await assertAlike(modelOf, 6 * 8 * 5, type, target);
      }
    });

    test(`convolutions of ${IMAGES} images of ${type} on ${target}`, async () => {
      const scale = Array.from({ length: 10 }, (_, i) => 0.01 * (1 + (i % 4)));
      const perChannel = { scale, zeroPoint: scale.map(() => 0) };
      const layers: Partial<ConvolutionSpec>[] = [
        { outputChannels: 9 },
        { stride: 2, kernel: 5, padding: "VALID" },
        { depthwise: true, activation: "RELU6" },
        { channels: 6, groups: 2, outputChannels: 4 },
        ...(type === "int8" ? [{ outputChannels: 10, weights: perChannel }] : []),
      ];
      for (const layer of layers) {
        const spec = { dtype: type, height: 6, width: 8, channels: 5, ...layer };
        const modelOf = (images: number) => convolutionModel({ ...spec, images });
        await assertAlike(modelOf, 6 * 8 * spec.channels, type, target);
      }
    });

    // Residuals lie after their image: the last one may be read in place, others are copied.
    if (type === "int8") {
      test(`images with residual weights on ${target}`, async () => {
        const scale = Array.from({ length: 8 }, (_, i) => 0.001 * 1.7 ** i);
        const weights = { scale, zeroPoint: scale.map(() => 0) };
        for (const layer of [
          { depthwise: true, kernel: 1, stride: 2 },
          { depthwise: true, kernel: 1 },
          { outputChannels: 8, kernel: 1 },
        ]) {
          const spec = { dtype: type, height: 1, width: 1, channels: 8, weights, ...layer };
          const modelOf = (images: number) => convolutionModel({ ...spec, images });
          await assertAlike(modelOf, 8, type, target);
        }
      });
    }

    test(`a network of ${IMAGES} images of ${type} on ${target}`, async () => {
      await assertAlike((images) => buildModel(network(images, type)), 8 * 8 * 4, type, target);
    });

    test(`grouped convolutions of ${type} on ${target}`, async () => {
      const scale = Array.from({ length: 12 }, (_, i) => 0.01 * (1 + (i % 4)));
      const perChannel = { scale, zeroPoint: scale.map(() => 0) };
      const random = new Random(8);
      for (const [channels, groups, outputChannels] of [
        [6, 2, 4],
        [12, 4, 12],
        [9, 3, 3],
        [4, 4, 12],
      ] as const) {
        for (const layer of [
          { kernel: 1 },
          { kernel: 3 },
          { kernel: 3, stride: 2, activation: "RELU" as const },
          ...(type === "int8" && outputChannels === 12 ? [{ weights: perChannel }] : []),
        ]) {
          const spec = { dtype: type, height: 7, width: 6, channels, groups, outputChannels };
          const model = convolutionModel({ ...spec, ...layer });
          const { report } = await compile(model, { target });
          assert.is(report.operators[0]?.placement, "NPU", report.operators[0]?.reason);
          const input = random.bytes(7 * 6 * channels);
          const [found] = await runModel(model, { target }, [input]);
          const [wanted] = await runModel(model, { target, cpuOnly: true }, [input]);
          const { largest } = compare(found as Uint8Array, wanted as Uint8Array);
          assert.ok(largest <= 1, `${largest} apart: ${JSON.stringify({ ...spec, ...layer })}`);
        }
      }
    });
  }
}

for (const target of TARGETS) {
  test(`constants of a batch on ${target}`, async () => {
    for (const type of TYPES) {
      for (const shape of [
        [IMAGES, 4, 4, 2],
        [1, 4, 4, 2],
        [4, 4, 2],
        [1, 1, 1, 2],
      ]) {
        for (const operator of ["ADD", "MUL", "MAXIMUM"]) {
          const model = buildModel(withConstant(operator, type, shape));
          const input = new Random(6).bytes(IMAGES * 4 * 4 * 2);
          const [found] = await runModel(model, { target }, [input]);
          const [wanted] = await runModel(model, { target, cpuOnly: true }, [input]);
          const { largest } = compare(found as Uint8Array, wanted as Uint8Array);
          assert.ok(largest <= 2, `${largest} apart: ${operator} of ${type}, ${shape}`);
        }
      }
    }
  });

  test(`pixels dealt to a batch, convolved and put back on ${target}`, async () => {
    for (const type of TYPES) {
      for (const [step, sizes] of [
        [
          [2, 2],
          [6, 8],
        ],
        [
          [3, 2],
          [7, 5],
        ],
        [
          [4, 4],
          [9, 10],
        ],
      ] as const) {
        const model = buildModel(dealt(type, step, sizes));
        const { report } = await compile(model, { target });
        assert.equal(
          report.operators.map(({ reason }) => reason),
          [undefined, undefined, undefined],
        );
        const input = new Random(4).bytes(sizes[0] * sizes[1] * 5);
        const [found] = await runModel(model, { target }, [input]);
        const [wanted] = await runModel(model, { target, cpuOnly: true }, [input]);
        const { largest } = compare(found as Uint8Array, wanted as Uint8Array);
        assert.ok(largest <= 1, `${largest} apart: ${type}, ${step}`);
      }
    }
  });
}

/** An operator over a batch and a constant of another shape, or of its own. */
function withConstant(operator: string, dtype: Type, shape: number[]): ModelSpec {
  const zeroPoint = dtype === "int8" ? -8 : 120;
  const quantization = { scale: 0.05, zeroPoint };
  const data = Uint8Array.from({ length: elementsOf(shape) }, (_, i) => i * 37);
  const from = [IMAGES, 4, 4, 2];
  return {
    inputs: ["in"],
    outputs: ["out"],
    tensors: [
      { name: "in", shape: from, dtype, quantization },
      { name: "constant", shape, dtype, quantization, data },
      { name: "out", shape: from, dtype, quantization },
    ],
    operators: [
      {
        operator,
        version: 2,
        inputs: ["in", "constant"],
        outputs: ["out"],
        ...(operator === "MAXIMUM" ? {} : { options: { fused_activation_function: 0 } }),
      },
    ],
  };
}

/** A dilated convolution as converters spell it out: steps between taps, over an image of SAME padding. */
function dealt(
  dtype: Type,
  step: readonly [number, number],
  sizes: readonly [number, number],
): ModelSpec {
  const shift = dtype === "int8" ? 128 : 0;
  const quantization = { scale: 0.1, zeroPoint: 120 - shift };
  // One step around, and what makes the rest whole.
  const pads = sizes.map((size, i) => {
    const one = step[i] as number;
    return [one, one + ((one - (size % one)) % one)] as const;
  });
  const crops = pads.map(([, after], i) => [0, after - (step[i] as number)] as const);
  const parts = sizes.map((size, i) => {
    const [before, after] = pads[i] as readonly [number, number];
    return (size + before + after) / (step[i] as number);
  });
  const images = step[0] * step[1];
  const kept = parts.map((extent) => extent - 2);
  const list = (name: string, shape: number[], values: readonly number[]): TensorSpec => {
    return { name, shape, dtype: "int32", data: Int32Array.from(values) };
  };
  const data = Uint8Array.from({ length: 9 * 5 }, (_, i) => (i * 37) % 251);
  return {
    inputs: ["in"],
    outputs: ["out"],
    tensors: [
      { name: "in", shape: [1, ...sizes, 5], dtype, quantization },
      list("steps", [2], step),
      list("pads", [2, 2], pads.flat()),
      { name: "dealt", shape: [images, ...parts, 5], dtype, quantization },
      {
        name: "weights",
        shape: [1, 3, 3, 5],
        dtype,
        quantization: { scale: 0.004, zeroPoint: 125 - shift },
        data,
      },
      { name: "convolved", shape: [images, ...kept, 5], dtype, quantization },
      list("crops", [2, 2], crops.flat()),
      { name: "out", shape: [1, ...sizes, 5], dtype, quantization },
    ],
    operators: [
      { operator: "SPACE_TO_BATCH_ND", inputs: ["in", "steps", "pads"], outputs: ["dealt"] },
      {
        operator: "DEPTHWISE_CONV_2D",
        inputs: ["dealt", "weights", -1],
        outputs: ["convolved"],
        options: {
          padding: 1,
          stride_h: 1,
          stride_w: 1,
          depth_multiplier: 1,
          fused_activation_function: 0,
        },
      },
      { operator: "BATCH_TO_SPACE_ND", inputs: ["convolved", "steps", "crops"], outputs: ["out"] },
    ],
  };
}

/** Whether a batch is on the NPU, with the results of its images one by one. */
async function assertAlike(
  modelOf: (images: number) => Uint8Array,
  elements: number,
  type: Type,
  target: string,
): Promise<void> {
  const batch = modelOf(IMAGES);
  const { report } = await compile(batch, { target });
  const [first] = report.operators;
  const reasons = report.operators.flatMap(({ name, reason }) => (reason ? [name, reason] : []));
  assert.equal(reasons, [], `${first?.name} of ${type}`);
  const bytes = new Random(2).bytes(IMAGES * elements);
  const [found] = await runModel(batch, { target }, [bytes]);
  const single = modelOf(1);
  const wanted: number[] = [];
  for (let i = 0; i < IMAGES; i++) {
    const image = bytes.slice(i * elements, (i + 1) * elements);
    const [part] = await runModel(single, { target }, [image]);
    wanted.push(...(part as Uint8Array));
  }
  assert.equal([...(found as Uint8Array)], wanted, `${first?.name} of ${type}`);
  const shared = await coefficientsOf(single, target);
  assert.is(await coefficientsOf(batch, target), shared, `${first?.name} of ${type}`);
}

/** How many jobs have coefficients that no other one has. */
async function coefficientsOf(model: Uint8Array, target: string): Promise<number> {
  const jobs = openBlob(await compile(model, { target })).segments.flatMap(({ jobs }) => jobs);
  const convolutions = jobs.filter(({ kind }) => kind === "NN");
  return new Set(convolutions.map(({ coefficients }) => coefficients)).size;
}

/** Convolution, pool, sum, joined channels, a mean and a fully connected layer. */
function network(images: number, dtype: Type): ModelSpec {
  const shift = dtype === "int8" ? 128 : 0;
  const quantization = { scale: 0.1, zeroPoint: 120 - shift };
  const tensor = (name: string, ...shape: number[]): TensorSpec => {
    return { name, shape: [images, ...shape], dtype, quantization };
  };
  const weights = (name: string, shape: number[]): TensorSpec => {
    const data = Uint8Array.from({ length: elementsOf(shape) }, (_, i) => (i * 37) % 251);
    return { name, shape, dtype, quantization: { scale: 0.002, zeroPoint: 125 - shift }, data };
  };
  const plain = { fused_activation_function: 0 };
  const window = { stride_h: 1, stride_w: 1, ...plain };
  return {
    inputs: ["in"],
    outputs: ["out"],
    tensors: [
      tensor("in", 8, 8, 4),
      weights("kernels", [6, 3, 3, 4]),
      tensor("a", 8, 8, 6),
      tensor("b", 8, 8, 6),
      tensor("c", 8, 8, 6),
      tensor("d", 8, 8, 12),
      { name: "axes", shape: [2], dtype: "int32", data: Int32Array.of(1, 2) },
      tensor("e", 1, 1, 12),
      weights("units", [7, 12]),
      tensor("out", 7),
    ],
    operators: [
      { operator: "CONV_2D", inputs: ["in", "kernels", -1], outputs: ["a"], options: window },
      {
        operator: "MAX_POOL_2D",
        inputs: ["a"],
        outputs: ["b"],
        options: { ...window, filter_height: 3, filter_width: 3 },
      },
      { operator: "ADD", inputs: ["a", "b"], outputs: ["c"], options: plain },
      {
        operator: "CONCATENATION",
        inputs: ["c", "a"],
        outputs: ["d"],
        options: { axis: 3, ...plain },
      },
      { operator: "MEAN", inputs: ["d", "axes"], outputs: ["e"], options: { keep_dims: true } },
      { operator: "FULLY_CONNECTED", inputs: ["e", "units", -1], outputs: ["out"], options: plain },
    ],
  };
}

test.run();
