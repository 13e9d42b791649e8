import { test } from "uvu";
import * as assert from "uvu/assert";
import { elementsOf } from "../../host/dtype.ts";
import { compile } from "../../host/index.ts";
import { buildModel, type OperatorSpec, type TensorSpec } from "../../host/tflite/builder.ts";
import { compare } from "../support/compare.ts";
import { Random } from "../support/random.ts";
import { runBlob } from "../support/runs.ts";

// Images whose sides lie below, at and above what the fields of a job hold, on the NPU, against the
// CPU kernels.

const TARGETS = ["a311d", "imx8mp"];
const QUANTIZATION = { scale: 0.05, zeroPoint: 30 };
const WEIGHTS = { scale: 0.02, zeroPoint: 100 };

type Shape = [rows: number, columns: number, channels: number];

/** What becomes of an image: tensors and operators from `in` to `out`. */
interface Network {
  tensors: TensorSpec[];
  operators: OperatorSpec[];
  /** Steps that results may be apart: none where bytes only move. */
  largest?: number;
  /** Why some of the images are left to the CPU. */
  limit?: RegExp;
}

const image = (name: string, ...shape: number[]): TensorSpec => ({
  name,
  shape: [1, ...shape],
  dtype: "uint8",
  quantization: QUANTIZATION,
});

const list = (name: string, values: number[], shape = [values.length]): TensorSpec => ({
  name,
  shape,
  dtype: "int32",
  data: Int32Array.from(values),
});

function one(
  operator: string,
  to: number[],
  options: OperatorSpec["options"] = {},
  constants: TensorSpec[] = [],
  largest = 0,
): Network {
  const inputs = ["in", ...constants.map(({ name }) => name)];
  const version = operator === "STRIDED_SLICE" ? 1 : 2;
  return {
    tensors: [image("out", ...to), ...constants],
    operators: [{ operator, version, inputs, outputs: ["out"], options }],
    largest,
  };
}

const bytes = new Random(5).bytes(9 << 16);
const kernel = (...shape: number[]): TensorSpec => ({
  name: "kernel",
  shape,
  dtype: "uint8",
  quantization: WEIGHTS,
  data: bytes.slice(0, elementsOf(shape)),
});

const RELU: OperatorSpec = { operator: "RELU", inputs: ["in"], outputs: ["a"] };

const NETWORKS: Record<string, (...shape: Shape) => Network> = {
  "a table": (r, c, d) => one("RELU", [r, c, d]),
  "pixels without a border": (r, c, d) =>
    one("STRIDED_SLICE", [r - 1, c - 1, d], { begin_mask: 1, end_mask: 15 }, [
      list("begin", [0, 1, 1, 0]),
      list("end", [1, r, c, d]),
      list("strides", [1, 1, 1, 1]),
    ]),
  padding: (r, c, d) =>
    one("PAD", [r + 2, c + 2, d], {}, [list("paddings", [0, 0, 1, 1, 1, 1, 0, 0], [4, 2])]),
  "pixels repeated": (r, c, d) =>
    one("RESIZE_NEAREST_NEIGHBOR", [2 * r, 2 * c, d], {}, [list("size", [2 * r, 2 * c])]),
  averages: (r, c, d) => one("AVERAGE_POOL_2D", [r - 1, c - 1, d], pool(1), [], 1),
  "greatest values": (r, c, d) => ({
    ...one("MAX_POOL_2D", [r - 1, c - 1, d], pool(1)),
    limit: /more than 64 jobs/,
  }),
  "a mean": (_r, _c, d) => ({
    ...one("MEAN", [1, 1, d], { keep_dims: true }, [list("axes", [1, 2])], 1),
    limit: /pixels at a time; 16383 is the most/,
  }),
  "a depthwise convolution": (r, c, d) =>
    one(
      "DEPTHWISE_CONV_2D",
      [r, c, d],
      { ...CONVOLUTION, depth_multiplier: 1 },
      [kernel(1, 3, 3, d)],
      1,
    ),
  "a convolution to eight channels": (r, c, d) =>
    one("CONV_2D", [r, c, 8], CONVOLUTION, [kernel(8, 1, 1, d)], 1),
  "a sum": (r, c, d) => ({
    tensors: [image("a", r, c, d), image("out", r, c, d)],
    operators: [RELU, { operator: "ADD", inputs: ["in", "a"], outputs: ["out"], options: {} }],
    largest: 1,
    limit: /more than 2048 channels/,
  }),
  "channels joined": (r, c, d) => join([r, c, 2 * d], 3),
  "rows joined": (r, c, d) => join([2 * r, c, d], 1),
  "channels split": (r, c, d) => {
    const half = d / 2;
    return {
      tensors: [
        image("a", r, c, half),
        image("b", r, c, half),
        image("out", r, c, half),
        list("axis", [3], []),
      ],
      operators: [
        {
          operator: "SPLIT",
          inputs: ["axis", "in"],
          outputs: ["a", "b"],
          options: { num_splits: 2 },
        },
        { operator: "RELU", inputs: ["b"], outputs: ["out"] },
      ],
    };
  },
};

