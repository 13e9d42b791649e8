import { test } from "uvu";
import * as assert from "uvu/assert";
import { CORES, CoreMark } from "../../assembly/targets/cores.ts";
import { compile } from "../../host/index.ts";
import { runModel } from "../support/runs.ts";
import { hasShared, readShared } from "../support/shared.ts";

// Whole networks on real pictures. Rounding differs here and there and adds up, so the five
// classes that TFLite finds may differ by some steps, but the first must be the same.

const CLASS_DIFFERENCE = 12;
const NETWORKS = { "mobilenet_v1_1.0_224_quant": 224, "mobilenet_v1_0.25_128_quant": 128 };
const PICTURES = ["cat", "grace_hopper"];

interface TopFive {
  [model: string]: { [picture: string]: { index: number; value: number }[] };
}

for (const { name: target, mark } of CORES) {
  // The stream format of one core is documented as another than its table row says.
  const allowUnproven = mark === CoreMark.UNPROVEN;
  for (const [name, side] of Object.entries(NETWORKS)) {
    test(`${name} on ${target} finds what TFLite finds`, async () => {
      if (!hasShared(`${name} on ${target}`)) return;
      for (const picture of PICTURES) {
        const pixels = readShared(`images/${picture}-${side}x${side}.rgb.gz`);
        const [found] = await runModel(model(name), { target, allowUnproven }, [pixels]);
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
