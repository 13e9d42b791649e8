import { test } from "uvu";
import * as assert from "uvu/assert";
import { elementsOf, type TypedArray } from "../../host/dtype.ts";
import type { ModelSpec, OperatorSpec, TensorSpec } from "../../host/tflite/builder.ts";
import { Random } from "../support/random.ts";
import { drawNetwork } from "./draw.ts";
import { exactResults } from "./exact/exact.ts";
import { judge } from "./judge.ts";
import { faultOfOperator } from "./laws.ts";
import { computed, type Network, tensorOf } from "./network.ts";
import { scaleOf } from "./quantizations.ts";
import { runOnCpu, valuesIn } from "./run.ts";

// What the judge of drawn networks takes and refuses, an operator each.

function tensor(name: string, shape: number[], scale: number, zeroPoint: number): TensorSpec {
  const quantization = { scale: Math.fround(scale), zeroPoint };
  return { name, shape, dtype: "int8", quantization };
}

function network(target: string, x: TensorSpec, y: TensorSpec, operator: OperatorSpec): Network {
  const spec = { tensors: [x, y], operators: [operator], inputs: ["x"], outputs: ["y"] };
  const feeds = new Map([["x", new Random(1).bytes(elementsOf(x.shape))]]);
  return { spec, options: { target }, feeds, known: new Map() };
}

test("pairs of pixels halfway between two steps may become either", async () => {
  const shape = [1, 2, 1, 298];
  const [x, y] = [tensor("x", shape, 0.03647, -128), tensor("y", [1, 1, 1, 298], 0.03647, -128)];
  const options = { padding: 1, stride_h: 1, stride_w: 1, filter_height: 2, filter_width: 1 };
  const pool = { operator: "AVERAGE_POOL_2D", inputs: ["x"], outputs: ["y"], options };
  const { outcome, onNpu } = await judge(network("imx8mp", x, y, pool));
  assert.equal({ outcome, onNpu }, { outcome: "right", onNpu: 1 });
});

test("a function that TFLite rounds twice may be rounded once", async () => {
  const shape = [1, 37, 30, 9];
  const [x, y] = [tensor("x", shape, 1 / 256, -128), tensor("y", shape, 0.00866, 0)];
  const relu = { operator: "RELU", version: 2, inputs: ["x"], outputs: ["y"] };
  const { outcome, onNpu } = await judge(network("a311d", x, y, relu));
  assert.equal({ outcome, onNpu }, { outcome: "right", onNpu: 1 });
});

test("results are held to a step from what is exact or from TFLite's, and on the whole to the nearest", () => {
  const [x, y] = [tensor("x", [1, 300], 1, 0), tensor("y", [1, 300], 2.5, 0)];
  const rescale = { operator: "QUANTIZE", inputs: ["x"], outputs: ["y"] };
  const drawn = network("a311d", x, y, rescale);
  const fault = (input: number, found: number, count = 1) => {
    const [read, results] = [new Int8Array(300).fill(input), new Int8Array(300)];
    const truth = results.map(() => Math.round(input / 2.5));
    const off = truth.map((step, i) => (i < count ? found : step));
    return faultOfOperator(drawn, rescale, "y", off, truth, () => read, {});
  };
  assert.is(fault(7, 3), undefined);
  assert.is(fault(7, 2), undefined);
  assert.is(fault(7, 4), undefined);
  assert.match(fault(7, 5) ?? "", '"largest":2');
  assert.is(fault(7, 2, 300), undefined, "one result is no mean");
  const read = Int8Array.from({ length: 300 }, (_, i) => 7 + 5 * (i % 20));
  const truth = read.map((value) => Math.round(value / 2.5));
  const low = truth.map((step) => step - 1);
  const text = faultOfOperator(drawn, rescale, "y", low, truth, () => read, {});
  assert.match(text ?? "", /"rms":0\.(79|8)/);
});

test("of a product's pairs, only 255 and 0 are held to two steps: they are farther apart than a byte", () => {
  const of = (name: string, scale: number): TensorSpec => {
    return {
      ...tensor(name, [1, 4], scale, -128),
      dtype: "uint8",
      quantization: { scale, zeroPoint: 255 },
    };
  };
  const [a, b, y] = [of("a", 0.03125), of("b", 0.02626), of("y", 0.0626)];
  const product = { operator: "MUL", inputs: ["a", "b"], outputs: ["y"] };
  const spec = { tensors: [a, b, y], operators: [product], inputs: ["a", "b"], outputs: ["y"] };
  const drawn = { ...network("a311d", a, y, product), spec };
  const fault = (second: number, found: number) => {
    const values = (name: string) => new Uint8Array(4).fill(name === "a" ? 255 : second);
    const truth = new Uint8Array(4).fill(255);
    const off = new Uint8Array(4).fill(255 - found);
    return faultOfOperator(drawn, product, "y", off, truth, values, { error: 0.1 });
  };
  assert.is(fault(0, 2), undefined);
  assert.match(fault(0, 3) ?? "", '"largest":3');
  assert.is(fault(1, 1), undefined);
  assert.match(fault(1, 2) ?? "", '"largest":2');
});

