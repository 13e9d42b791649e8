import { test } from "uvu";
import * as assert from "uvu/assert";
import { compile, Session } from "../../host/index.ts";
import { loadLiteRtWith } from "../../host/litert/module.ts";
import { loadInstalledLiteRt } from "../../host/litert/node.ts";
import { compileForLiteRt } from "../../host/litert/runtime.ts";
import { buildModel, type OperatorSpec, type TensorSpec } from "../../host/tflite/builder.ts";
import { fails } from "../host/errors.ts";
import { chooseReferenceKernels } from "../support/litert.ts";

// Sums that leave 32 bits when they are brought to the output's scale, where TFLite's uint8 kernels
// saturate and its int8 kernels wrap: beside LiteRT's reference kernels, wherever the layer runs.

const DEPTH = 256;
const UNITS = 3;
const FACTORS = [10, 300, 1500, 2000, 1e4, 1e6, 1e8];

type ByteType = "uint8" | "int8";

/** Sums of about 1.2 million, minus as many, and a few. */
function steepLayer(operator: string, dtype: ByteType, factor: number, several = false) {
  const zeroPoint = dtype === "int8" ? 0 : 128;
  const isFlat = operator === "FULLY_CONNECTED";
  const isBack = operator === "TRANSPOSE_CONV";
  const shape = (count: number) => (isFlat ? [1, count] : [1, 1, 1, count]);
  const scale = several ? [factor, factor * 0.7, factor * 0.3] : factor;
  const zeros = several ? [0, 0, 0] : 0;
  const weights = Uint8Array.from({ length: UNITS * DEPTH }, (_, i) => {
    return zeroPoint + ([100, -100, (i % 7) - 3][Math.floor(i / DEPTH)] as number);
  });
  const one = { scale: 1, zeroPoint };
  return buildModel({
    inputs: ["x"],
    outputs: ["y"],
    tensors: [
      { name: "x", shape: shape(DEPTH), dtype, quantization: one },
      {
        name: "weights",
        shape: isFlat ? [UNITS, DEPTH] : [UNITS, 1, 1, DEPTH],
        dtype,
        quantization: { scale, zeroPoint: several ? zeros : zeroPoint, axis: 0 },
        data: weights,
      },
      {
        name: "bias",
        shape: [UNITS],
        dtype: "int32",
        quantization: { scale, zeroPoint: zeros, axis: 0 },
        data: Int32Array.of(1, 2, 3),
      },
      { name: "y", shape: shape(UNITS), dtype, quantization: one },
      { name: "shape", shape: [4], dtype: "int32", data: Int32Array.of(1, 1, 1, UNITS) },
    ],
    operators: [
      {
        operator,
        ...(isBack ? { version: 3 } : {}),
        inputs: isBack ? ["shape", "weights", "x", "bias"] : ["x", "weights", "bias"],
        outputs: ["y"],
        options: isFlat ? {} : { padding: 1, stride_h: 1, stride_w: 1 },
      },
    ],
  });
}

for (const operator of ["CONV_2D", "FULLY_CONNECTED", "TRANSPOSE_CONV"]) {
  for (const dtype of ["uint8", "int8"] as ByteType[]) {
    test(`steep sums of a ${operator} of ${dtype} are LiteRT's`, async () => {
      const zero = dtype === "int8" ? 0 : 128;
      const input = Uint8Array.from({ length: DEPTH }, (_, i) => zero + ((3 * i) % 100));
      for (const factor of FACTORS) {
        for (const several of dtype === "int8" ? [false, true] : [false]) {
          const model = steepLayer(operator, dtype, factor, several);
          const liteRt = await compileForLiteRt(model);
          const [expected] = await liteRt.run([input]);
          liteRt.release();
          // Those of uint8 saturate, but for TRANSPOSE_CONV, whose wrap as all of int8 do.
          if (dtype === "uint8" && operator !== "TRANSPOSE_CONV") {
            assert.equal([...(expected as Uint8Array)].slice(0, 2), [255, 0]);
          }
          for (const cpuOnly of [false, true]) {
            const session = await Session.create(
              await compile(model, { target: "a311d", cpuOnly }),
              { device: "emulator" },
            );
            const { y } = await session.run({
              x: dtype === "int8" ? new Int8Array(input) : input,
            });
            await session.release();
            assert.equal(new Uint8Array((y as Int8Array).buffer, y?.byteOffset, UNITS), expected);
          }
        }
      }
    });

    test(`factors of 2^30 and more are refused for a ${operator} of ${dtype}`, async () => {
      const model = steepLayer(operator, dtype, 2 ** 30);
      const error = await fails("UNSUPPORTED_OPERATOR", () => compile(model, { target: "a311d" }));
      assert.match(error.message, "less than 2^30 as the factor from its inputs' steps");
    });
  }
}

