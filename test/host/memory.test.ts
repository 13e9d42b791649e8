import { test } from "uvu";
import * as assert from "uvu/assert";
import { typed } from "../../host/errors.ts";
import { compile } from "../../host/index.ts";
import { buildModel, type TensorSpec } from "../../host/tflite/builder.ts";

test("a model of 248 MiB compiles for the CPU", async () => {
  const [units, depth] = [62 * 1024, 4096];
  const size = units * depth;
  const offset = 4096;
  const quantization = { scale: 0.5, zeroPoint: 0 };
  const tensor = (name: string, shape: number[]): TensorSpec => {
    return { name, shape, dtype: "int8", quantization };
  };
  const head = buildModel({
    tensors: [
      tensor("x", [1, depth]),
      { ...tensor("weights", [units, depth]), dataAt: { offset, size } },
      tensor("y", [1, units]),
    ],
    operators: [
      {
        operator: "FULLY_CONNECTED",
        version: 4,
        inputs: ["x", "weights", -1],
        outputs: ["y"],
        options: { fused_activation_function: 0 },
      },
    ],
    inputs: ["x"],
    outputs: ["y"],
  });
  assert.ok(head.length < offset);
  const model = new Uint8Array(offset + size).fill(1, offset);
  model.set(head);
  const blob = await compile(model, { target: "a311d", cpuOnly: true });
  assert.ok(blob.length > size);
});

test("memory that a module cannot have is an error of its own", async () => {
  // A module whose only function ends as the allocator does: (func (export "f") unreachable)
  const bytes = Uint8Array.from([
    0, 97, 115, 109, 1, 0, 0, 0, 1, 4, 1, 96, 0, 0, 3, 2, 1, 0, 7, 5, 1, 1, 102, 0, 0, 10, 5, 1, 3,
    0, 0, 11,
  ]);
  const { instance } = await WebAssembly.instantiate(bytes);
  try {
    (instance.exports.f as () => void)();
    assert.unreachable();
  } catch (error) {
    assert.is(typed(error).code, "OUT_OF_MEMORY");
  }
});

test.run();
