import { test } from "uvu";
import * as assert from "uvu/assert";
import { compile, importModel, Session } from "../../host/index.ts";
import { fails } from "../host/errors.ts";
import { Reference } from "../support/reference.ts";
import { bordersOf } from "./borders.ts";
import { type OnnxModel, type OnnxNode, type OnnxTensor, writeOnnx } from "./onnx-writer.ts";

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
  assert.match(
    (await fails("BAD_OPTION", () => importModel(writeOnnx(open)))).found,
    /input "x" of 1 × 1 × \? × 4/,
  );
  const { inputs } = bordersOf(await importModel(writeOnnx(open), { shapes: { x: [1, 1, 4, 4] } }));
  assert.equal(inputs[0]?.shape, [1, 4, 4, 1]);
  const wrong = () => importModel(writeOnnx(open), { shapes: { z: [1, 1, 4, 4] } });
  assert.match((await fails("BAD_OPTION", wrong)).found, /^z$/);
});

test("operators without a form are named all at once", async () => {
  const model = convolution({
    nodes: [
      { operator: "Einsum", inputs: ["x"], outputs: ["a"] },
      { operator: "Quant", domain: "onnx.brevitas", inputs: ["a"], outputs: ["y"] },
    ],
  });
  const error = await fails("UNSUPPORTED_OPERATOR", () => importModel(writeOnnx(model)));
  assert.match(error.found, /Einsum, onnx\.brevitas\.Quant/);
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
  assert.match(
    (await fails("UNSUPPORTED_OPERATOR", () => importModel(resize(0.6)))).found,
    /half_pixel/,
  );
});

test("a real-valued model says that it wants to be quantized", async () => {
  const model = writeOnnx({
    inputs: [{ name: "x", shape: [1, 1, 4, 4] }],
    outputs: ["y"],
    nodes: [{ operator: "Relu", inputs: ["x"], outputs: ["y"] }],
  });
  assert.match(
    (await fails("NOT_QUANTIZED", () => compile(model, { target: "a311d" }))).found,
    /float32/,
  );
});

/** One node over `x` of four real numbers, and constants. */
function single(node: Partial<OnnxNode> & { operator: string }, more: Partial<OnnxModel> = {}) {
  return writeOnnx({
    opset: 20,
    inputs: [{ name: "x", shape: [4] }],
    outputs: ["y"],
    nodes: [{ inputs: ["x"], outputs: ["y"], ...node }],
    ...more,
  });
}

async function realsFrom(model: Uint8Array, x: number[]): Promise<number[]> {
  const reference = new Reference("reference");
  try {
    const inputs = [new Uint8Array(Float32Array.from(x).buffer)];
    const [y] = await reference.run(await importModel(model), inputs);
    return [...new Float32Array(Uint8Array.from(y as Uint8Array).buffer)];
  } finally {
    reference.close();
  }
}

function near(found: number[], expected: number[], most: number): void {
  assert.is(found.length, expected.length);
  const apart = found.map((value, i) => Math.abs(value - (expected[i] as number)));
  assert.ok(Math.max(...apart) <= most, `${found} for ${expected}`);
}

test("constants are computed by way of halves, and halves read as they are", async () => {
  const cast = (to: number): OnnxModel["nodes"][0] => {
    return { operator: "Cast", inputs: ["k"], outputs: ["c"], attributes: { to } };
  };
  const model = (to: number, k: OnnxTensor) =>
    writeOnnx({
      inputs: [{ name: "x", shape: [4] }],
      outputs: ["y"],
      initializers: [k],
      nodes: [cast(to), { operator: "Mul", inputs: ["x", "c"], outputs: ["y"] }],
    });
  const values = [0.5, -2, 3.25, 1000];
  const toHalf = model(10, { name: "k", type: 1, shape: [4], values });
  near(await realsFrom(toHalf, [1, 1, 1, 1]), values, 0);
  const fromHalf = model(1, {
    name: "k",
    type: 10,
    shape: [4],
    values: [0x3800, 0xc000, 0x4280, 0x63d0],
  });
  near(await realsFrom(fromHalf, [1, 1, 1, 1]), values, 0);
  const asText = () => importModel(model(8, { name: "k", type: 1, shape: [4], values }));
  await fails("UNSUPPORTED_OPERATOR", asText);
});

test("both forms of Gelu are TFLite's", async () => {
  const x = [-1.5, -0.25, 0.75, 2];
  const erf = [-0.100211, -0.100324, 0.580028, 1.9545];
  near(await realsFrom(single({ operator: "Gelu" }), x), erf, 1e-4);
  const attributes = { approximate: "tanh" };
  const byTanh = await realsFrom(single({ operator: "Gelu", attributes }), x);
  const formula = x.map(
    (v) => 0.5 * v * (1 + Math.tanh(Math.sqrt(2 / Math.PI) * (v + 0.044715 * v ** 3))),
  );
  near(byTanh, formula, 1e-5);
});

