import { readFile } from "node:fs/promises";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { openBlob } from "../../host/blob/open.ts";
import { compile } from "../../host/index.ts";
import { buildModel } from "../../host/tflite/builder.ts";
import { LAYERS } from "../../models/digits/architecture.ts";
import { modelOf } from "../../models/digits/model.ts";
import type { Affine } from "../../models/digits/quantize/affine.ts";
import type { QuantizedLayer } from "../../models/digits/quantize/quantize.ts";
import { INT8, UINT8 } from "../../models/digits/quantize/scheme.ts";

const DIGITS = new URL("../../models/digits/", import.meta.url);

for (const scheme of [UINT8, INT8]) {
  test(`${scheme.type}: the model is written from its layers as it was when it was trained`, async () => {
    const model = await readFile(new URL(`digits_${scheme.type}.tflite`, DIGITS));
    const rewritten = buildModel(modelOf(await layersOf(model), { ...scheme, side: 28 }));
    for (const target of ["a311d", "imx8mp"]) {
      const [committed, own] = await Promise.all([
        compile(model, { target }),
        compile(rewritten, { target }),
      ]);
      assert.equal(Buffer.from(own), Buffer.from(committed), target);
    }
  });
}

/** The layers of a model whose tensors are named after them. */
async function layersOf(model: Uint8Array): Promise<QuantizedLayer[]> {
  const { tensors } = openBlob(await compile(model, { target: "a311d", cpuOnly: true }));
  const named = (name: string) => tensors.find((tensor) => tensor.name === name);
  const affine = (name: string): Affine[] => {
    const { scales = [], zeroPoints = [] } = named(name)?.quantization ?? {};
    return scales.map((scale, i) => ({ scale, zeroPoint: zeroPoints[i] as number }));
  };
  return LAYERS.map((layer, i) => {
    const name = `${layer.kind}${i}`;
    const weights = named(`${name}/weights`)?.data.slice() ?? new Uint8Array();
    const bias = new Int32Array((named(`${name}/bias`)?.data.slice() ?? weights).buffer);
    const [output] = affine(name) as [Affine];
    return { ...layer, weights, weightScales: affine(`${name}/weights`), bias, output };
  });
}

test.run();