/** One byte to another, twice the scale as factor 1; what else an operator reads. */
const FUNCTIONS: [operator: string, inputs?: TensorSpec[], options?: OperatorSpec["options"]][] = [
  ["ABS"],
  ["LEAKY_RELU", [], { alpha: 0.5 }],
  ["MEAN", [{ name: "axes", shape: [1], dtype: "int32", data: Int32Array.of(1) }]],
  ["MUL", [{ ...byteTensor("one", [1], 1), data: Uint8Array.of(1) }]],
  ["PRELU", [{ ...byteTensor("slope", [1, 1], 1), data: Uint8Array.of(1) }]],
  ["QUANTIZE"],
  ["RELU"],
  ["RELU6"],
];

function byteTensor(name: string, shape: number[], scale: number): TensorSpec {
  return { name, shape, dtype: "int8", quantization: { scale: Math.fround(scale), zeroPoint: 0 } };
}

for (const [operator, others = [], options = {}] of FUNCTIONS) {
  const shape = operator === "MEAN" ? [1, 1, 7] : [1, 7];
  const model = (factor: number) => {
    const [x, y] = [byteTensor("x", shape, factor * 1e-4), byteTensor("y", [1, 7], 1e-4)];
    const inputs = ["x", ...others.map(({ name }) => name)];
    return buildModel({
      tensors: [x, ...others, y],
      operators: [
        { operator, version: operator === "PRELU" ? 1 : 2, inputs, outputs: ["y"], options },
      ],
      inputs: ["x"],
      outputs: ["y"],
    });
  };
  const input = Int8Array.of(-128, -100, -1, 0, 1, 50, 127);

  test(`a steep ${operator} is LiteRT's up to 2^30, and then refused`, async () => {
    for (const factor of [3, 2 ** 20, 0.99 * 2 ** 30]) {
      const liteRt = await compileForLiteRt(model(factor));
      const [expected] = await liteRt.run([new Uint8Array(input.buffer)]);
      liteRt.release();
      const blob = await compile(model(factor), { target: "a311d", cpuOnly: true });
      const session = await Session.create(blob);
      const { y } = await session.run({ x: input });
      await session.release();
      assert.equal(
        new Uint8Array((y as Int8Array).buffer, y?.byteOffset, 7),
        expected,
        `${factor}`,
      );
    }
    const refused = model(1.01 * 2 ** 30);
    const error = await fails("UNSUPPORTED_OPERATOR", () =>
      compile(refused, { target: "a311d", cpuOnly: true }),
    );
    assert.match(error.message, "less than 2^30 as the factor from its inputs' steps");
  });
}

test("a HARD_SWISH of any scale is LiteRT's, and beyond 2^31 of its own steps the input itself", async () => {
  const input = Int8Array.of(-128, -100, -1, 0, 1, 50, 127);
  for (const scale of [0.01, 300, 27_090, 1e7, 1e20]) {
    const model = buildModel({
      tensors: [byteTensor("x", [1, 7], scale), byteTensor("y", [1, 7], scale)],
      operators: [{ operator: "HARD_SWISH", inputs: ["x"], outputs: ["y"] }],
      inputs: ["x"],
      outputs: ["y"],
    });
    const session = await Session.create(await compile(model, { target: "a311d", cpuOnly: true }));
    const { y } = await session.run({ x: input });
    await session.release();
    const liteRt = await compileForLiteRt(model);
    const [expected] = await liteRt.run([new Uint8Array(input.buffer)]);
    liteRt.release();
    const identity = Int8Array.of(0, 0, 0, 0, 1, 50, 127);
    const right = scale < 1e8 ? new Int8Array((expected as Uint8Array).buffer) : identity;
    assert.equal([...(y as Int8Array)], [...right], `${scale}`);
  }
});

test("a difference a million times above its output's scale is refused, as LiteRT gets it wrong", async () => {
  const [x, y] = [byteTensor("x", [1, 4], 2e6), byteTensor("y", [1, 4], 1)];
  const model = buildModel({
    tensors: [x, y],
    operators: [{ operator: "SUB", version: 2, inputs: ["x", "x"], outputs: ["y"] }],
    inputs: ["x"],
    outputs: ["y"],
  });
  const error = await fails("UNSUPPORTED_OPERATOR", () => compile(model, { target: "a311d" }));
  assert.match(error.message, /a million times below its inputs', which LiteRT runs wrongly$/);
});

test.before(() => {
  chooseReferenceKernels();
});
// Other tests in this process expect what users have.
test.after(() => loadLiteRtWith(loadInstalledLiteRt));

test.run();
