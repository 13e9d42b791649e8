import { test } from "uvu";
import * as assert from "uvu/assert";
import { compile, openBlob } from "../../host/index.ts";
import { loadLiteRtWith } from "../../host/litert/module.ts";
import { loadInstalledLiteRt } from "../../host/litert/node.ts";
import { compileForLiteRt } from "../../host/litert/runtime.ts";
import { compare } from "../support/compare.ts";
import { chooseReferenceKernels } from "../support/litert.ts";
import { Random } from "../support/random.ts";
import { type ByteType, MAKERS } from "../support/random-models.ts";
import { runModel } from "../support/runs.ts";

// Random operators with one scale for each tensor that the NPU takes, on the emulator, beside
// LiteRT's reference kernels: no element is more than one step off.

const CASES = 40;
const TARGETS = ["a311d", "imx8mp"];
const ON_NPU = [
  "ADD",
  "AVERAGE_POOL_2D",
  "CONV_2D",
  "DEPTHWISE_CONV_2D",
  "FULLY_CONNECTED",
  "LOGISTIC",
  "MEAN",
  "PAD",
  "RELU",
  "RELU6",
  "SUB",
];

for (const name of ON_NPU) {
  for (const dtype of ["uint8", "int8"] as ByteType[]) {
    test(`${name} of ${dtype} is LiteRT's, but for single steps`, async () => {
      let onNpu = 0;
      for (let seed = 1; seed <= CASES; seed++) {
        const { model, inputs } = (MAKERS[name] as (typeof MAKERS)["ADD"])(new Random(seed), dtype);
        const target = TARGETS[seed % TARGETS.length] as string;
        const { report } = await compile(model, { target });
        if (report.operators[0]?.placement !== "NPU" || (await hasManyScales(model))) continue;
        onNpu++;
        const liteRt = await compileForLiteRt(model);
        const [expected = new Uint8Array()] = await liteRt.run(inputs);
        liteRt.release();
        const [found = new Uint8Array()] = await runModel(model, { target }, inputs);
        const { largest } = compare(found, expected, dtype === "int8");
        assert.ok(largest <= 1, `seed ${seed} on ${target}: ${largest}`);
      }
      assert.ok(onNpu > 1, `${onNpu} of ${CASES} on the NPU`);
    });
  }
}

/** Weights quantized per channel are requantized, which is another question. */
async function hasManyScales(model: Uint8Array): Promise<boolean> {
  const { tensors } = openBlob(await compile(model, { target: "a311d", cpuOnly: true }));
  return tensors.some(({ quantization }) => quantization.scales.length > 1);
}

test.before(() => {
  chooseReferenceKernels();
});
// Other tests in this process expect what users have.
test.after(() => loadLiteRtWith(loadInstalledLiteRt));
test.run();
