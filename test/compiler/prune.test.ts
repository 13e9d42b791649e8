import { test } from "uvu";
import * as assert from "uvu/assert";
import { compile, openBlob, Session } from "../../host/index.ts";
import { buildModel } from "../../host/tflite/builder.ts";
import { fails } from "../host/errors.ts";

const quantization = { scale: 1, zeroPoint: 0 };
const tensor = (name: string) => ({ name, shape: [1, 4], dtype: "uint8" as const, quantization });

/**
 *   a ── RELU ── b ── ADD ── d ── RELU6 ── e
 *   x ── RELU ── c ──┘
 *   y ── RELU ── z
 */
const model = buildModel({
  inputs: ["a", "x", "y"],
  outputs: ["e", "z"],
  tensors: ["a", "x", "y", "b", "z", "c", "d", "e"].map(tensor),
  operators: [
    { operator: "RELU", inputs: ["a"], outputs: ["b"] },
    { operator: "RELU", inputs: ["y"], outputs: ["z"] },
    { operator: "RELU", inputs: ["x"], outputs: ["c"] },
    { operator: "ADD", inputs: ["b", "c"], outputs: ["d"], options: {} },
    { operator: "RELU6", inputs: ["d"], outputs: ["e"] },
  ],
});
const options = { target: "a311d", cpuOnly: true };

test("ends at a tensor, with what it depends on and nothing else", async () => {
  const blob = await compile(model, { ...options, stopAt: "d" });
  const { operators, inputs, outputs, tensors } = openBlob(blob);
  const names = (indices: number[]) => indices.map((index) => tensors[index]?.name);
  assert.equal(
    operators.map(({ index, name }) => [index, name]),
    [
      [0, "RELU"],
      [1, "RELU"],
      [2, "ADD"],
    ],
  );
  assert.equal(names(inputs), ["a", "x"]);
  assert.equal(names(outputs), ["d"]);
  const session = await Session.create(blob);
  const { d } = await session.run({ a: Uint8Array.of(1, 2, 3, 4), x: Uint8Array.of(9, 8, 7, 200) });
  assert.equal(d, Uint8Array.of(10, 10, 10, 204));
});

test("lets a tensor in the middle be both read and an output", async () => {
  const whole = await compile(model, { ...options, exposeAll: true });
  const { outputs, tensors } = openBlob(whole);
  assert.equal(
    outputs.map((index) => tensors[index]?.name),
    ["b", "z", "c", "d", "e"],
  );
});

test("names the nearest tensors where there is none of the name", async () => {
  for (const stopAt of ["dd", "a"]) {
    const error = await fails("BAD_OPTION", () => compile(model, { ...options, stopAt }));
    assert.match(error.expected, /^a computed tensor such as \w, \w or \w$/);
    assert.is(error.found, `stopAt is ${JSON.stringify(stopAt)}`);
  }
  const error = await fails("BAD_OPTION", () => compile(model, { ...options, stopAt: "dd" }));
  assert.match(error.expected, / such as d,/);
});

test("refuses an empty name", async () => {
  await fails("BAD_OPTION", () => compile(model, { ...options, stopAt: "" }));
});

test.run();
