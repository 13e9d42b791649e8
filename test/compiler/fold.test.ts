import { test } from "uvu";
import * as assert from "uvu/assert";
import type { TypedArray } from "../../host/dtype.ts";
import { compile, Session } from "../../host/index.ts";
import { fails } from "../host/errors.ts";
import { constant, FOLDS, type Fold, foldModel } from "../support/folds.ts";
import { runModel } from "../support/runs.ts";
import { hasShared, readShared } from "../support/shared.ts";

// What is known when a model is compiled: shapes, and what is computed from them and from
// constants.

const CORES = ["a311d", "imx8mp"];
async function outputsOf(model: Uint8Array, target: string) {
  const blob = await compile(model, { target });
  const session = await Session.create(blob, { device: "emulator" });
  try {
    const feeds = session.inputs.map(({ name, shape }) => {
      return [name, new Int8Array(shape.reduce((a, b) => a * b, 1))];
    });
    const outputs = await session.run(Object.fromEntries(feeds) as Record<string, TypedArray>);
    return { report: blob.report, infos: session.outputs, outputs: Object.values(outputs) };
  } finally {
    await session.release();
  }
}

for (const [what, operator, inputs, outputs, options] of FOLDS) {
  test(`known: ${what} (${operator})`, async () => {
    const model = foldModel([[what, operator, inputs, outputs, options]]);
    const { report, infos, outputs: found } = await outputsOf(model, "a311d");
    assert.equal(report.operators, []);
    outputs.forEach(([dtype, values, shape = [values.length]], i) => {
      const expected = constant("", [dtype, values]).data as TypedArray;
      assert.equal(infos[i]?.shape, shape);
      assert.equal([...(found[i] as TypedArray)], [...expected]);
    });
  });
}

// Where TFLite fails, or a result would not be exact, the operator stays.
// biome-ignore format: a table
const NOT_FOLDED: Fold[] = [
  ["a division by zero", "DIV", [["int32", [1]], ["int32", [0]]], [["int32", [0]]]],
  ["a sum of quantized bytes", "ADD", [["int8", [1]], ["int8", [1]]], [["int8", [1]]]],
  ["a float beyond all integers", "CAST", [["float32", [1e20]]], [["int32", [0]]]],
  ["half a gigabyte of one number", "FILL", [["int32", [16384, 8192]], ["int32", [1], []]], [["int32", [0], [16384, 8192]]]],
];

for (const [what, operator, inputs, outputs, options] of NOT_FOLDED) {
  test(`not known: ${what}`, async () => {
    const { report } = await compile(foldModel([[what, operator, inputs, outputs, options]]), {
      target: "a311d",
    });
    assert.is(report.operators[0]?.name, operator);
  });
}

/** What reads beyond its input; LiteRT would not check it. */
// biome-ignore format: a table
const BEYOND: Fold[] = [
  ["an index that is not there", "GATHER", [["int32", [1, 2, 3]], ["int32", [3]]], [["int32", [0]]], { axis: 0 }],
  ["a slice beyond the end", "SLICE", [["int32", [1, 2, 3]], ["int32", [1]], ["int32", [4]]], [["int32", [0, 0, 0, 0]]]],
];

for (const [what, operator, inputs, outputs, options] of BEYOND) {
  test(`refused: ${what}`, async () => {
    const model = foldModel([[what, operator, inputs, outputs, options]]);
    const { message } = await fails("UNSUPPORTED_OPERATOR", () =>
      compile(model, { target: "a311d" }),
    );
    assert.match(message, operator);
    assert.match(message, "LiteRT does not check that");
  });
}

/** Cases beside the checkout, with the right values of their outputs that are known. */
const CASES: Record<string, number[]> = {
  shape: [1, 6, 6, 20],
  shape_strided_slice: [1],
  "shape-only": [1, 8, 8, 32],
  "shape-slice-only": [1],
};

if (hasShared("models whose shapes are computed")) {
  for (const target of CORES) {
    for (const [name, values] of Object.entries(CASES)) {
      test(`${name} on ${target}`, async () => {
        const outputs = await runModel(readShared(`cases/${name}.tflite`), { target });
        assert.equal([...(outputs.at(-1) ?? [])], values);
      });
    }

    test(`a constant tiled by computed multiples on ${target}`, async () => {
      const model = readShared("cases/tile_computed_multiples.tflite");
      const [count, tiled] = await runModel(model, { target });
      assert.equal([...(count ?? [])], [1]);
      // The constant lies in the file as it is, and all multiples are 1.
      assert.is(tiled?.length, 720);
      assert.ok(Buffer.from(model).includes(Buffer.from(tiled as Int8Array)));
    });

    for (const [name, before] of [
      ["keras-dynamic-flatten", "y"],
      ["reshape_computed_shape", undefined],
      ["reshape_computed_shape_min", undefined],
    ] as const) {
      test(`${name} on ${target}`, async () => {
        const model = readShared(`cases/${name}.tflite`);
        const [found = new Int8Array()] = await runModel(model, { target });
        const [expected = new Int8Array()] = await runModel(model, { target, cpuOnly: true });
        assert.is(found.length, expected.length);
        assert.ok(found.every((value, i) => Math.abs(value - (expected[i] as number)) <= 1));
        if (!before) return;
        const [image] = await runModel(model, { target, stopAt: before });
        assert.equal([...found], [...(image ?? [])]);
      });
    }
  }

  test("an operand that only carries a shape is bound nowhere", async () => {
    const model = readShared("cases/reshape_computed_shape.tflite");
    const { report } = await compile(model, { target: "a311d" });
    assert.equal(
      report.operators.map(({ name, placement }) => `${name} ${placement}`),
      ["MEAN NPU", "RESHAPE NPU", "CONV_2D NPU"],
    );
  });
}

test.run();
