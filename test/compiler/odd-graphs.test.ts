import { test } from "uvu";
import * as assert from "uvu/assert";
import type { TypedArray } from "../../host/dtype.ts";
import { compile, Session } from "../../host/index.ts";
import {
  buildModel,
  type Dtype,
  type OperatorSpec,
  type TensorSpec,
} from "../../host/tflite/builder.ts";
import { Random } from "../support/random.ts";

// Graphs at the edges of what a graph can be. The NPU's outputs are held to the CPU kernels', which
// give TFLite's results to the byte.

const CORES = ["a311d", "imx8mp"];
type Byte = Extract<Dtype, "uint8" | "int8">;
const DTYPES: Byte[] = ["uint8", "int8"];

interface Graph {
  tensors: TensorSpec[];
  operators: OperatorSpec[];
  inputs: string[];
  outputs: string[];
}

function bytes(name: string, shape: number[], dtype: Byte, scale = 0.05): TensorSpec {
  return { name, shape, dtype, quantization: { scale, zeroPoint: dtype === "int8" ? -3 : 125 } };
}

function arrayOf(dtype: Byte, values: number[]): Int8Array | Uint8Array {
  return dtype === "int8" ? Int8Array.from(values) : Uint8Array.from(values);
}

/** A convolution of `x` with kernels of 1×1: its weights, bias and output. */
function convolution(x: TensorSpec, kernels: number, activation = 0, scale = 0.1): Graph {
  const random = new Random(7);
  const dtype = x.dtype as Byte;
  const channels = x.shape.at(-1) as number;
  const zeroPoint = dtype === "int8" ? 0 : 128;
  const taps = Array.from({ length: kernels * channels }, () => random.integer(-90, 90));
  const data = arrayOf(
    dtype,
    taps.map((tap) => zeroPoint + tap),
  );
  const weights = { scale: 0.01, zeroPoint };
  const options = { padding: 1, stride_w: 1, stride_h: 1, fused_activation_function: activation };
  const bias = Int32Array.from({ length: kernels }, () => random.integer(-500, 500));
  return {
    tensors: [
      x,
      { name: "w", shape: [kernels, 1, 1, channels], dtype, quantization: weights, data },
      {
        name: "b",
        shape: [kernels],
        dtype: "int32",
        quantization: { scale: 0.0005, zeroPoint: 0 },
        data: bias,
      },
      bytes("y", [...x.shape.slice(0, -1), kernels], dtype, scale),
    ],
    operators: [{ operator: "CONV_2D", inputs: ["x", "w", "b"], outputs: ["y"], options }],
    inputs: ["x"],
    outputs: ["y"],
  };
}

/** One operator over tensors of one shape. */
function elementwise(operator: string, shape: number[], dtype: Byte, scale = 0.1): Graph {
  const operands = operator === "ADD" || operator === "SUB" ? ["x", "z"] : ["x"];
  return {
    tensors: [
      ...operands.map((name) => bytes(name, shape, dtype)),
      bytes("y", shape, dtype, scale),
    ],
    operators: [{ operator, inputs: operands, outputs: ["y"] }],
    inputs: operands,
    outputs: ["y"],
  };
}

const RELU6 = 3;

