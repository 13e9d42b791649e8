import { test } from "uvu";
import * as assert from "uvu/assert";
import { openBlob } from "../../host/blob/open.ts";
import { compile, Session } from "../../host/index.ts";
import { loadLiteRtWith } from "../../host/litert/module.ts";
import { loadInstalledLiteRt, loadLiteRtFrom } from "../../host/litert/node.ts";
import { buildModel } from "../../host/tflite/builder.ts";
import { fails } from "./errors.ts";

const SCALE = 1 / 16;
const COUNT = 256;
const bytes = Uint8Array.from({ length: COUNT }, (_, i) => i);

/** Two operators that nolfet has no kernel for, between two that it has one for. */
const model = buildModel({
  inputs: ["x"],
  outputs: ["y"],
  tensors: [
    feature("x", [1, 1, 1, COUNT]),
    feature("relu", [1, 1, 1, COUNT]),
    feature("swish", [1, 1, 1, COUNT]),
    feature("tanh", [1, 1, 1, COUNT]),
    feature("y", [1, COUNT]),
  ],
  operators: [
    { operator: "RELU6", inputs: ["x"], outputs: ["relu"] },
    { operator: "HARD_SWISH", inputs: ["relu"], outputs: ["swish"] },
    { operator: "TANH", inputs: ["swish"], outputs: ["tanh"] },
    { operator: "RESHAPE", inputs: ["tanh"], outputs: ["y"] },
  ],
});

function feature(name: string, shape: number[]) {
  const scale = name === "tanh" || name === "y" ? 1 / 128 : SCALE;
  const quantization = { scale, zeroPoint: 0 };
  return { name, shape, dtype: "int8" as const, quantization };
}

test("stores what no kernel runs as a model of its own", async () => {
  const { segments, tensors } = openBlob(await compile(model, { target: "a311d", cpuOnly: true }));
  assert.equal(
    segments.map(({ operators, model }) => [operators, model.length > 0]),
    [
      [[0], false],
      [[1, 2], true],
      [[3], false],
    ],
  );
  const names = (indices: number[]) => indices.map((index) => tensors[index]?.name);
  assert.equal(names(segments[1]?.modelInputs ?? []), ["relu"]);
  assert.equal(names(segments[1]?.modelOutputs ?? []), ["swish", "tanh"]);
});

test("names the operators and the package where it is absent", async () => {
  const blob = await compile(model, { target: "a311d", cpuOnly: true });
  loadLiteRtWith(() => loadLiteRtFrom("/nowhere"));
  const error = await fails("UNSUPPORTED_OPERATOR", () => Session.create(blob));
  assert.equal(error.place, { kind: "OPERATOR", at: 1 });
  assert.match(error.found, /^HARD_SWISH, TANH \(/);
  assert.match(error.expected, /the package @litertjs\/core/);
  loadLiteRtWith(loadInstalledLiteRt);
});

test("runs them where it is there", async () => {
  const session = await Session.create(await compile(model, { target: "a311d", cpuOnly: true }));
  const { y } = await session.run({ x: new Int8Array(bytes.buffer) });
  const again = await session.run({ x: new Int8Array(bytes.buffer) });
  assert.equal(again.y, y);
  new Int8Array(bytes.buffer).forEach((value, i) => {
    const relu = Math.min(6, Math.max(0, value * SCALE));
    const swish = (relu * Math.min(6, relu + 3)) / 6;
    const expected = Math.min(127, Math.round(128 * Math.tanh(swish)));
    const found = y?.[i] as number;
    assert.ok(Math.abs(found - expected) <= 4, `${value}: ${found}, expected ${expected}`);
  });
  await session.release();
});

test.run();
