import { test } from "uvu";
import * as assert from "uvu/assert";
import { openBlob } from "../../host/blob/open.ts";
import { compile } from "../../host/index.ts";
import { agreement, scoresFor, scoresTensor } from "../measure/scores.ts";
import { variations } from "../measure/variations.ts";
import { hasShared, readShared } from "../support/shared.ts";

// Networks quantized per channel, at the usual budget of jobs and without any pictures to round
// for: how often the first class is TFLite's. docs/channels.md has other budgets.

const PICTURES = 200;
const LEAST = 0.95;
/** 187 pictures on the A311D, 189 on the i.MX 8M Plus; 190 before residuals' cut-off was counted. */
const LEAST_OF_MOBILENET = 0.93;
const NETWORKS = [
  { model: "mlperf_tiny_resnet8_int8", side: 32 },
  { model: "vww_96_int8", side: 96 },
  { model: "tf2_mobilenet_v2_1.0_224_ptq", side: 224, least: LEAST_OF_MOBILENET },
];

if (hasShared("how often first classes agree")) {
  for (const { model, side, least = LEAST } of NETWORKS) {
    test(`the first class of ${model}`, async () => {
      const bytes = readShared(`models/${model}.tflite`);
      const pictures = await variations(PICTURES, side);
      const whole = openBlob(await compile(bytes, { target: "a311d", cpuOnly: true }));
      const stopAt = scoresTensor(whole);
      const onCpu = await compile(bytes, { target: "a311d", stopAt, cpuOnly: true });
      const expected = await scoresFor(onCpu, pictures);
      for (const target of ["a311d", "imx8mp"]) {
        const found = await scoresFor(await compile(bytes, { target, stopAt }), pictures);
        const same = agreement(found, expected);
        assert.ok(same >= least, `${100 * same} % on ${target}`);
      }
    });
  }
}

test.run();