test("bounds and borders of quantized tensors have the tensors' scales", async () => {
  const quantized = (node: OnnxNode, tensors: OnnxTensor[]) =>
    writeOnnx({
      inputs: [{ name: "x", shape: [1, 1, 1, 4] }],
      outputs: ["y"],
      initializers: [
        { name: "s", type: 1, shape: [], values: [0.5] },
        { name: "z", type: 2, shape: [], values: [100] },
        ...tensors,
      ],
      nodes: [
        { operator: "QuantizeLinear", inputs: ["x", "s", "z"], outputs: ["q"] },
        { operator: "DequantizeLinear", inputs: ["q", "s", "z"], outputs: ["d"] },
        node,
        { operator: "QuantizeLinear", inputs: ["c", "s", "z"], outputs: ["r"] },
        { operator: "DequantizeLinear", inputs: ["r", "s", "z"], outputs: ["y"] },
      ],
    });
  const clip = quantized({ operator: "Clip", inputs: ["d", "low", "high"], outputs: ["c"] }, [
    { name: "low", type: 1, shape: [], values: [-3] },
    { name: "high", type: 1, shape: [], values: [10] },
  ]);
  const pad = quantized({ operator: "Pad", inputs: ["d", "pads", "border"], outputs: ["c"] }, [
    { name: "pads", type: 7, shape: [8], values: [0, 0, 0, 1, 0, 0, 0, 1] },
    { name: "border", type: 1, shape: [], values: [4] },
  ]);
  for (const target of ["a311d", "imx8mp"]) {
    const run = async (model: Uint8Array) => {
      const session = await Session.create(await compile(model, { target }), {
        device: "emulator",
      });
      const { y } = await session.run({ x: Uint8Array.of(80, 98, 110, 200) });
      await session.release();
      return [...(y as Uint8Array)];
    };
    assert.equal(await run(clip), [94, 98, 110, 120]);
    assert.equal(await run(pad), [108, 80, 98, 110, 200, 108]);
  }
});

test("lists of a wrong length are refused by name", async () => {
  const image = { inputs: [{ name: "x", shape: [1, 4, 3, 3] }] };
  const weights = { name: "w", type: 1, shape: [4, 1, 1, 1], values: [1, 1, 1, 1] };
  for (const [name, list] of Object.entries({ strides: [2], pads: [1], dilations: [1, 1, 1] })) {
    const node = { operator: "ConvTranspose", inputs: ["x", "w"], attributes: { [name]: list } };
    const model = single(node, { ...image, initializers: [weights] });
    const error = await fails("UNSUPPORTED_OPERATOR", () => importModel(model));
    assert.match(error.expected, name);
  }
  const bounds = [1, 2, 3].map((value) => ({
    name: `b${value}`,
    type: 7,
    shape: [value],
    values: Array(value).fill(0),
  }));
  const slice = single(
    { operator: "Slice", inputs: ["x", "b2", "b2", "b1"] },
    { initializers: bounds },
  );
  await fails("UNSUPPORTED_OPERATOR", () => importModel(slice));
  const attributes = { blocksize: 65536 };
  const blocks = single({ operator: "DepthToSpace", attributes }, image);
  await fails("UNSUPPORTED_OPERATOR", () => importModel(blocks));
});

test("a small file cannot ask for much memory", async () => {
  const shape = { name: "n", type: 7, shape: [1], values: [2 ** 26] };
  const filled = single({ operator: "Add", inputs: ["x", "f2"] }, { initializers: [shape] });
  await fails("MALFORMED", () => importModel(filled));
  const nodes = [0, 1, 2].map((i) => {
    return { operator: "ConstantOfShape", inputs: ["n"], outputs: [`f${i}`] };
  });
  await fails("TOO_LARGE", () =>
    importModel(single({ operator: "Relu" }, { initializers: [shape], nodes })),
  );
  const attributes = { kernel_shape: [2, 2], pads: [1, 1, 0, 0] };
  const pool = single(
    { operator: "AveragePool", attributes },
    { inputs: [{ name: "x", shape: [1, 1, 16383, 16383] }] },
  );
  await fails("TOO_LARGE", () => importModel(pool));
  const announced = { name: "w", type: 11, shape: [2 ** 28], values: [] };
  await fails("MALFORMED", () =>
    importModel(single({ operator: "Relu" }, { initializers: [announced] })),
  );
});

test.run();
