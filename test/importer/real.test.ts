import { readFileSync } from "node:fs";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { compile, RealNetwork, Session } from "../../host/index.ts";
import { fails } from "../host/errors.ts";
import { NETWORKS, type Network } from "../measure/quality/networks.ts";
import { samplesOf } from "../measure/quality/samples.ts";
import { hasShared, SHARED } from "../support/shared.ts";
import { writeOnnx } from "./onnx-writer.ts";
import {
  distanceOf,
  type Entry,
  entries,
  generatedReals,
  modelOf,
  referenceOf,
  toStorage,
} from "./oracle.ts";

/** The largest difference to the oracle, in parts of the output's range. */
const MOST = 1e-3;

const SHAPES: Record<string, Record<string, number[]>> = {
  "ppocr_cls_mobile_v2.onnx": { x: [1, 3, 48, 192] },
};
/** Shapes that are computed while it runs, and weights of 8 bits beside real numbers. */
const NOT_TAKEN = ["dilated_conv.tflite", "kws_float32.tflite"];

const models = hasShared("real networks")
  ? entries().filter(({ file, kind, references }) => {
      const isReal = kind.startsWith("float") && !file.startsWith("refuse/");
      return isReal && references.includes("generated") && !NOT_TAKEN.includes(file);
    })
  : [];

for (const entry of models) {
  test(`${entry.file} is computed in real numbers as the oracle computes it`, async () => {
    const network = await RealNetwork.open(modelOf(entry), { shapes: SHAPES[entry.file] ?? {} });
    const inputs = generatedReals(entry).map((values, i) => {
      return stored(values, entry.inputs[i]?.shape, network.inputs[i]?.shape);
    });
    const outputs = network.compute(inputs);
    const expected = referencesOf(entry, network);
    assert.is(outputs.length, expected.length);
    expected.forEach((truth, i) => {
      const { most } = distanceOf(outputs[i] as Float32Array, truth);
      assert.ok(most <= MOST, `${most}`);
    });
  });
}

function stored(values: Float32Array, from: number[] = [], to: number[] = []): Float32Array {
  return toStorage(values, from, to);
}

function referencesOf(entry: Entry, network: RealNetwork): Float32Array[] {
  return referenceOf(entry).map((truth, i) => {
    return stored(truth, entry.outputs[i]?.shape, network.outputs[i]?.shape);
  });
}

/** A convolution of 3 × 3, a rectification, and one of 1 × 1 with a result far below the first. */
function twoLayers(): Uint8Array {
  const weights = Array.from({ length: 4 * 2 * 9 }, (_, i) => Math.sin(i * i));
  const narrow = Array.from({ length: 3 * 4 }, (_, i) => Math.cos(3 * i) / 8);
  return writeOnnx({
    inputs: [{ name: "x", shape: [1, 2, 8, 8] }],
    outputs: ["y"],
    initializers: [
      { name: "w", type: 1, shape: [4, 2, 3, 3], values: weights },
      { name: "v", type: 1, shape: [3, 4, 1, 1], values: narrow },
    ],
    nodes: [
      { operator: "Conv", inputs: ["x", "w"], outputs: ["a"], attributes: { pads: [1, 1, 1, 1] } },
      { operator: "Relu", inputs: ["a"], outputs: ["b"] },
      { operator: "Conv", inputs: ["b", "v"], outputs: ["y"] },
    ],
  });
}

async function samplesFor(network: RealNetwork, count: number): Promise<RealNetwork> {
  for (let k = 0; k < count; k++) {
    network.addSample([Float32Array.from({ length: 128 }, (_, i) => Math.sin(i * (k + 1)))]);
  }
  return network;
}

test("a small network keeps 35 dB of its outputs, and the same samples give the same bytes", async () => {
  const first = await samplesFor(await RealNetwork.open(twoLayers()), 8);
  const second = await samplesFor(await RealNetwork.open(twoLayers()), 8);
  const parts: number[] = [];
  const { model, outputs, values } = first.quantize((part) => parts.push(part));
  assert.equal(model, second.quantize().model);
  assert.is(outputs.length, 1);
  assert.ok((outputs[0]?.decibels ?? 0) > 35, `${outputs[0]?.decibels}`);
  assert.equal(
    values.map(({ name }) => name),
    ["x", "b", "y"],
  );
  assert.ok(parts.every((part, i) => part >= (parts[i - 1] ?? 0) && part <= 1));
});