test("bytes that are only moved are held to each bit", () => {
  const [x, y] = [tensor("x", [1, 4], 1, 0), tensor("y", [4], 1, 0)];
  const reshape = { operator: "SQUEEZE", inputs: ["x"], outputs: ["y"] };
  const [found, truth] = [Int8Array.of(1, 2, 3, 4), Int8Array.of(1, 2, 3, 5)];
  const drawn = network("a311d", x, y, reshape);
  const of = (results: Int8Array) =>
    faultOfOperator(drawn, reshape, "y", results, truth, () => truth, {});
  assert.is(of(truth), undefined);
  assert.match(of(found) ?? "", "only moved");
});

test("TFLite's results lie within a step of what this arithmetic gives", async () => {
  const met = new Set<string>();
  for (let index = 0; index < 60; index++) {
    const drawn = drawNetwork(1, index);
    const values = await runAll(drawn);
    for (const operator of drawn.spec.operators) {
      // It counts positions between pixels in 1024ths, which add up to whole steps.
      if (operator.operator === "RESIZE_BILINEAR" || isWild(drawn, operator)) continue;
      const exact = values && exactResults(drawn, operator, valuesIn(drawn, values));
      const results = values?.get(operator.outputs[0] as string);
      if (!exact || !results) continue;
      met.add(operator.operator);
      exact.forEach((value, i) => {
        const off = Math.abs(Number(results[i]) - value);
        assert.ok(off < 1, `network ${index}: ${operator.operator} is ${off} steps off`);
      });
    }
  }
  assert.ok(met.size > 12, [...met].join(", "));
});

/** Whether sums are multiplied by so much that TFLite's 32 bits do not hold all of it. */
function isWild(drawn: Network, { inputs, outputs }: OperatorSpec): boolean {
  const [to, ...scales] = [...outputs, ...inputs]
    .filter((name) => typeof name === "string")
    .map((name) => scaleOf(tensorOf(drawn, name).quantization)) as [number, ...number[]];
  return Math.max(...scales) / to > 2 ** 20;
}

/** All tensors of a network on the CPU; undefined where it is refused. */
async function runAll(drawn: Network): Promise<ReadonlyMap<string, TypedArray> | undefined> {
  const outputs = [...computed(drawn.spec.operators)];
  const shown = { ...drawn, spec: { ...drawn.spec, outputs } };
  return runOnCpu(shown, drawn.feeds).catch(() => undefined);
}

test("a tree of operators that are exact but for one is within a step of TFLite's results", async () => {
  const shape = [1, 5, 6, 176];
  const [x, y] = [tensor("x", shape, 0.02137, 0), tensor("y", shape, 1 / 256, -128)];
  const larger = { ...x, name: "larger" };
  const spec: ModelSpec = {
    tensors: [x, larger, y],
    operators: [
      { operator: "MAXIMUM", inputs: ["x", "x"], outputs: ["larger"] },
      { operator: "LOGISTIC", version: 2, inputs: ["larger"], outputs: ["y"] },
    ],
    inputs: ["x"],
    outputs: ["y"],
  };
  const feeds = new Map([["x", new Random(1).bytes(elementsOf(shape))]]);
  const { outcome, fault } = await judge({
    spec,
    options: { target: "imx8mp" },
    feeds,
    known: new Map(),
  });
  assert.equal({ outcome, fault }, { outcome: "right", fault: undefined });
});

test("what LiteRT runs, but wrongly, may be refused", async () => {
  const [x, y] = [tensor("x", [1, 4], 2e6, 0), tensor("y", [1, 4], 1, 0)];
  const difference = { operator: "SUB", version: 2, inputs: ["x", "x"], outputs: ["y"] };
  const { outcome, fault } = await judge(network("a311d", x, y, difference));
  assert.equal({ outcome, fault }, { outcome: "refused, UNSUPPORTED_OPERATOR", fault: undefined });
});

test.run();
