import { test } from "uvu";
import * as assert from "uvu/assert";
import { compile, importModel, NolfetError, Session } from "../../host/index.ts";
import { bordersOf } from "./borders.ts";
import { type OnnxModel, writeOnnx } from "./onnx-writer.ts";

/** A quantized convolution of one channel with a single tap of 2, and what follows it. */
function convolution(more: Partial<OnnxModel> = {}): OnnxModel {
  return {
    inputs: [{ name: "x", shape: ["N", 1, 4, 4] }],
    outputs: ["y"],
    initializers: [
      { name: "w", type: 3, shape: [1, 1, 1, 1], values: [100] },
      { name: "ws", type: 1, shape: [], values: [0.02] },
      { name: "wz", type: 3, shape: [], values: [0] },
      { name: "s", type: 1, shape: [], values: [1] },
      { name: "z", type: 2, shape: [], values: [0] },
    ],
    nodes: [
      { operator: "QuantizeLinear", inputs: ["x", "s", "z"], outputs: ["xq"] },
      { operator: "DequantizeLinear", inputs: ["xq", "s", "z"], outputs: ["xd"] },
      { operator: "DequantizeLinear", inputs: ["w", "ws", "wz"], outputs: ["wd"] },
      { operator: "Conv", inputs: ["xd", "wd"], outputs: ["c"] },
      { operator: "QuantizeLinear", inputs: ["c", "s", "z"], outputs: ["cq"] },
      { operator: "DequantizeLinear", inputs: ["cq", "s", "z"], outputs: ["y"] },
    ],
    ...more,
  };
}

test("an open batch is one image, and a quantized network is all bytes", async () => {
  const { inputs, outputs } = bordersOf(await importModel(writeOnnx(convolution())));
  assert.equal(inputs[0], {
    name: "x",
    shape: [1, 4, 4, 1],
    dtype: "uint8",
    scale: 1,
    zeroPoint: 0,
  });
  assert.equal(outputs[0]?.dtype, "uint8");
});

test("an ONNX model compiles and runs like a .tflite", async () => {
  for (const target of ["a311d", "imx8mp"]) {
    const session = await Session.create(await compile(writeOnnx(convolution()), { target }));
    const x = Uint8Array.from({ length: 16 }, (_, i) => 7 * i);
    const { y } = await session.run({ x });
    assert.equal(
      [...(y as Uint8Array)],
      [...x].map((value) => 2 * value),
    );
    await session.release();
  }
});

test("the same model gives the same bytes", async () => {
  const [first, second] = [writeOnnx(convolution()), writeOnnx(convolution())];
  assert.equal(await importModel(first), await importModel(second));
});

test("channels are split and joined where they lie: a shuffle moves only its groups", async () => {
  const model = writeOnnx({
    inputs: [{ name: "x", shape: [1, 6, 4, 4] }],
    outputs: ["y"],
    initializers: [
      { name: "split", type: 7, shape: [5], values: [1, 2, 3, 4, 4] },
      { name: "joined", type: 7, shape: [4], values: [1, 6, 4, 4] },
    ],
    nodes: [
      { operator: "Relu", inputs: ["x"], outputs: ["r"] },
      { operator: "Reshape", inputs: ["r", "split"], outputs: ["s"] },
      {
        operator: "Transpose",
        inputs: ["s"],
        outputs: ["t"],
        attributes: { perm: [0, 2, 1, 3, 4] },
      },
      { operator: "Reshape", inputs: ["t", "joined"], outputs: ["y"] },
    ],
  });
  const { inputs, outputs } = bordersOf(await importModel(model));
  assert.equal(inputs[0]?.shape, [1, 4, 4, 6]);
  assert.equal(outputs[0]?.shape, [1, 4, 4, 6]);
});

test("an open extent wants a shape, and a shape an input", async () => {
  const open = convolution({ inputs: [{ name: "x", shape: [1, 1, "H", 4] }] });
  await refused(importModel(writeOnnx(open)), "BAD_OPTION", /input "x" of 1 × 1 × \? × 4/);
  const { inputs } = bordersOf(await importModel(writeOnnx(open), { shapes: { x: [1, 1, 4, 4] } }));
  assert.equal(inputs[0]?.shape, [1, 4, 4, 1]);
  const wrong = importModel(writeOnnx(open), { shapes: { z: [1, 1, 4, 4] } });
  await refused(wrong, "BAD_OPTION", /^z$/);
});

test("operators without a form are named all at once", async () => {
  const model = convolution({
    nodes: [
      { operator: "Einsum", inputs: ["x"], outputs: ["a"] },
      { operator: "Quant", domain: "onnx.brevitas", inputs: ["a"], outputs: ["y"] },
    ],
  });
  await refused(
    importModel(writeOnnx(model)),
    "UNSUPPORTED_OPERATOR",
    /Einsum, onnx\.brevitas\.Quant/,
  );
});

test("a resize whose pixels TFLite would take from elsewhere is refused", async () => {
  const resize = (scale: number) =>
    writeOnnx({
      inputs: [{ name: "x", shape: [1, 1, 4, 4] }],
      outputs: ["y"],
      initializers: [{ name: "scales", type: 1, shape: [4], values: [1, 1, scale, scale] }],
      nodes: [
        {
          operator: "Resize",
          inputs: ["x", "", "scales"],
          outputs: ["y"],
          attributes: { mode: "linear" },
        },
      ],
    });
  await importModel(resize(2));
  await refused(importModel(resize(0.6)), "UNSUPPORTED_OPERATOR", /half_pixel/);
});

test("a real-valued model says that it wants to be quantized", async () => {
  const model = writeOnnx({
    inputs: [{ name: "x", shape: [1, 1, 4, 4] }],
    outputs: ["y"],
    nodes: [{ operator: "Relu", inputs: ["x"], outputs: ["y"] }],
  });
  await refused(compile(model, { target: "a311d" }), "NOT_QUANTIZED", /float32/);
});

async function refused(work: Promise<unknown>, code: string, found: RegExp): Promise<void> {
  try {
    await work;
  } catch (error) {
    assert.instance(error, NolfetError);
    assert.is((error as NolfetError).code, code);
    assert.match((error as NolfetError).found, found);
    return;
  }
  assert.unreachable("it was taken");
}

test.run();