/** y = relu(a + b), where a goes down to about −200 and b up to 1. */
function rectifiedSum(): Uint8Array {
  const weights = Array.from({ length: 4 * 2 }, (_, i) => 1 + Math.sin(i));
  const steep = Array.from({ length: 4 * 4 }, (_, i) => -25 * (1 + Math.cos(i)));
  return writeOnnx({
    inputs: [{ name: "x", shape: [1, 2, 8, 8] }],
    outputs: ["y"],
    initializers: [
      { name: "w", type: 1, shape: [4, 2, 1, 1], values: weights },
      { name: "u", type: 1, shape: [4, 2, 1, 1], values: weights.map((weight) => weight / 4) },
      { name: "v", type: 1, shape: [4, 4, 1, 1], values: steep },
      { name: "one", type: 1, shape: [4], values: [1, 1, 1, 1] },
    ],
    nodes: [
      { operator: "Conv", inputs: ["x", "w"], outputs: ["a"] },
      { operator: "Relu", inputs: ["a"], outputs: ["b"] },
      { operator: "Conv", inputs: ["b", "v", "one"], outputs: ["c"] },
      { operator: "Conv", inputs: ["x", "u"], outputs: ["d"] },
      { operator: "Add", inputs: ["c", "d"], outputs: ["e"] },
      { operator: "Relu", inputs: ["e"], outputs: ["f"] },
      { operator: "Conv", inputs: ["f", "v"], outputs: ["y"] },
    ],
  });
}

test("the operand of a rectified sum has no range below what the other one can make up for", async () => {
  const network = await samplesFor(await RealNetwork.open(rectifiedSum()), 4);
  const { values } = network.quantize();
  const sum = values.find(({ name }) => name === "f");
  assert.ok((sum?.decibels ?? 0) > 18, `${sum?.decibels}`);
});

/** SiLU of numbers from about −200 to 2, and a convolution of the result. */
function lowSilu(): Uint8Array {
  const weights = Array.from({ length: 4 * 2 }, (_, i) => 50 + 49 * Math.sin(i));
  return writeOnnx({
    inputs: [{ name: "x", shape: [1, 2, 8, 8] }],
    outputs: ["y"],
    initializers: [
      { name: "w", type: 1, shape: [4, 2, 1, 1], values: weights },
      { name: "two", type: 1, shape: [1], values: [2] },
      { name: "v", type: 1, shape: [3, 4, 1, 1], values: weights.concat(weights.slice(4)) },
    ],
    nodes: [
      { operator: "Conv", inputs: ["x", "w"], outputs: ["a"] },
      { operator: "Min", inputs: ["a", "two"], outputs: ["b"] },
      { operator: "Sigmoid", inputs: ["b"], outputs: ["s"] },
      { operator: "Mul", inputs: ["b", "s"], outputs: ["c"] },
      { operator: "Conv", inputs: ["c", "v"], outputs: ["y"] },
    ],
  });
}

test("the input of SiLU has no range where SiLU is flat", async () => {
  const network = await samplesFor(await RealNetwork.open(lowSilu()), 4);
  const { values } = network.quantize();
  const silu = values.find(({ name }) => name === "c");
  assert.ok((silu?.decibels ?? 0) > 24, `${silu?.decibels}`);
});

