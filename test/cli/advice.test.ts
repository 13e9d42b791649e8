import { test } from "uvu";
import * as assert from "uvu/assert";
import { adviceOf } from "../../host/cli/advice.ts";
import { compile, openBlob } from "../../host/index.ts";
import { buildModel, type ModelSpec } from "../../host/tflite/builder.ts";

// What `check` says would help with operators on the CPU.

const SHAPE = [1, 4, 6, 8];
const SOFT = { scale: 1 / 256, zeroPoint: 0 };

/** Operators in a chain, each over the output of the one before: in, 0, 1, 2, … */
function chain(...operators: string[]): ModelSpec {
  const tensor = (name: string, isSoft: boolean) => {
    const quantization = isSoft ? SOFT : { scale: 0.1, zeroPoint: 3 };
    return { name, shape: SHAPE, dtype: "uint8" as const, quantization };
  };
  const nameOf = (i: number) => (i < 0 ? "in" : `${i}`);
  return {
    inputs: ["in"],
    outputs: [nameOf(operators.length - 1)],
    tensors: [tensor("in", false), ...operators.map((one, i) => tensor(`${i}`, one === "SOFTMAX"))],
    operators: operators.map((operator, i) => ({
      operator,
      inputs: [nameOf(i - 1)],
      outputs: [nameOf(i)],
      ...(operator === "SOFTMAX" ? { options: { beta: 1 } } : {}),
    })),
  };
}

async function adviceFor(...operators: string[]): Promise<string[]> {
  return adviceOf(openBlob(await compile(buildModel(chain(...operators)), { target: "a311d" })));
}

test("names the cut and the tensor before it", async () => {
  assert.equal(await adviceFor("RELU", "SOFTMAX", "RELU"), [
    'SOFTMAX in the middle, 1 cut of 2 NPU segments: --stop-at "0" ends the blob before it',
  ]);
  assert.equal(await adviceFor("RELU", "SOFTMAX", "RELU", "SOFTMAX", "RELU"), [
    'SOFTMAX in the middle, 2 cuts of 3 NPU segments: --stop-at "0" ends the blob before it',
  ]);
});

test("tells what may be left to the caller, and what costs nothing", async () => {
  assert.equal(await adviceFor("RELU", "SOFTMAX"), [
    'SOFTMAX at the end: --stop-at "0" leaves it to the caller',
  ]);
  assert.equal(await adviceFor("SOFTMAX", "RELU"), [
    "SOFTMAX at the start: no cut, it runs before the NPU",
  ]);
});

test("says nothing where all or nothing is on the NPU", async () => {
  assert.equal(await adviceFor("RELU"), []);
  assert.equal(await adviceFor("SOFTMAX"), []);
});

test.run();
