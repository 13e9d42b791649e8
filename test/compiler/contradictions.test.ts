import { test } from "uvu";
import * as assert from "uvu/assert";
import { compile } from "../../host/index.ts";
import { buildModel, type OperatorSpec, type TensorSpec } from "../../host/tflite/builder.ts";
import { fails } from "../host/errors.ts";

// Operands that contradict each other are refused by the compiler: LiteRT, which runs what has no
// kernel here, does not check them all, and writes beyond its outputs.

const quantization = { scale: 0.5, zeroPoint: 3 };
const bytes = (name: string, shape: number[]): TensorSpec => {
  return { name, shape, dtype: "uint8", quantization };
};
const weights = (shape: number[]): TensorSpec => {
  const elements = shape.reduce((product, extent) => product * extent, 1);
  return { ...bytes("weights", shape), data: new Uint8Array(elements) };
};
const list = (name: string, values: number[], shape = [values.length]): TensorSpec => {
  return { name, shape, dtype: "int32", data: Int32Array.from(values) };
};

type Case = [
  tensors: TensorSpec[],
  operator: string,
  found: RegExp,
  options?: OperatorSpec["options"],
];
const STEPS = { padding: 0, stride_h: 2, stride_w: 2 };

/** The last tensor is the output, the one named x the input. */
const CASES: Case[] = [
  [
    [bytes("x", [1, 40]), list("b", [0, 0]), list("s", [1, -1]), bytes("y", [1, 4])],
    "SLICE",
    /an output of 1×40, found 1×4;/,
  ],
  [
    [bytes("x", [1, 40]), list("b", [0, 30]), list("s", [1, 20]), bytes("y", [1, 20])],
    "SLICE",
    /a range of 40, found 20 from 30 on;/,
  ],
  [
    [list("s", [4]), weights([4, 4, 4, 6]), bytes("x", [1, 6, 99, 6]), bytes("y", [1, 12, 2, 4])],
    "TRANSPOSE_CONV",
    /an output of 1×6×1×6, found 1×6×99×6;/,
    STEPS,
  ],
  [
    [bytes("x", [1, 4]), weights([]), bytes("y", [1, 1])],
    "FULLY_CONNECTED",
    /2 dimensions of its weights, found 0;/,
  ],
  [
    [bytes("x", [1, 9, 9, 4]), weights([4, 1, 1, 4]), bytes("y", [1, 9, 9, 4])],
    "CONV_2D",
    /an output of 1×5×5×4, found 1×9×9×4;/,
    STEPS,
  ],
  [
    [bytes("x", [1, 4]), list("n", [3, 3]), bytes("y", [1, 4])],
    "TILE",
    /an output of 3 times its input, found 1×4;/,
  ],
  [
    [bytes("x", [6, 4]), list("i", [2, 6]), bytes("y", [2, 4])],
    "GATHER",
    /indices below 6, found 6;/,
  ],
  [
    [bytes("x", [1, 4]), list("p", [0, 0, 1, 9], [2, 2]), bytes("y", [1, 5])],
    "PAD",
    /paddings that fill 1×5, found 1 and 9;/,
  ],
  [[bytes("x", [1, 4]), list("a", [2]), bytes("y", [1])], "MEAN", /an axis below 2, found 2;/],
];

/** The same of 16 bits, which no kernel takes. */
function widened(tensor: TensorSpec): TensorSpec {
  if (tensor.dtype !== "uint8") return tensor;
  const { data, ...rest } = tensor;
  const wide: TensorSpec = { ...rest, dtype: "int16", quantization: { scale: 0.5, zeroPoint: 0 } };
  return data ? { ...wide, data: Int16Array.from(data as Uint8Array) } : wide;
}

/** A network of 8 bits in which one operator stands. */
function modelWith(tensors: TensorSpec[], operator: string, options: OperatorSpec["options"]) {
  const inputs = tensors.slice(0, -1).map(({ name }) => name);
  return buildModel({
    tensors: [...tensors, bytes("beside", [4]), bytes("rectified", [4])],
    inputs: ["x", "beside"],
    outputs: ["y", "rectified"],
    operators: [
      { operator, inputs, outputs: ["y"], options: options ?? {} },
      { operator: "RELU", inputs: ["beside"], outputs: ["rectified"] },
    ],
  });
}

for (const [tensors, operator, found, options = {}] of CASES) {
  for (const [bits, operands] of [
    [8, tensors],
    [16, tensors.map(widened)],
  ] as const) {
    test(`${operator} of ${bits} bits: ${found.source}`, async () => {
      const model = modelWith([...operands], operator, options);
      for (const cpuOnly of [false, true]) {
        const error = await fails("UNSUPPORTED_OPERATOR", () =>
          compile(model, { target: "a311d", cpuOnly }),
        );
        assert.match(error.message, found);
        assert.match(error.message, /LiteRT does not check that$/);
      }
    });
  }
}

test("a handle of a variable as an output", async () => {
  const model = buildModel({
    tensors: [bytes("x", [4]), bytes("y", [4]), { name: "there", shape: [], dtype: "resource" }],
    operators: [
      { operator: "VAR_HANDLE", inputs: [], outputs: ["there"], options: { shared_name: "rows" } },
      { operator: "RELU", inputs: ["x"], outputs: ["y"] },
    ],
    inputs: ["x"],
    outputs: ["y", "there"],
  });
  const error = await fails("UNSUPPORTED_MODEL", () => compile(model, { target: "a311d" }));
  assert.match(error.message, /outputs of a type whose values are known, found "there" of type/);
});

test.run();
