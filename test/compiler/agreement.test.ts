import { test } from "uvu";
import * as assert from "uvu/assert";
import type { TypedArray } from "../../host/dtype.ts";
import type { ErrorCode } from "../../host/errors.ts";
import { compile, Session } from "../../host/index.ts";
import { buildModel, type ModelSpec, type TensorSpec } from "../../host/tflite/builder.ts";
import { fails } from "../host/errors.ts";

// What the compiler takes, a session runs; what no session can run, the compiler refuses with the reason.

const TARGET = "a311d";
const QUANTIZATION = { scale: 0.1, zeroPoint: 3 };

function image(name: string, shape: number[], more: Partial<TensorSpec> = {}): TensorSpec {
  return { name, shape, dtype: "int8", quantization: QUANTIZATION, ...more };
}

async function refuses(model: ModelSpec, code: ErrorCode, words: string): Promise<void> {
  const error = await fails(code, () => compile(buildModel(model), { target: TARGET }));
  assert.match(error.message, words);
}

test("a variable that an ordinary operator reads is refused by its name", async () => {
  await refuses(
    {
      inputs: ["x"],
      outputs: ["y"],
      tensors: [
        image("x", [1, 4]),
        image("memory", [1, 4], { isVariable: true }),
        image("y", [1, 4]),
      ],
      operators: [{ operator: "ADD", inputs: ["x", "memory"], outputs: ["y"] }],
    },
    "UNSUPPORTED_MODEL",
    '"memory", a variable that ADD reads',
  );
});

test("tensors are as large as a session can hold, and no larger", async () => {
  const relu = (elements: number): ModelSpec => ({
    inputs: ["x"],
    outputs: ["y"],
    tensors: [image("x", [1, elements]), image("y", [1, elements])],
    operators: [{ operator: "RELU", inputs: ["x"], outputs: ["y"] }],
  });
  const most = 3 * 2 ** 28;
  await refuses(relu(most + 1), "TOO_LARGE", 'at most 768 MiB in "x"');
  await refuses(relu(most / 2 + 1), "TOO_LARGE", "at most 768 MiB of tensors outside the NPU");
  const blob = await compile(buildModel(relu(most / 2)), { target: TARGET });
  const session = await Session.create(blob, { device: "emulator" });
  assert.is(session.inputs.length, 1);
  await session.release();
});

function stretched(columns: number): ModelSpec {
  const shape = (width: number) => [1, 1, width, 1];
  return {
    inputs: ["x"],
    outputs: ["y", "z"],
    tensors: [
      { name: "x", shape: shape(2), dtype: "int64" },
      { name: "size", shape: [2], dtype: "int32", data: Int32Array.of(1, columns) },
      { name: "y", shape: shape(columns), dtype: "int64" },
      image("bytes", [1, 4]),
      image("z", [1, 4]),
    ],
    operators: [
      { operator: "RESIZE_NEAREST_NEIGHBOR", inputs: ["x", "size"], outputs: ["y"] },
      { operator: "RELU", inputs: ["bytes"], outputs: ["z"] },
    ],
  };
}

test("pixels of a type that LiteRT does not resize are repeated to any width that is taken", async () => {
  const model = stretched(70_000);
  model.inputs.push("bytes");
  const session = await Session.create(await compile(buildModel(model), { target: TARGET }));
  const feeds = { x: BigInt64Array.of(5n, -7n), bytes: new Int8Array(4) };
  const { y } = await session.run(feeds as unknown as Record<string, TypedArray>);
  const wanted = Array.from({ length: 70_000 }, (_, i) => (i < 35_000 ? 5n : -7n));
  assert.equal([...(y as unknown as BigInt64Array)], wanted);
  await session.release();
  const wider = stretched(2 ** 20 + 1);
  wider.inputs.push("bytes");
  await refuses(wider, "UNSUPPORTED_OPERATOR", "at most 1048576 pixels");
});

test.run();
