import { test } from "uvu";
import * as assert from "uvu/assert";
import { compile } from "../../host/index.ts";
import { convolutionModel } from "../../host/tflite/convolution.ts";
import { compare } from "../support/compare.ts";
import { Random } from "../support/random.ts";
import { runModel } from "../support/runs.ts";

// Depthwise layers with one kernel of another scale than all others, which is run alone.

const CHANNELS = 13;
const SCALES = Array.from({ length: CHANNELS }, (_, k) => (k === 6 ? 0.03 : 0.0004));

for (const target of ["a311d", "imx8mp"]) {
  for (const stride of [1, 2]) {
    test(`one large kernel costs the others nothing on ${target}, stride ${stride}`, async () => {
      const random = new Random(stride);
      const model = convolutionModel({
        dtype: "int8",
        height: 10,
        width: 10,
        channels: CHANNELS,
        depthwise: true,
        stride,
        input: { scale: 0.02, zeroPoint: -3 },
        weights: { scale: SCALES, zeroPoint: SCALES.map(() => 0) },
        output: { scale: 0.004, zeroPoint: 4 },
        weightAt: () => random.integer(1, 255),
      });
      const { report } = await compile(model, { target });
      assert.is(report.operators[0]?.placement, "NPU");
      const input = random.bytes(10 * 10 * CHANNELS);
      const [found] = await runModel(model, { target }, [input]);
      const [expected] = await runModel(model, { target, cpuOnly: true }, [input]);
      assert.ok(compare(found as Uint8Array, expected as Uint8Array, true).largest <= 1);
    });
  }
}

test.run();
