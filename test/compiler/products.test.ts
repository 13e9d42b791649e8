import { test } from "uvu";
import * as assert from "uvu/assert";
import { elementsOf } from "../../host/dtype.ts";
import { compile } from "../../host/index.ts";
import { buildModel, type TensorSpec } from "../../host/tflite/builder.ts";
import { Random } from "../support/random.ts";
import { quantizationOver, type Range } from "../support/ranges.ts";
import { runBlob } from "../support/runs.ts";

// Products of two computed tensors, one of which may be repeated, against the CPU kernel, which gives
// what TFLite's reference kernel does to the byte.

const TARGETS = ["a311d", "imx8mp"];
const DTYPES = ["uint8", "int8"] as const;
type Dtype = (typeof DTYPES)[number];

/** Of both operands and the product: from zero on, of both signs, and far less than can occur. */
const RANGES: [Range, Range, Range][] = [
  [
    [-3, 5],
    [0, 1],
    [-3, 5],
  ],
  [
    [0, 6],
    [0, 1],
    [0, 4],
  ],
  [
    [-4, 4],
    [-2, 2],
    [-8, 8],
  ],
  [
    [-4, 4],
    [-2, 2],
    [-2.5, 2.5],
  ],
  [
    [-9, 1],
    [2, 7],
    [-60, 7],
  ],
  [
    [0, 3],
    [0, 3],
    [0, 9],
  ],
];

/** One shape, or two; among them gates of channels, of pixels, of rows and columns. */
const SHAPES: [number[], number[]][] = [
  [
    [1, 16, 16, 24],
    [1, 16, 16, 24],
  ],
  [
    [1, 7, 5, 12],
    [1, 1, 1, 12],
  ],
  [
    [1, 1, 1, 3],
    [1, 13, 1, 3],
  ],
  [
    [1, 6, 9, 5],
    [1, 6, 9, 1],
  ],
  [
    [1, 6, 1, 5],
    [1, 1, 9, 5],
  ],
  [
    [1, 40, 8],
    [1, 8],
  ],
  [[300], [300]],
];

function outputShape(a: number[], b: number[]): number[] {
  const rank = Math.max(a.length, b.length);
  return Array.from({ length: rank }, (_, i) =>
    Math.max(a[a.length - rank + i] ?? 1, b[b.length - rank + i] ?? 1),
  );
}

function model(ranges: Range[], shapes: [number[], number[]], dtype: Dtype, activation: number) {
  const tensor = (name: string, shape: number[], range?: Range): TensorSpec => {
    return { name, shape, dtype, quantization: quantizationOver(range ?? [0, 1], dtype) };
  };
  return buildModel({
    inputs: ["a", "b"],
    outputs: ["out"],
    tensors: [
      tensor("a", shapes[0], ranges[0]),
      tensor("b", shapes[1], ranges[1]),
      tensor("out", outputShape(...shapes), ranges[2]),
    ],
    operators: [
      {
        operator: "MUL",
        version: 2,
        inputs: ["a", "b"],
        outputs: ["out"],
        options: { fused_activation_function: activation },
      },
    ],
  });
}

/** Largest difference of bytes, and root mean square. */
function distance(found: Uint8Array, expected: Uint8Array, dtype: Dtype): [number, number] {
  const flip = dtype === "int8" ? 0x80 : 0;
  let [largest, squares] = [0, 0];
  for (let i = 0; i < found.length; i++) {
    const error = Math.abs(
      (((found[i] as number) & 255) ^ flip) - (((expected[i] as number) & 255) ^ flip),
    );
    largest = Math.max(largest, error);
    squares += error * error;
  }
  return [largest, Math.sqrt(squares / found.length)];
}

for (const ranges of RANGES) {
  test(`${ranges[0]} × ${ranges[1]} to ${ranges[2]}: within 2 steps`, async () => {
    for (const dtype of DTYPES) {
      for (const [i, shapes] of SHAPES.entries()) {
        const target = TARGETS[i % 2] as string;
        const where = `${target} ${dtype} ${shapes.join(" × ")}`;
        const tflite = model(ranges, shapes, dtype, [0, 1, 3][i % 3] as number);
        const blob = await compile(tflite, { target });
        const [operator] = blob.report.operators;
        assert.is(operator?.placement, "NPU", `${where}: ${operator?.reason}`);
        assert.ok((operator?.error as number) > 0 && (operator?.error as number) <= 0.7, where);
        const inputs = shapes.map((shape, j) => new Random(7 + j).bytes(elementsOf(shape)));
        const [[found]] = (await runBlob(blob, [inputs])) as [[Uint8Array]];
        const cpu = await compile(tflite, { target, cpuOnly: true });
        const [[expected]] = (await runBlob(cpu, [inputs])) as [[Uint8Array]];
        const [largest, rms] = distance(found, expected, dtype);
        assert.ok(largest <= 2 && rms <= 0.7, `${where}: ${largest}, ${rms}`);
      }
    }
  });
}

test("the expected error is that of all pairs of bytes", async () => {
  const shapes: [number[], number[]] = [
    [1, 256, 1, 1],
    [1, 1, 256, 1],
  ];
  const all = Uint8Array.from({ length: 256 }, (_, i) => i);
  for (const target of TARGETS) {
    for (const ranges of RANGES) {
      const tflite = model(ranges, shapes, "uint8", 0);
      const blob = await compile(tflite, { target });
      const [[found]] = (await runBlob(blob, [[all, all]])) as [[Uint8Array]];
      const cpu = await compile(tflite, { target, cpuOnly: true });
      const [[expected]] = (await runBlob(cpu, [[all, all]])) as [[Uint8Array]];
      const counted = [...expected.keys()].filter(
        (i) => found[i] !== expected[i] || (expected[i] !== 0 && expected[i] !== 255),
      );
      const squares = counted.map((i) => ((found[i] as number) - (expected[i] as number)) ** 2);
      const rms = Math.sqrt(squares.reduce((sum, one) => sum + one, 0) / counted.length);
      const error = blob.report.operators[0]?.error as number;
      assert.ok(
        Math.abs(rms - error) < 0.01,
        `${target} ${ranges.join(" ")}: ${rms}, not ${error}`,
      );
    }
  }
});

test("products of far finer steps than tables have stay on the CPU, with their error", async () => {
  const shape = [1, 8, 8, 8];
  const ranges: Range[] = [
    [-4, 4],
    [-4, 4],
    [-1, 1],
  ];
  const { report } = await compile(model(ranges, [shape, shape], "uint8", 0), { target: "a311d" });
  assert.match(
    report.operators[0]?.reason ?? "",
    /up to \d+ steps off, in the root mean square \d/,
  );
});

test.run();
