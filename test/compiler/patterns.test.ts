import { readFileSync } from "node:fs";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { type CompileOptions, compile } from "../../host/index.ts";
import {
  buildModel,
  type ModelSpec,
  type OperatorSpec,
  type TensorSpec,
} from "../../host/tflite/builder.ts";
import { compare } from "../support/compare.ts";
import { Random } from "../support/random.ts";
import { runModel } from "../support/runs.ts";

// Small graphs whose trouble lies between the operators or at a limit, against the CPU kernels.

const QUANTIZATION = { scale: 0.05, zeroPoint: 30 };

interface Case {
  what: string;
  /** Of the only input. */
  shape: number[];
  tensors: Record<string, number[]>;
  operators: OperatorSpec[];
  outputs: string[];
  constants?: Record<string, ArrayBufferView>;
  options?: Partial<CompileOptions>;
  /** Steps that results may be apart; additions round their weights. */
  largest?: number;
}

const add = (a: string, b: string, out: string): OperatorSpec => ({
  operator: "ADD",
  inputs: [a, b],
  outputs: [out],
});
const relu = (a: string, out: string): OperatorSpec => ({
  operator: "RELU",
  inputs: [a],
  outputs: [out],
});
const join = (inputs: string[], out: string, axis = 3): OperatorSpec => ({
  operator: "CONCATENATION",
  inputs,
  outputs: [out],
  options: { axis },
});

const CASES: Case[] = [
  {
    what: "a tensor added to itself",
    shape: [1, 6, 6, 8],
    tensors: { a: [1, 6, 6, 8], out: [1, 6, 6, 8] },
    operators: [relu("in", "a"), add("a", "a", "out")],
    outputs: ["out"],
  },
  {
    what: "a tensor in two additions and a concatenation, which is also an output",
    shape: [1, 6, 6, 8],
    tensors: { a: [1, 6, 6, 8], b: [1, 6, 6, 8], c: [1, 6, 6, 8], out: [1, 6, 6, 24] },
    operators: [
      relu("in", "a"),
      add("a", "in", "b"),
      add("b", "a", "c"),
      join(["a", "b", "c"], "out"),
    ],
    outputs: ["out", "a"],
  },
  {
    what: "a concatenation inside another, with a tensor twice",
    shape: [1, 5, 7, 4],
    tensors: { a: [1, 5, 7, 4], b: [1, 5, 7, 8], out: [1, 5, 7, 12] },
    operators: [relu("in", "a"), join(["a", "a"], "b"), join(["b", "a"], "out")],
    outputs: ["out"],
  },
  {
    what: "a view of what is also consumed",
    shape: [1, 4, 6, 8],
    tensors: { a: [1, 4, 6, 8], b: [1, 6, 4, 8], c: [1, 6, 4, 8], out: [1, 4, 6, 8] },
    operators: [
      relu("in", "a"),
      { operator: "RESHAPE", inputs: ["a"], outputs: ["b"] },
      relu("b", "c"),
      add("a", "in", "out"),
    ],
    outputs: ["out", "c"],
  },
  {
    what: "images whose rows are too long for a change of layout",
    shape: [1, 1, 512, 256],
    tensors: { out: [1, 1, 512, 256] },
    operators: [add("in", "in", "out")],
    outputs: ["out"],
  },
  {
    what: "planes and pixels exchanged, and back",
    shape: [1, 4, 6, 8],
    tensors: {
      a: [1, 4, 6, 8],
      b: [1, 8, 4, 6],
      c: [1, 8, 4, 6],
      d: [1, 4, 6, 8],
      out: [1, 4, 6, 8],
    },
    constants: { toPlanes: Int32Array.from([0, 3, 1, 2]), toPixels: Int32Array.from([0, 2, 3, 1]) },
    operators: [
      add("in", "in", "a"),
      { operator: "TRANSPOSE", inputs: ["a", "toPlanes"], outputs: ["b"] },
      relu("b", "c"),
      { operator: "TRANSPOSE", inputs: ["c", "toPixels"], outputs: ["d"] },
      add("d", "in", "out"),
    ],
    outputs: ["out", "c"],
  },
  {
    what: "planes and pixels of two images exchanged",
    shape: [1, 4, 6, 8],
    tensors: { a: [1, 4, 6, 8], b: [2, 2, 6, 8], out: [2, 8, 2, 6] },
    constants: { toPlanes: Int32Array.from([0, 3, 1, 2]) },
    operators: [
      relu("in", "a"),
      { operator: "RESHAPE", inputs: ["a"], outputs: ["b"] },
      { operator: "TRANSPOSE", inputs: ["b", "toPlanes"], outputs: ["out"] },
    ],
    outputs: ["out"],
  },
  {
    what: "a constant that is padded",
    shape: [1, 6, 6, 4],
    tensors: { a: [1, 6, 6, 4], out: [1, 6, 6, 4] },
    constants: {
      weights: Uint8Array.from({ length: 64 }, (_, i) => 7 * i),
      paddings: Int32Array.from([0, 0, 1, 1, 1, 1, 0, 0]),
    },
    operators: [
      { operator: "PAD", inputs: ["weights", "paddings"], outputs: ["a"] },
      add("in", "a", "out"),
    ],
    outputs: ["out"],
  },
  {
    what: "fewer output rows than TP cores",
    shape: [1, 4, 4, 2],
    tensors: { out: [1, 2, 2, 2] },
    operators: [
      {
        operator: "AVERAGE_POOL_2D",
        inputs: ["in"],
        outputs: ["out"],
        options: { padding: 1, stride_h: 2, stride_w: 2, filter_height: 2, filter_width: 2 },
      },
    ],
    outputs: ["out"],
    largest: 1,
  },
];

