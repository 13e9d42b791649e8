/** Sound models, small as files, that ask the compiler for much: it must end, and say what it did. */
import { test } from "uvu";
import * as assert from "uvu/assert";
import { compile, type ErrorCode, NolfetError } from "../../host/index.ts";
import { buildModel, type OperatorSpec, type TensorSpec } from "../../host/tflite/builder.ts";

/** What a whole network takes is far less; a machine may be slow. */
const MOST_MILLISECONDS = 60_000;

interface Repetition {
  convolutions: number;
  /** Of all images: one side, and channels. */
  side: number;
  channels: number;
  kernel?: number;
  depthwise?: boolean;
  /** All read the first image, and all results are outputs; else one reads from the other. */
  parallel?: boolean;
}

/** The same convolution many times over, with the same weights. */
function repeated(spec: Repetition): Uint8Array {
  const { convolutions, side, channels, kernel = 1, depthwise = false, parallel = false } = spec;
  const shape = depthwise ? [1, kernel, kernel, channels] : [channels, kernel, kernel, channels];
  const count = shape.reduce((product, extent) => product * extent);
  const weights: TensorSpec = {
    name: "weights",
    shape,
    dtype: "uint8",
    quantization: { scale: 0.01, zeroPoint: 100 },
    data: Uint8Array.from({ length: count }, (_, n) => 37 * n + 11),
  };
  const quantization = { scale: 0.5, zeroPoint: 3 };
  const images = Array.from({ length: convolutions + 1 }, (_, n): TensorSpec => {
    return { name: `image${n}`, shape: [1, side, side, channels], dtype: "uint8", quantization };
  });
  const operators = Array.from({ length: convolutions }, (_, n): OperatorSpec => {
    return {
      operator: depthwise ? "DEPTHWISE_CONV_2D" : "CONV_2D",
      inputs: [parallel ? "image0" : `image${n}`, "weights"],
      outputs: [`image${n + 1}`],
      options: { stride_w: 1, stride_h: 1, ...(depthwise ? { depth_multiplier: 1 } : {}) },
    };
  });
  const outputs = parallel ? operators.flatMap((one) => one.outputs) : [`image${convolutions}`];
  return buildModel({ tensors: [weights, ...images], operators, inputs: ["image0"], outputs });
}

async function outcomeOf(model: Uint8Array): Promise<"compiled" | ErrorCode> {
  const start = performance.now();
  try {
    await compile(model, { target: "a311d" });
    return "compiled";
  } catch (error) {
    if (error instanceof NolfetError) return error.code;
    throw error;
  } finally {
    assert.ok(performance.now() - start < MOST_MILLISECONDS);
  }
}

test("as many convolutions as a model may have", async () => {
  const model = repeated({ convolutions: 16384, side: 4, channels: 8 });
  assert.is(await outcomeOf(model), "compiled");
});

test("weights that thousands of convolutions share", async () => {
  const model = repeated({ convolutions: 4000, side: 4, channels: 256 });
  assert.is(await outcomeOf(model), "TOO_LARGE");
});

test("depthwise weights that grow when they are encoded", async () => {
  const kind = { channels: 1024, kernel: 5, depthwise: true };
  const model = repeated({ convolutions: 2000, side: 8, ...kind });
  assert.is(await outcomeOf(model), "TOO_LARGE");
});

test("images that do not fit into a device's memory together", async () => {
  const model = repeated({ convolutions: 14, side: 8000, channels: 4, parallel: true });
  assert.is(await outcomeOf(model), "TOO_LARGE");
});

test("images that fit because few are alive at a time", async () => {
  const model = repeated({ convolutions: 200, side: 4096, channels: 1 });
  assert.is(await outcomeOf(model), "compiled");
});

test.run();
