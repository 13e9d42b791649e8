import { readdirSync } from "node:fs";
import { join } from "node:path";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { compare } from "../support/compare.ts";
import { BuiltinOperator, readLayerModel } from "../support/layer-model.ts";
import { runModel } from "../support/runs.ts";
import { hasShared, readShared, SHARED } from "../support/shared.ts";

// What nolfet writes by default for single layers of real networks, run on the emulator, against
// TFLite. TFLite rounds twice where the NPU rounds once, so some elements differ by one: few of
// a convolution's, more of a depthwise one's, whose sums are small.

const LARGEST = 1;
const SHARE: Record<number, number> = {
  [BuiltinOperator.CONV_2D]: 0.01,
  [BuiltinOperator.DEPTHWISE_CONV_2D]: 0.12,
};

for (const target of ["a311d", "imx8mp"]) {
  test(`convolutions on ${target} give TFLite's results`, async () => {
    if (!hasShared(`layers on ${target}`)) return;
    const missed: string[] = [];
    let met = 0;
    for (const { name, model, reference, share } of layers()) {
      const [found] = await runModel(readShared(model), { target });
      const difference = compare(found as Uint8Array, readShared(reference));
      if (difference.largest <= LARGEST && difference.share <= share) met++;
      else missed.push(`${name}: ${JSON.stringify(difference)}`);
    }
    console.log(`${target}: ${met} of ${met + missed.length} layers within limits`);
    assert.equal(missed, []);
    assert.ok(met > 80);
  });
}

/** All models of one convolution, with the share of elements that may differ. */
function layers() {
  const names = readdirSync(join(SHARED, "models/layers")).map((file) => file.split(".")[0]);
  return ["conv2d", ...names.map((name) => `layers/${name}`)].flatMap((name) => {
    const model = `models/${name}.tflite`;
    const share = SHARE[readLayerModel(readShared(model)).operators[0] as number];
    return share === undefined
      ? []
      : { name, model, reference: `reference/${name}.out0.bin.gz`, share };
  });
}

test.run();
