import { readdirSync } from "node:fs";
import { join } from "node:path";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { compile } from "../../host/index.ts";
import { MODELS } from "../support/models.ts";
import { hasShared, readShared, SHARED } from "../support/shared.ts";

// What the NPU has taken of real networks it goes on taking: a model that becomes slower in silence
// is a fault as well. A change that takes more raises its count here.

/** Operators on the NPU at least, by default, on either core; all others run on the CPU. */
const LEAST_ON_NPU: Record<string, number> = {
  digits: 12,
  "digits, int8": 12,
  ad01_int8: 10,
  deeplabv3_mnv2_dm05_pascal_quant: 69,
  kws_ref_model_int8: 12,
  mlperf_tiny_resnet8_int8: 15,
  "mobilenet_v1_0.25_128_quant": 30,
  "mobilenet_v1_1.0_224_quant": 30,
  "mobilenet_v2_1.0_224_quant": 65,
  ssdlite_mobiledet_coco_qat_postprocess: 124,
  "tf2_mobilenet_v2_1.0_224_ptq": 66,
  vww_96_int8: 30,
  yolox: 128,
};
const TARGETS = ["a311d", "imx8mp"];

test("every network has its count", () => {
  if (!hasShared("counts of all networks")) return;
  assert.equal(Object.keys(MODELS).sort(), Object.keys(LEAST_ON_NPU).sort());
});

for (const [name, load] of Object.entries(MODELS)) {
  for (const target of TARGETS) {
    test(`${name} on ${target}: no fewer operators on the NPU`, async () => {
      const onNpu = await countOnNpu(load(), target);
      const least = LEAST_ON_NPU[name] as number;
      assert.ok(onNpu >= least, `${onNpu} operators on the NPU, ${least} before`);
    });
  }
}

/** The single operators of two networks that stay on the CPU. */
const ON_CPU = ["mb-029", "mb-030", "mobiledet-118", "mobiledet-122"];

test("single operators of two networks are on the NPU, but for those that never were", async () => {
  if (!hasShared("single operators of two networks")) return;
  const names = readdirSync(join(SHARED, "models/layers")).map((file) =>
    file.replace(".tflite", ""),
  );
  assert.ok(names.length >= 93);
  for (const target of TARGETS) {
    const onCpu: string[] = [];
    for (const name of names) {
      const model = readShared(`models/layers/${name}.tflite`);
      if ((await countOnNpu(model, target, true)) === 0) onCpu.push(name);
    }
    assert.equal(
      onCpu.filter((name) => !ON_CPU.includes(name)),
      [],
      target,
    );
  }
});

async function countOnNpu(
  model: Uint8Array,
  target: string,
  allowUnproven = false,
): Promise<number> {
  const { report } = await compile(model, { target, allowUnproven });
  return report.operators.filter(({ placement }) => placement === "NPU").length;
}

test.run();
