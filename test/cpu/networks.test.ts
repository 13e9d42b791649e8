import { existsSync } from "node:fs";
import { join } from "node:path";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { compile, Session } from "../../host/index.ts";
import { feedsOf } from "../support/feeds.ts";
import { hasShared, readShared, SHARED } from "../support/shared.ts";

// Whole networks with every operator on the CPU: byte for byte what TFLite's reference kernels
// give, for pseudo-random input and for pictures.

const NETWORKS = [
  "ad01_int8",
  "conv2d",
  "deeplabv3_mnv2_dm05_pascal_quant",
  "fully_connected",
  "kws_ref_model_int8",
  "mlperf_tiny_resnet8_int8",
  "mobilenet_v1_0.25_128_quant",
  "mobilenet_v1_1.0_224_quant",
  "mobilenet_v2_1.0_224_quant",
  "tf2_mobilenet_v2_1.0_224_ptq",
  "vww_96_int8",
  "yolox",
];
const INPUTS = ["", ".cat", ".grace_hopper"];

if (hasShared("whole networks on the CPU's kernels")) {
  for (const network of NETWORKS) {
    test(`${network} is TFLite's, byte for byte`, async () => {
      const model = readShared(`models/${network}.tflite`);
      const session = await Session.create(
        await compile(model, { target: "a311d", cpuOnly: true }),
      );
      for (const input of INPUTS) {
        const folder = input === "" ? "reference" : "reference/pictures";
        if (!existsSync(join(SHARED, `${folder}/${network}${input}.out0.bin.gz`))) continue;
        const outputs = await session.run(feedsOf(session.inputs, input.slice(1)));
        session.outputs.forEach(({ name }, i) => {
          const { buffer } = outputs[name] as Uint8Array;
          const expected = readShared(`${folder}/${network}${input}.out${i}.bin.gz`);
          assert.equal(new Uint8Array(buffer), expected, `output ${i} of ${input || "noise"}`);
        });
      }
    });
  }
}

test.run();