/** By what is odd about it. */
const GRAPHS: Record<string, (dtype: Byte) => Graph> = {
  "an output listed twice": (dtype) => ({
    ...convolution(bytes("x", [1, 4, 4, 8], dtype), 8),
    outputs: ["y", "y"],
  }),
  "an input that is an output": (dtype) => ({
    ...convolution(bytes("x", [1, 4, 4, 8], dtype), 8),
    outputs: ["x", "y"],
  }),
  "an input that no operator reads": (dtype) => {
    const graph = convolution(bytes("x", [1, 4, 4, 8], dtype), 8);
    graph.tensors.push(bytes("unused", [3], dtype));
    return { ...graph, inputs: ["x", "unused"] };
  },
  "an operator whose output nobody reads": (dtype) => {
    const graph = convolution(bytes("x", [1, 4, 4, 8], dtype), 8);
    graph.tensors.push(bytes("dead", [1, 4, 4, 8], dtype));
    graph.operators.push({ operator: "RELU", inputs: ["y"], outputs: ["dead"] });
    return graph;
  },
  "no operators": (dtype) => ({
    tensors: [bytes("x", [2, 3], dtype)],
    operators: [],
    inputs: ["x"],
    outputs: ["x"],
  }),
  "a constant output beside a computed one": (dtype) => ({
    ...convolution(bytes("x", [1, 4, 4, 8], dtype), 8),
    outputs: ["b", "y"],
  }),
  "a batch of none": (dtype) => convolution(bytes("x", [0, 4, 4, 8], dtype), 8),
  "dimensions of 1 everywhere": (dtype) => convolution(bytes("x", [1, 1, 1, 1], dtype), 1),
  "one pixel of many channels": (dtype) => convolution(bytes("x", [1, 1, 1, 64], dtype), 3),
  "one row": (dtype) => convolution(bytes("x", [1, 1, 9, 5], dtype), 2),
  "one column": (dtype) => convolution(bytes("x", [1, 9, 1, 5], dtype), 2),
  "a convolution that RELU6 cuts within its output's range": (dtype) =>
    convolution(bytes("x", [1, 6, 6, 8], dtype), 8, RELU6, 0.1),
  "slices that are reshaped twice": (dtype) => {
    const graph = convolution(bytes("x", [1, 4, 5, 8], dtype), 6);
    // Depths 4 and 1: one whose layouts differ, and one with a single layout.
    for (const [begin, depth] of [
      [0, 4],
      [5, 1],
    ] as const) {
      const [flat, cube, part] = [`flat${depth}`, `cube${depth}`, `part${depth}`];
      graph.tensors.push(
        { name: `begin${depth}`, shape: [4], dtype: "int32", data: Int32Array.of(0, 0, 0, begin) },
        { name: `size${depth}`, shape: [4], dtype: "int32", data: Int32Array.of(1, 4, 5, depth) },
        { name: `to ${flat}`, shape: [2], dtype: "int32", data: Int32Array.of(20, depth) },
        { name: `to ${cube}`, shape: [3], dtype: "int32", data: Int32Array.of(1, 20, depth) },
        bytes(part, [1, 4, 5, depth], dtype, 0.1),
        bytes(flat, [20, depth], dtype, 0.1),
        bytes(cube, [1, 20, depth], dtype, 0.1),
      );
      graph.operators.push(
        { operator: "SLICE", inputs: ["y", `begin${depth}`, `size${depth}`], outputs: [part] },
        { operator: "RESHAPE", inputs: [part, `to ${flat}`], outputs: [flat] },
        { operator: "RESHAPE", inputs: [flat, `to ${cube}`], outputs: [cube] },
      );
    }
    return { ...graph, outputs: ["cube4", "cube1"] };
  },
  ...Object.fromEntries(
    ["RELU", "RELU6", "ABS", "LOGISTIC", "ADD", "SUB", "QUANTIZE"].flatMap((operator) => [
      [`${operator} of scalars`, (dtype: Byte) => elementwise(operator, [], dtype)],
      [
        `${operator} of single elements`,
        (dtype: Byte) => elementwise(operator, [1, 1, 1, 1], dtype),
      ],
      [`${operator} of nothing`, (dtype: Byte) => elementwise(operator, [1, 0, 4, 3], dtype)],
      [`${operator} of rank 1`, (dtype: Byte) => elementwise(operator, [7], dtype)],
      [`${operator} of rank 5`, (dtype: Byte) => elementwise(operator, [1, 2, 1, 3, 2], dtype)],
      [
        `${operator} of a coarse output`,
        (dtype: Byte) => elementwise(operator, [1, 4, 4, 3], dtype, 0.3),
      ],
    ]),
  ),
};

async function run(model: Uint8Array, target: string, cpuOnly: boolean): Promise<TypedArray[]> {
  const session = await Session.create(await compile(model, { target, cpuOnly }), {
    device: "emulator",
  });
  try {
    const random = new Random(5);
    const feeds = session.inputs.map(({ name, shape, dtype }) => {
      const length = shape.reduce((a, b) => a * b, 1);
      const values = Array.from({ length }, () => random.integer(0, 255));
      return [name, arrayOf(dtype as Byte, values)] as const;
    });
    const outputs = await session.run(Object.fromEntries(feeds));
    return session.outputs.map(({ name }) => outputs[name] as TypedArray);
  } finally {
    await session.release();
  }
}

for (const [what, make] of Object.entries(GRAPHS)) {
  for (const dtype of DTYPES) {
    for (const target of CORES) {
      test(`${what} (${dtype}, ${target})`, async () => {
        const model = buildModel(make(dtype));
        const found = await run(model, target, false);
        const expected = await run(model, target, true);
        assert.is(found.length, make(dtype).outputs.length);
        found.forEach((values, i) => {
          const right = expected[i] as TypedArray;
          assert.is(values.length, right.length);
          // TFLite rounds twice, the NPU once.
          const apart = [...values].map((value, j) => Math.abs(Number(value) - Number(right[j])));
          assert.ok(
            apart.every((steps) => steps <= 1),
            `${apart}`,
          );
        });
      });
    }
  }
}

test("an input that is an output, too, is given as it was fed", async () => {
  for (const target of CORES) {
    const graph = { ...convolution(bytes("x", [1, 4, 4, 8], "uint8"), 8), outputs: ["y", "x"] };
    const session = await Session.create(await compile(buildModel(graph), { target }), {
      device: "emulator",
    });
    const x = Uint8Array.from({ length: 128 }, (_, i) => i);
    const first = await session.run({ x }, { copyOutputs: false });
    assert.equal([...(first.x as Uint8Array)], [...x]);
    await session.release();
  }
});

test.run();