const TARGETS = ["a311d", "imx8mp", "stm32mp2"];
const DTYPES = ["uint8", "int8"] as const;
const RUNS = TARGETS.flatMap((target) => DTYPES.map((dtype) => ({ target, dtype })));

for (const { what, options, largest = 2, ...graph } of CASES) {
  for (const { target, dtype } of RUNS) {
    test(`${what}, of ${dtype} on ${target}`, async () => {
      const model = buildModel(modelOf(graph, dtype));
      const input = new Random(7).bytes(graph.shape.reduce((a, b) => a * b));
      const found = await runModel(model, { target, ...options }, [input]);
      const expected = await runModel(model, { target, cpuOnly: true }, [input]);
      found.forEach((bytes, i) => {
        const { largest: apart } = compare(bytes, expected[i] as Uint8Array, dtype === "int8");
        assert.ok(apart <= largest, `output ${i}: ${apart} apart`);
      });
    });
  }
}

type Graph = Omit<Case, "what">;

function modelOf(graph: Graph, dtype: (typeof DTYPES)[number]): ModelSpec {
  const { shape, tensors, operators, outputs, constants } = graph;
  const tensor = (name: string, extents: number[]) =>
    ({ name, shape: extents, dtype, quantization: QUANTIZATION }) as const;
  return {
    inputs: ["in"],
    outputs,
    operators,
    tensors: [
      tensor("in", shape),
      ...Object.entries(tensors).map(([name, extents]) => tensor(name, extents)),
      ...Object.entries(constants ?? {}).map(([name, data]) =>
        data instanceof Int32Array
          ? { name, shape: [data.length], dtype: "int32" as const, data }
          : { ...tensor(name, [1, 4, 4, 4]), data },
      ),
    ],
  };
}

/** Every operator that has an NPU pattern must have its operands checked. */
test("operators with a pattern are operators whose operands are checked", () => {
  const codes = (path: string, pattern: RegExp) =>
    [...readFileSync(new URL(path, import.meta.url), "utf8").matchAll(pattern)].map(
      ([, name]) => name,
    );
  const patterns = codes(
    "../../assembly/compiler/legalize/patterns.ts",
    /new Pattern\(Builtin\.(\w+)/g,
  );
  const operands = codes(
    "../../assembly/compiler/read/operands.ts",
    /new Operands\(Builtin\.(\w+)/g,
  );
  assert.ok(patterns.length > 10);
  assert.equal(
    patterns.filter((name) => !operands.includes(name)),
    [],
  );
});

test("a command stream that no submission takes is refused", async () => {
  const shape = [1, 64, 64, 8192];
  const names = Array.from({ length: 60 }, (_, i) => `t${i}`);
  const tensor = (name: string) =>
    ({ name, shape, dtype: "uint8", quantization: QUANTIZATION }) as const;
  const weights: TensorSpec = {
    name: "weights",
    shape: [1, 3, 3, 8192],
    dtype: "uint8",
    quantization: { scale: 0.01, zeroPoint: 0 },
    data: new Uint8Array(9 * 8192),
  };
  const model = buildModel({
    tensors: [...names.map(tensor), weights],
    operators: names.slice(1).map((name, i) => ({
      operator: "DEPTHWISE_CONV_2D",
      inputs: [names[i] as string, "weights"],
      outputs: [name],
      options: { padding: 0, stride_h: 1, stride_w: 1, depth_multiplier: 1 },
    })),
    inputs: ["t0"],
    outputs: ["t59"],
  });
  const error = await compile(model, { target: "a311d" }).catch((error) => error);
  assert.is(error.code, "TOO_LARGE");
  assert.match(error.expected, /words in a command stream/);
});

test.run();
