import { test } from "uvu";
import * as assert from "uvu/assert";
import { CORES } from "../../assembly/targets/cores.ts";
import { compile } from "../../host/index.ts";
import { runModel } from "../support/runs.ts";
import { hasShared, readShared } from "../support/shared.ts";

// Whole networks on real pictures. Rounding differs here and there and adds up, so the five
// classes that TFLite finds may differ by some steps, but the first must be the same.

const CLASS_DIFFERENCE = 12;
const NETWORKS = {
  "mobilenet_v1_1.0_224_quant": 224,
  "mobilenet_v1_0.25_128_quant": 128,
  "mobilenet_v2_1.0_224_quant": 224,
};
const PICTURES = ["cat", "grace_hopper"];

interface TopFive {
  [model: string]: { [picture: string]: { index: number; value: number }[] };
}

for (const { name: target } of CORES) {
  for (const [name, side] of Object.entries(NETWORKS)) {
    test(`${name} on ${target} finds what TFLite finds`, async () => {
      if (!hasShared(`${name} on ${target}`)) return;
      for (const picture of PICTURES) {
        const pixels = readShared(`images/${picture}-${side}x${side}.rgb.gz`);
        const [found] = await runModel(model(name), { target }, [pixels]);
        const scores = found as Uint8Array;
        const expected = topFive(name, picture);
        assert.is(scores.indexOf(Math.max(...scores)), expected[0]?.index, picture);
        for (const { index, value } of expected) {
          const difference = Math.abs((scores[index] as number) - value);
          assert.ok(difference <= CLASS_DIFFERENCE, `${picture}, class ${index}: ${difference}`);
        }
      }
    });
  }
}

for (const target of ["a311d", "imx8mp"]) {
  test(`MobileNetV1 as Mesa splits it on ${target}`, async () => {
    if (!hasShared(`MobileNetV1 as Mesa splits it on ${target}`)) return;
    const { report } = await compile(model("mobilenet_v1_1.0_224_quant"), {
      target,
      compat: "mesa",
    });
    const onNpu = report.operators.filter(({ placement }) => placement === "NPU");
    assert.is(`${onNpu.length} of ${report.operators.length}`, "28 of 31");
    // Each partition on the NPU is one command stream, so one submission.
    assert.is(report.segments.filter(({ placement }) => placement === "NPU").length, 2);
  });
}

/** Networks, Mesa's coefficient bytes for them on v8, and the share of those that may be needed. */
const WHOLE = {
  "mobilenet_v1_1.0_224_quant": { mesa: 3_631_716, share: 0.85, inOneSegment: true },
  "mobilenet_v2_1.0_224_quant": { mesa: 3_349_508, share: 0.88, inOneSegment: true },
  ssdlite_mobiledet_coco_qat_postprocess: { mesa: 3_848_316, share: 0.86 },
  yolox: { mesa: 5_080_252, share: 0.78 },
  deeplabv3_mnv2_dm05_pascal_quant: {},
};

/** Of the multiply-accumulates. */
const LEAST_ON_NPU = 0.99;

for (const target of ["a311d", "imx8mp"]) {
  test(`the NPU does nearly all the work on ${target}`, async () => {
    if (!hasShared(`whole networks on ${target}`)) return;
    for (const [name, { mesa, share, inOneSegment }] of Object.entries<Whole>(WHOLE)) {
      // Two layers of MobileDet are unproven on v7.
      const { report } = await compile(model(name), { target, allowUnproven: true });
      assert.ok(report.macs.npu >= LEAST_ON_NPU * report.macs.total, name);
      const segments = report.segments.filter(({ placement }) => placement === "NPU");
      if (inOneSegment) assert.is(segments.length, 1, name);
      if (target !== "imx8mp" || !mesa || !share) continue;
      const bytes = report.weights.coefficientBytes;
      console.log(`${name}: ${bytes} coefficient bytes, ${(bytes / mesa).toFixed(3)} of Mesa's`);
      assert.ok(bytes <= share * mesa, name);
    }
  });
}

interface Whole {
  mesa?: number;
  share?: number;
  inOneSegment?: boolean;
}

/** Bytes of constants and arena together. */
const DEVICE_BYTES = { a311d: 7_100_000, imx8mp: 4_600_000 };

for (const [target, most] of Object.entries(DEVICE_BYTES)) {
  test(`MobileNetV1 takes at most ${most} bytes on ${target}`, async () => {
    if (!hasShared(`memory of MobileNetV1 on ${target}`)) return;
    const { report } = await compile(model("mobilenet_v1_1.0_224_quant"), { target });
    console.log(`${target}: ${report.memory.deviceBytes} bytes on the device`);
    assert.ok(report.memory.deviceBytes <= most, `${report.memory.deviceBytes}`);
  });
}

function model(name: string): Uint8Array {
  return readShared(`models/${name}.tflite`);
}

function topFive(name: string, picture: string) {
  const json = new TextDecoder().decode(readShared("reference/top5.json"));
  return (JSON.parse(json) as TopFive)[name]?.[picture] ?? [];
}

test.run();
