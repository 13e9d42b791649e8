import { test } from "uvu";
import * as assert from "uvu/assert";
import { elementsOf } from "../../host/dtype.ts";
import type { OperatorSpec, TensorSpec } from "../../host/tflite/builder.ts";
import { Random } from "../support/random.ts";
import { shareAstray } from "./exact.ts";
import { judge } from "./judge.ts";
import type { Network } from "./network.ts";

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

test("results that are neither TFLite's nor the nearest are counted", () => {
  const exact = Float64Array.of(1.5, 1.5, 1.2, 1.2, 7);
  const truth = Int8Array.of(2, 2, 1, 1, 7);
  assert.is(shareAstray(Int8Array.of(1, 2, 1, 1, 7), truth, exact), 0);
  assert.is(shareAstray(Int8Array.of(2, 2, 2, 1, 8), truth, exact), 2 / 5);
  assert.is(shareAstray(Int8Array.of(2, 2, 2, 2, 7), Int8Array.of(2, 2, 2, 2, 7), exact), 0);
});

test("what LiteRT runs, but wrongly, may be refused", async () => {
  const [x, y] = [tensor("x", [1, 4], 2e6, 0), tensor("y", [1, 4], 1, 0)];
  const difference = { operator: "SUB", version: 2, inputs: ["x", "x"], outputs: ["y"] };
  const { outcome, fault } = await judge(network("a311d", x, y, difference));
  assert.equal({ outcome, fault }, { outcome: "refused, UNSUPPORTED_OPERATOR", fault: undefined });
});

test.run();
