import { readdirSync } from "node:fs";
import { join } from "node:path";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { compile } from "../../host/index.ts";
import { compare } from "../support/compare.ts";
import { runModel } from "../support/runs.ts";
import { hasShared, readShared, SHARED } from "../support/shared.ts";

// Small models that a later version of the open driver was recorded with: tables, padding on
// any side, additions and subtractions, portrait and landscape images, short chains. What
// nolfet makes of them runs on the NPU alone, and gives TFLite's results, those included that
// the recordings get wrong.

const LARGEST = 1;
/** Sums of two rounded products, and curves drawn in straight lines. */
const LARGEST_OF_SUMS = 2;
const SUMS = /add|sub|logistic/;

for (const core of ["vipnano-qi.a311d", "vipnano-si+.imx8mp"]) {
  test(`newer models on ${core} give TFLite's results`, async () => {
    if (!hasShared(`newer models on ${core}`)) return;
    const folder = `conformance-newer/${core}`;
    const names = readdirSync(join(SHARED, folder)).sort();
    const missed: string[] = [];
    for (const name of names) {
      const model = readShared(`${folder}/${name}/model.tflite`);
      const { report } = await compile(model, { target: core });
      const onCpu = report.operators.find(({ placement }) => placement === "CPU");
      const [found] = await runModel(model, { target: core });
      const { largest } = compare(
        bytesOf(found as Uint8Array),
        readShared(`reference/newer/${name}.out0.bin.gz`),
        found instanceof Int8Array,
      );
      const limit = SUMS.test(name) ? LARGEST_OF_SUMS : LARGEST;
      if (onCpu) missed.push(`${name}: ${onCpu.reason}`);
      else if (largest > limit) missed.push(`${name}: ${largest} apart`);
    }
    console.log(`${core}: ${names.length - missed.length} of ${names.length} models`);
    assert.equal(missed, []);
  });
}

function bytesOf(tensor: Uint8Array | Int8Array): Uint8Array {
  return new Uint8Array(tensor.buffer, tensor.byteOffset, tensor.byteLength);
}

test.run();
