import { test } from "uvu";
import * as assert from "uvu/assert";
import { compile } from "../../host/index.ts";
import { runModel } from "../support/runs.ts";
import { hasShared, readShared } from "../support/shared.ts";

// int8 networks whose weights are quantized per channel, in as many jobs as by default, against
// TFLite's reference kernels.

/** Sides of their pictures; 0 where their input is none. */
const NETWORKS = {
  mlperf_tiny_resnet8_int8: 32,
  kws_ref_model_int8: 0,
  vww_96_int8: 96,
  ad01_int8: 0,
  "tf2_mobilenet_v2_1.0_224_ptq": 224,
};
const PICTURES = ["cat", "grace_hopper"];
const TARGETS = ["a311d", "imx8mp"];
/** Of the multiply-accumulates. */
const LEAST_ON_NPU = 0.99;
/** TFLite's first class leads by more than this in all of them, and has to be found. */
const MARGIN = 12;
/** Of ad01's output, in steps. */
const MOST_MEAN = 1;

type Bytes = Uint8Array | Int8Array;

for (const target of TARGETS) {
  for (const [name, side] of Object.entries(NETWORKS)) {
    test(`${name} runs on the NPU of ${target}`, async () => {
      if (!hasShared(`${name} on ${target}`)) return;
      const { report } = await compile(model(name), { target });
      assert.ok(report.macs.npu >= LEAST_ON_NPU * report.macs.total, `${report.macs.npu}`);
      for (const picture of side === 0 ? [] : PICTURES) {
        const pixels = readShared(`images/${picture}-${side}x${side}.rgb.gz`);
        const isSigned = !name.startsWith("tf2");
        const bytes = isSigned ? pixels.map((byte) => byte ^ 0x80) : pixels;
        const [found] = await runModel(model(name), { target }, [bytes]);
        assertFirst(found as Bytes, reference(`pictures/${name}.${picture}`, found as Bytes));
      }
    });
  }

  test(`kws and ad01 give what TFLite gives for noise on ${target}`, async () => {
    if (!hasShared(`kws and ad01 on ${target}`)) return;
    const [classes] = await runModel(model("kws_ref_model_int8"), { target });
    assertFirst(classes as Bytes, reference("kws_ref_model_int8", classes as Bytes));
    const [found] = (await runModel(model("ad01_int8"), { target })) as [Int8Array];
    const expected = reference("ad01_int8", found);
    const sum = found.reduce((sum, value, i) => sum + Math.abs(value - (expected[i] as number)), 0);
    assert.ok(sum <= MOST_MEAN * found.length, `${sum / found.length}`);
  });
}

function assertFirst(found: Bytes, expected: Bytes): void {
  const [first = 0, second = 0] = [...expected].sort((a, b) => b - a);
  assert.ok(first - second > MARGIN, `leads by ${first - second}`);
  assert.is(found.indexOf(Math.max(...found)), expected.indexOf(first));
}

/** As elements of the type of what is compared with it. */
function reference(name: string, like: Bytes): Bytes {
  const bytes = readShared(`reference/${name}.out0.bin.gz`);
  return like instanceof Int8Array ? new Int8Array(bytes) : bytes;
}

function model(name: string): Uint8Array {
  return readShared(`models/${name}.tflite`);
}

test.run();
