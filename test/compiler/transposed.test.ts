import { test } from "uvu";
import * as assert from "uvu/assert";
import { compile } from "../../host/index.ts";
import { buildModel } from "../../host/tflite/builder.ts";
import { compare } from "../support/compare.ts";
import { Random } from "../support/random.ts";
import { runModel } from "../support/runs.ts";

// TRANSPOSE_CONV as convolutions of phases, in random shapes, against the CPU kernel.

const CASES = 24;

interface Layer {
  dtype: "uint8" | "int8";
  size: [rows: number, columns: number];
  kernel: [rows: number, columns: number];
  stride: [rows: number, columns: number];
  isSame: boolean;
  channels: number;
  units: number;
  perChannel: boolean;
  hasBias: boolean;
}

for (const target of ["a311d", "imx8mp"]) {
  test(`convolutions transposed, on ${target}`, async () => {
    const random = new Random(5);
    for (let i = 0; i < CASES; i++) {
      const layer = drawLayer(random);
      const { model, elements } = modelOf(layer, random);
      const { report } = await compile(model, { target });
      const [operator] = report.operators;
      assert.is(operator?.mark, "expected", `${operator?.reason}: ${JSON.stringify(layer)}`);
      const input = random.bytes(elements);
      const [found] = await runModel(model, { target }, [input]);
      const [wanted] = await runModel(model, { target, cpuOnly: true }, [input]);
      const { largest } = compare(
        found as Uint8Array,
        wanted as Uint8Array,
        layer.dtype === "int8",
      );
      assert.ok(largest <= 1, `${largest} apart: ${JSON.stringify(layer)}`);
    }
  });
}

function drawLayer(random: Random): Layer {
  const dtype = random.pick(["uint8", "int8"] as const);
  const [kernel, stride] = random.pick([
    [2, 2],
    [3, 2],
    [4, 2],
    [3, 1],
    [5, 3],
    [2, 3],
  ]) as [number, number];
  return {
    dtype,
    size: [random.integer(2, 12), random.integer(2, 12)],
    kernel: [kernel, random.oneIn(4) ? Math.max(1, kernel - 1) : kernel],
    stride: [stride, stride],
    isSame: random.oneIn(2),
    channels: random.pick([1, 3, 16]),
    units: random.pick([1, 2, 9]),
    perChannel: dtype === "int8" && random.oneIn(2),
    hasBias: random.oneIn(2),
  };
}

function modelOf(layer: Layer, random: Random) {
  const { dtype, size, kernel, stride, isSame, channels, units } = layer;
  const input = { scale: 0.02, zeroPoint: dtype === "int8" ? -10 : 118 };
  const output = { scale: 0.13, zeroPoint: dtype === "int8" ? 3 : 125 };
  const scales = Array.from({ length: units }, (_, i) => 0.01 * (1 + (i % 3)));
  const weights = layer.perChannel
    ? { scale: scales, zeroPoint: scales.map(() => 0), axis: 0 }
    : { scale: 0.01, zeroPoint: dtype === "int8" ? 0 : 121 };
  const to = size.map((side, i) => {
    const step = stride[i] as number;
    return isSame ? side * step : (side - 1) * step + Math.max(kernel[i] as number, step);
  });
  const count = units * kernel[0] * kernel[1] * channels;
  const biases = Int32Array.from({ length: units }, () => random.integer(-3000, 3000));
  const model = buildModel({
    inputs: ["in"],
    outputs: ["out"],
    tensors: [
      { name: "in", shape: [1, ...size, channels], dtype, quantization: input },
      { name: "shape", shape: [4], dtype: "int32", data: Int32Array.of(1, ...to, units) },
      {
        name: "weights",
        shape: [units, ...kernel, channels],
        dtype,
        quantization: weights,
        data: random.bytes(count),
      },
      { name: "biases", shape: [units], dtype: "int32", data: biases },
      { name: "out", shape: [1, ...to, units], dtype, quantization: output },
    ],
    operators: [
      {
        operator: "TRANSPOSE_CONV",
        version: 3,
        inputs: ["shape", "weights", "in", ...(layer.hasBias ? ["biases"] : [])],
        outputs: ["out"],
        options: {
          padding: isSame ? 0 : 1,
          stride_h: stride[0],
          stride_w: stride[1],
          fused_activation_function: random.pick([0, 1]),
        },
      },
    ],
  });
  return { model, elements: size[0] * size[1] * channels };
}

test.run();