/** Two convolutions with a depthwise one between them; one channel between is 500 times the others. */
function unevenChannels(): Uint8Array {
  const scales = [1, 500, 1, 1, 1, 1];
  const weights = scales.flatMap((scale, c) => [scale * Math.sin(c + 1), scale * Math.cos(c)]);
  const windows = scales.flatMap((scale, c) =>
    Array.from({ length: 9 }, (_, i) => Math.sin(c + i) / scale),
  );
  const last = Array.from({ length: 3 * 6 }, (_, i) => Math.cos(i));
  return writeOnnx({
    inputs: [{ name: "x", shape: [1, 2, 8, 8] }],
    outputs: ["y"],
    initializers: [
      { name: "w", type: 1, shape: [6, 2, 1, 1], values: weights },
      { name: "v", type: 1, shape: [6, 1, 3, 3], values: windows },
      { name: "u", type: 1, shape: [3, 6, 1, 1], values: last },
    ],
    nodes: [
      { operator: "Conv", inputs: ["x", "w"], outputs: ["a"] },
      { operator: "Sigmoid", inputs: ["a"], outputs: ["s"] },
      { operator: "Mul", inputs: ["a", "s"], outputs: ["b"] },
      { operator: "Conv", inputs: ["b", "v"], outputs: ["c"], attributes: { group: 6 } },
      { operator: "Conv", inputs: ["c", "u"], outputs: ["y"] },
    ],
  });
}

test("channels that one scale would ruin get scales of their own", async () => {
  const network = await samplesFor(await RealNetwork.open(unevenChannels()), 4);
  const { values, outputs } = network.quantize();
  const groups = values.filter(({ name }) => name.startsWith("b of group"));
  assert.is(groups.length, 3);
  assert.ok(groups.every(({ decibels }) => decibels > 30));
  assert.ok((outputs[0]?.decibels ?? 0) > 25, `${outputs[0]?.decibels}`);
});

if (hasShared("a residual network and its data")) {
  test("a residual network keeps 29 dB of its scores on samples that were held back", async () => {
    const network = NETWORKS.find(({ name }) => name === "resnet8") as Network;
    const real = await RealNetwork.open(readFileSync(`${SHARED}/onnx/models/${network.file}`));
    const shape = real.inputs[0]?.shape ?? [];
    for (const { values } of await samplesOf(network, "calibrate", shape, 24))
      real.addSample([values]);
    real.setInputRange(0, network.range);
    const best = Math.max(...real.quantize().ways.map(({ decibels }) => decibels));
    assert.ok(best > 29, `${best}`);
  });
}

test("a tensor that is kept in float32 has no noise of its own, and an unknown one is refused", async () => {
  const network = await samplesFor(await RealNetwork.open(unevenChannels()), 4);
  network.keepFloat("c");
  const { values, model } = network.quantize();
  assert.equal(
    values.map(({ name }) => name),
    ["x", "a"],
  );
  assert.ok((await compile(model, { target: "a311d" })).length > 0);
  const { found } = await fails("BAD_OPTION", async () => network.keepFloat("nowhere"));
  assert.is(found, "nowhere");
});

test("as int8, the same network computes what it computes in float32", async () => {
  const network = await samplesFor(await RealNetwork.open(twoLayers()), 8);
  const reals = await RealNetwork.open(twoLayers());
  network.useInt8();
  const blob = await compile(network.quantize().model, { target: "a311d", cpuOnly: true });
  const session = await Session.create(blob, { device: "emulator" });
  const [input, output] = [session.inputs[0], session.outputs[0]];
  assert.equal([input?.dtype, output?.dtype], ["int8", "int8"]);
  const { scale = 1, zeroPoint = 0 } = input?.quantization ?? {};
  const values = Float32Array.from({ length: 128 }, (_, i) => Math.sin(i));
  const codes = Int8Array.from(values, (value) => Math.round(value / scale) + zeroPoint);
  const results = await session.run({ [input?.name ?? ""]: codes });
  const stored = results[output?.name ?? ""] as Int8Array;
  const { scale: step = 1, zeroPoint: zero = 0 } = output?.quantization ?? {};
  const found = Float32Array.from(stored, (code) => (code - zero) * step);
  const { most } = distanceOf(found, reals.compute([values])[0] as Float32Array);
  assert.ok(most < 0.05, `${most}`);
  await session.release();
});

test("a model that has scales already, and samples of another length, are refused", async () => {
  const quantized = (await samplesFor(await RealNetwork.open(twoLayers()), 2)).quantize().model;
  const { expected } = await fails("UNSUPPORTED_MODEL", () => RealNetwork.open(quantized));
  assert.is(expected, "a model of real numbers");
  const network = await RealNetwork.open(twoLayers());
  const error = await fails("BAD_INPUT", async () => network.addSample([new Float32Array(3)]));
  assert.is(error.found, "3");
});

test.run();
