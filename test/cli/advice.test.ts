import { test } from "uvu";
import * as assert from "uvu/assert";
import { adviceOf, compile, type Explanation, explain, openBlob } from "../../host/index.ts";
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
  return adviceOf(await explained(chain(...operators))).map(({ text }) => text);
}

async function explained(model: ModelSpec): Promise<Explanation> {
  const blob = await compile(buildModel(model), { target: "a311d" });
  return explain(openBlob(blob), blob.length);
}

test("names the cut and the tensor before it", async () => {
  assert.equal(await adviceFor("RELU", "SOFTMAX", "RELU"), [
    '2 NPU segments, 1 cut because of SOFTMAX at 1: `--stop-at "0"` ends before it',
  ]);
  assert.equal(await adviceFor("RELU", "SOFTMAX", "RELU", "SOFTMAX", "RELU"), [
    '3 NPU segments, 2 cuts because of SOFTMAX at 1, 3: `--stop-at "0"` ends before them',
  ]);
});

test("tells what may be left to the caller, and what costs nothing", async () => {
  assert.equal(await adviceFor("RELU", "SOFTMAX"), [
    'SOFTMAX at 1: after the last NPU segment; `--stop-at "0"` leaves it out',
  ]);
  assert.equal(await adviceFor("SOFTMAX", "RELU"), [
    "SOFTMAX at 0: before the first NPU segment, which costs no cut",
  ]);
});

test("says nothing where all or nothing is on the NPU", async () => {
  assert.equal(await adviceFor("RELU"), []);
  assert.equal(await adviceFor("SOFTMAX"), []);
});

test("ranks by what is gained: a cut before an end, whichever comes first", async () => {
  const network = await explained(chain("SOFTMAX", "RELU", "SOFTMAX", "RELU", "SOFTMAX"));
  assert.equal(
    adviceOf(network).map(({ gain }) => gain.segments),
    [1, 0, 0],
  );
  const channels = { layers: 4, groups: 9, residuals: 0, error: 0.15, worst: 3 };
  const [cut, samples, ...rest] = adviceOf({ ...network, channels });
  assert.match(cut?.text ?? "", /^2 NPU segments/);
  assert.match(
    samples?.text ?? "",
    /expected error 0.150 steps, the most in operator 3.*--calibrate/,
  );
  assert.is(rest.length, 2);
  assert.is(adviceOf({ ...network, channels }, true).length, 3);
  assert.is(adviceOf({ ...network, channels: { ...channels, error: 0.01 } }).length, 3);
});

test("puts what computes in float32 first, with its share of the arithmetic", async () => {
  const float = (name: string, shape: number[]) => ({ name, shape, dtype: "float32" as const });
  const quantized = { shape: [1, 8], dtype: "uint8" as const, quantization: SOFT };
  const model: ModelSpec = {
    inputs: ["in"],
    outputs: ["out"],
    tensors: [
      { name: "in", ...quantized },
      { name: "relu", ...quantized },
      float("real", [1, 8]),
      { ...float("w", [3, 8]), data: new Uint8Array(4 * 3 * 8) },
      float("out", [1, 3]),
    ],
    operators: [
      { operator: "RELU", inputs: ["in"], outputs: ["relu"] },
      { operator: "DEQUANTIZE", inputs: ["relu"], outputs: ["real"] },
      { operator: "FULLY_CONNECTED", inputs: ["real", "w"], outputs: ["out"] },
    ],
  };
  const [advice, ...rest] = adviceOf(await explained(model));
  assert.match(advice?.text ?? "", /^1 operator in float32 on the CPU, 100.0 % of .*in 8 bits$/);
  assert.is(advice?.gain.macs, 24);
  assert.is(rest.length, 1);
});

test.run();
