import { readdirSync } from "node:fs";
import { join } from "node:path";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { compare } from "../support/compare.ts";
import { BuiltinOperator, readLayerModel } from "../support/layer-model.ts";
import { runModel } from "../support/runs.ts";
import { hasShared, readShared, SHARED } from "../support/shared.ts";

// What nolfet makes by default of single layers of real networks, run on the emulator, against
// TFLite. TFLite rounds twice where the NPU rounds once, so some elements differ by one: few of
// a convolution's, more of a depthwise one's, whose factors are large. The weights of an addition
// are rounded, too. What runs on the CPU is exact.

interface Limits {
  largest: number;
  share: number;
}

const LIMITS: Record<number, Limits> = {
  [BuiltinOperator.CONV_2D]: { largest: 1, share: 0.005 },
  [BuiltinOperator.DEPTHWISE_CONV_2D]: { largest: 1, share: 0.04 },
  [BuiltinOperator.ADD]: { largest: 1, share: 0.02 },
};
const OF_OTHERS: Limits = { largest: 1, share: 0.01 };

for (const target of ["a311d", "imx8mp"]) {
  test(`single layers on ${target} give TFLite's results`, async () => {
    if (!hasShared(`layers on ${target}`)) return;
    const missed: string[] = [];
    let met = 0;
    for (const { name, model, reference, limits } of layers()) {
      const [found] = await runModel(readShared(model), { target });
      const difference = compare(found as Uint8Array, readShared(reference));
      if (difference.largest <= limits.largest && difference.share <= limits.share) met++;
      else missed.push(`${name}: ${JSON.stringify(difference)}`);
    }
    console.log(`${target}: ${met} of ${met + missed.length} layers within limits`);
    assert.equal(missed, []);
    assert.ok(met > 80);
  });
}

function layers() {
  const names = readdirSync(join(SHARED, "models/layers")).map((file) => file.split(".")[0]);
  return ["conv2d", "fully_connected", ...names.map((name) => `layers/${name}`)].map((name) => {
    const model = `models/${name}.tflite`;
    const limits = LIMITS[readLayerModel(readShared(model)).operators[0] as number] ?? OF_OTHERS;
    return { name, model, reference: `reference/${name}.out0.bin.gz`, limits };
  });
}

test.run();
