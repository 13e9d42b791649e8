import { test } from "uvu";
import * as assert from "uvu/assert";
import { elementsOf } from "../../host/dtype.ts";
import { compile } from "../../host/index.ts";
import { buildModel, type ModelSpec, type TensorSpec } from "../../host/tflite/builder.ts";
import { compare } from "../support/compare.ts";
import { type OperatorLayer, operatorLayer } from "../support/operator-layer.ts";
import { Random } from "../support/random.ts";
import { runModel } from "../support/runs.ts";

// The greatest and the least over dimensions and planes, byte for byte as the CPU's kernels have them.

type Layer = Omit<OperatorLayer, "dtype">;

/** From a shape over axes, with and without the dimensions that are reduced. */
function reductions(operator: string): Layer[] {
  const cases: [from: number[], axes: number[]][] = [
    [
      [1, 7, 5, 3],
      [1, 2],
    ],
    [
      [1, 7, 5, 3],
      [2, 1],
    ],
    [
      [1, 16, 1, 8],
      [1, 2],
    ],
    [
      [1, 64, 48, 4],
      [1, 2],
    ],
    [[1, 33, 2, 300], [-3]],
    [
      [1, 9, 4, 6],
      [0, 1],
    ],
    [
      [1, 6, 5, 3],
      [1, 2, 3],
    ],
    [[1, 40, 6], [1]],
    [[50, 6], [0]],
    [[1, 300], [1]],
    [[7, 6], [1]],
    [[1, 5, 6, 8], [3]],
    [[1, 5, 6, 8], [2]],
    [
      [1, 4, 6, 5],
      [1, 3],
    ],
  ];
  return cases.flatMap(([from, axes]) =>
    [true, false].map((keep_dims) => {
      const rank = from.length;
      const isReduced = (_: number, i: number) => axes.some((axis) => (axis + rank) % rank === i);
      const to = keep_dims
        ? from.map((extent, i) => (isReduced(extent, i) ? 1 : extent))
        : from.filter((extent, i) => !isReduced(extent, i));
      return { operator, from, to, constants: [axes], options: { keep_dims } };
    }),
  );
}

function pools(): Layer[] {
  const pool = (
    from: number[],
    to: number[],
    window: [number, number],
    stride: [number, number],
  ) => ({
    operator: "MAX_POOL_2D",
    from,
    to,
    options: {
      padding: 1,
      filter_height: window[0],
      filter_width: window[1],
      stride_h: stride[0],
      stride_w: stride[1],
    },
  });
  return [
    pool([1, 7, 5, 3], [1, 4, 3, 3], [1, 1], [2, 2]),
    pool([1, 7, 9, 3], [1, 7, 3, 3], [1, 1], [1, 3]),
    pool([1, 7, 20, 3], [1, 1, 1, 3], [7, 20], [1, 1]),
    pool([1, 50, 64, 8], [1, 1, 1, 8], [50, 64], [50, 64]),
  ];
}

for (const target of ["a311d", "imx8mp"]) {
  for (const dtype of ["uint8", "int8"] as const) {
    for (const [what, layers] of [
      ["REDUCE_MAX", reductions("REDUCE_MAX")],
      ["REDUCE_MIN", reductions("REDUCE_MIN")],
      ["pools", pools()],
    ] as const) {
      test(`${what} of ${dtype} on ${target}`, async () => {
        for (const layer of layers) {
          const name = JSON.stringify(layer);
          const { model, elements } = operatorLayer({ ...layer, dtype });
          const { report } = await compile(model, { target });
          assert.is(report.operators[0]?.reason, undefined, name);
          const input = new Random(elements).bytes(elements);
          const [found] = await runModel(model, { target }, [input]);
          const [wanted] = await runModel(model, { target, cpuOnly: true }, [input]);
          assert.equal(found, wanted, name);
        }
      });
    }
  }
}

for (const target of ["a311d", "imx8mp"]) {
  test(`means and sums over any dimensions on ${target}`, async () => {
    for (const dtype of ["uint8", "int8"] as const) {
      for (const layer of [...reductions("MEAN"), ...reductions("SUM")]) {
        const name = JSON.stringify(layer);
        const terms = layer.operator === "SUM" ? elementsOf(layer.from) / elementsOf(layer.to) : 1;
        const output = { scale: 0.031 * terms, zeroPoint: 12 };
        const { model, elements } = operatorLayer({ ...layer, dtype, output });
        const { report } = await compile(model, { target });
        assert.is(report.operators[0]?.reason, undefined, name);
        const input = new Random(elements).bytes(elements);
        const [found] = await runModel(model, { target }, [input]);
        const [wanted] = await runModel(model, { target, cpuOnly: true }, [input]);
        const { largest } = compare(found as Uint8Array, wanted as Uint8Array);
        assert.ok(largest <= 1, `${largest} apart: ${name}`);
      }
    }
  });
}

for (const target of ["a311d", "imx8mp"]) {
  test(`movements read what was reduced on ${target}`, async () => {
    for (const operator of ["MEAN", "REDUCE_MAX", "REDUCE_MIN"]) {
      for (const [axes, kept] of [
        [[2], [1, 1, 8]],
        [
          [1, 2],
          [1, 8],
        ],
      ] as const) {
        const model = buildModel(everySecond(operator, axes, kept));
        const input = new Random(9).bytes(1 * 1 * 3 * 8);
        const [found] = await runModel(model, { target }, [input]);
        const [wanted] = await runModel(model, { target, cpuOnly: true }, [input]);
        const { largest } = compare(found as Uint8Array, wanted as Uint8Array);
        assert.ok(largest <= 1, `${largest} apart: ${operator} over ${axes}`);
      }
    }
  });
}

/** A reduction, and a slice of every second channel. */
function everySecond(
  operator: string,
  axes: readonly number[],
  kept: readonly number[],
): ModelSpec {
  const quantization = { scale: 0.03, zeroPoint: 5 };
  const tensor = (name: string, shape: readonly number[]): TensorSpec => {
    return { name, shape: [...shape], dtype: "uint8", quantization };
  };
  const list = (name: string, values: readonly number[]): TensorSpec => {
    return { name, shape: [values.length], dtype: "int32", data: Int32Array.from(values) };
  };
  return {
    inputs: ["in"],
    outputs: ["out"],
    tensors: [
      tensor("in", [1, 1, 3, 8]),
      list("axes", axes),
      tensor("reduced", kept),
      list(
        "begins",
        kept.map(() => 0),
      ),
      list("ends", kept),
      list("steps", [...kept.slice(1).map(() => 1), 2]),
      tensor("out", [...kept.slice(0, -1), 4]),
    ],
    operators: [
      { operator, inputs: ["in", "axes"], outputs: ["reduced"], options: { keep_dims: false } },
      {
        operator: "STRIDED_SLICE",
        inputs: ["reduced", "begins", "ends", "steps"],
        outputs: ["out"],
        options: { begin_mask: 0 },
      },
    ],
  };
}

test.run();
