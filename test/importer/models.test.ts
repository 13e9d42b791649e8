import { existsSync, readFileSync } from "node:fs";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { bytesOf, valuesOf } from "../../host/dtype.ts";
import { compile, importModel, Session } from "../../host/index.ts";
import { fails } from "../host/errors.ts";
import { Reference } from "../support/reference.ts";
import { hasShared, SHARED } from "../support/shared.ts";
import { distances, type Entry, entries, modelOf } from "./oracle.ts";

/** Real-valued models by LiteRT's kernels: the largest difference, in parts of the range. */
const MOST_REAL = 1e-3;
/** Quantized ones on the emulator: the root mean square, in parts of the range. */
const MOST_QUANTIZED = 0.02;
const MOST_PER_CHANNEL = 0.04;

/** Quantized models that are further off, each with the reason and what was measured. */
const FURTHER: Record<string, { most: number; why: string }> = {
  "ort_conv_qdq_u8u8.onnx": { most: 0.022, why: "its output has 3 steps; 39 of 21632 are ties" },
  "ort_conv_qdq_external_ini.onnx": { most: 0.022, why: "the same network" },
  "resnet8_qdq_u8u8.onnx": { most: 0.042, why: "a step of a logit is 0.09 after the softmax" },
  "resnet8_qoperator_u8u8.onnx": { most: 0.042, why: "the same network" },
  "yunet_n_qoperator_u8s8_perchannel.onnx": { most: 0.06, why: "bbox_32, residual weights" },
};
/** A computed divisor that is 0 on the generated input: TFLite has no such quotient. */
const NO_QUOTIENT = ["ort_layout_transform_reshape.qdq.onnx"];

/** The shapes that the oracle was asked with. */
const SHAPES: Record<string, Record<string, number[]>> = {
  "ppocr_cls_mobile_v2.onnx": { x: [1, 3, 48, 192] },
};

const models = hasShared("ONNX models")
  ? entries().filter(({ file, references }) => {
      const isOnnx = file.endsWith(".onnx") && !file.startsWith("refuse/");
      return isOnnx && references.includes("generated") && !NO_QUOTIENT.includes(file);
    })
  : [];

for (const entry of models.filter(({ kind }) => kind.startsWith("float"))) {
  test(`${entry.file} computes what ONNX Runtime does, in real numbers`, async () => {
    const reference = new Reference("reference");
    try {
      const found = await distances(entry, await imported(entry), (model, inputs) =>
        reference.run(model, inputs),
      );
      for (const { most } of found) assert.ok(most <= MOST_REAL, `${most}`);
    } finally {
      reference.close();
    }
  });
}

for (const entry of models.filter(({ kind }) => ["QDQ", "QOperator"].includes(kind))) {
  for (const target of ["a311d", "imx8mp"]) {
    test(`${entry.file} on ${target} is near ONNX Runtime's outputs`, async () => {
      const found = await distances(entry, await imported(entry), (model, inputs) =>
        runOn(target, model, inputs),
      );
      const limit = FURTHER[entry.file]?.most ?? limitOf(entry);
      for (const { rms } of found) assert.ok(rms <= limit, `${rms} of ${limit}`);
    });
  }
}

if (models.length > 0) {
  test("what no TFLite operator computes is refused by name", async () => {
    const file = `${SHARED}/onnx/models/refuse/deeploy_kws.onnx`;
    assert.match(
      (await fails("UNSUPPORTED_OPERATOR", () => importModel(readFileSync(file)))).found,
      /RequantShift \(opset 10\)/,
    );
    const other = readFileSync(`${SHARED}/onnx/models/refuse/espcn_nn_resize_qonnx.onnx`);
    assert.match(
      (await fails("UNSUPPORTED_OPERATOR", () => importModel(other))).found,
      /onnx\.brevitas\.Quant/,
    );
    const narrow = readFileSync(`${SHARED}/onnx/models/refuse/ort_conv.int4_weights.qdq.onnx`);
    assert.match(
      (await fails("UNSUPPORTED_MODEL", () => importModel(narrow))).found,
      /element type 22/,
    );
  });
}

function limitOf({ file, fused }: Entry): number {
  const most = file.includes("perchannel") ? MOST_PER_CHANNEL : MOST_QUANTIZED;
  return Math.max(most, 0.5 * (fused ?? 0));
}

function imported(entry: Entry): Promise<Uint8Array> {
  const readBeside = async (name: string) => {
    const path = `${SHARED}/onnx/models/${name}`;
    assert.ok(existsSync(path));
    return readFileSync(path);
  };
  return importModel(modelOf(entry), { readBeside, shapes: SHAPES[entry.file] });
}

async function runOn(target: string, model: Uint8Array, inputs: Uint8Array[]) {
  const session = await Session.create(await compile(model, { target }), { device: "emulator" });
  try {
    const feeds = session.inputs.map(({ name, dtype }, i) => {
      return [name, valuesOf(dtype, inputs[i] as Uint8Array)] as const;
    });
    const values = await session.run(Object.fromEntries(feeds));
    return session.outputs.map(({ name }) => bytesOf(values[name] as Uint8Array));
  } finally {
    await session.release();
  }
}

test.run();