const CONVOLUTION = {
  padding: 0,
  stride_w: 1,
  stride_h: 1,
  dilation_w_factor: 1,
  dilation_h_factor: 1,
  fused_activation_function: 0,
};

const pool = (stride: number) => ({
  padding: 1,
  stride_w: stride,
  stride_h: stride,
  filter_width: 2,
  filter_height: 2,
  fused_activation_function: 0,
});

function join(to: number[], axis: number): Network {
  return {
    tensors: [
      image("a", ...(to.map((n, i) => (i === axis - 1 ? n / 2 : n)) as Shape)),
      image("out", ...to),
    ],
    operators: [
      RELU,
      {
        operator: "CONCATENATION",
        inputs: ["in", "a"],
        outputs: ["out"],
        options: { axis, fused_activation_function: 0 },
      },
    ],
  };
}

/** Sides around 32,768 and 65,536 bytes of a row, and pixels that no shorter rows divide. */
const SHAPES: Shape[] = [
  [3, 511, 64],
  [3, 512, 64],
  [3, 513, 64],
  [3, 1024, 64],
  [3, 1025, 64],
  [3, 4097, 8],
  [3, 3, 10924],
  [181, 191, 172],
];

/** Sides beyond those of an image for the NN unit, on which bytes are only moved or mapped. */
const LONG: Shape[] = [
  [2, 2, 32768],
  [2, 2, 32770],
  [2, 2, 65536],
  [2, 32767, 2],
  [2, 32768, 2],
  [2, 32770, 2],
  [65536, 2, 2],
  [40009, 2, 2],
];
const ON_BYTES = ["a table", "pixels without a border", "channels joined", "rows joined"];
const TOO_LONG = /pixels on a side|too long for a change of layout|no neighbour runs on the NPU/;

for (const target of TARGETS) {
  for (const [what, make] of Object.entries(NETWORKS)) {
    test(`${what} of wide rows on ${target}`, async () => {
      for (const shape of SHAPES) await check(make(...shape), shape, target);
    });
  }

  for (const what of ON_BYTES) {
    test(`${what} of long sides on ${target}`, async () => {
      const make = NETWORKS[what] as (...shape: Shape) => Network;
      for (const shape of LONG) await check({ limit: TOO_LONG, ...make(...shape) }, shape, target);
    });
  }

  test(`steps past the end of an image on ${target}`, async () => {
    const far = { ...pool(100), padding: 0, filter_height: 6, filter_width: 5, stride_w: 2 };
    const single = one("AVERAGE_POOL_2D", [1, 2045, 1], far, [], 1);
    await check(single, [8, 4090, 1], target);
    const farther = { ...pool(8191), filter_height: 3, filter_width: 5, stride_w: 1 };
    const greatest = one("MAX_POOL_2D", [1, 4091, 65], farther);
    await check({ ...greatest, limit: /more than 64 jobs/ }, [3, 4095, 65], target);
    const picked = one("STRIDED_SLICE", [1, 1, 64], { begin_mask: 1, end_mask: 15 }, [
      list("begin", [0, 1, 1, 0]),
      list("end", [1, 3, 512, 64]),
      list("strides", [1, 1 << 30, 0x7fffffff, 1]),
    ]);
    await check(picked, [3, 512, 64], target);
  });

  test(`tables of any length on ${target}`, async () => {
    for (const shape of [...LONG, [1, 40009, 1], [1, 1, 100_003], [1, 1, 262_144]] as Shape[]) {
      await check(one("RELU", shape), shape, target);
    }
  });
}

/** Compares the NPU's results with the CPU's. */
async function check(network: Network, shape: Shape, target: string): Promise<void> {
  const { tensors, operators, largest: most = 0, limit } = network;
  const model = buildModel({
    inputs: ["in"],
    outputs: ["out"],
    tensors: [image("in", ...shape), ...tensors],
    operators,
  });
  const input = new Random(elementsOf(shape)).bytes(elementsOf(shape));
  const blob = await compile(model, { target });
  for (const { name, placement, reason } of blob.report.operators) {
    if (placement === "CPU") assert.ok(limit?.test(reason ?? ""), `${name} of ${shape}: ${reason}`);
  }
  const [[found]] = (await runBlob(blob, [[input]])) as [[Uint8Array]];
  const onCpu = await compile(model, { target, cpuOnly: true });
  const [[expected]] = (await runBlob(onCpu, [[input]])) as [[Uint8Array]];
  const { largest } = compare(found, expected);
  assert.ok(largest <= most, `${operators[0]?.operator} of ${shape}: ${largest} apart`);
}

test.run();
