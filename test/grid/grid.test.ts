import { test } from "uvu";
import * as assert from "uvu/assert";
import { loadLiteRtWith } from "../../host/litert/module.ts";
import { loadInstalledLiteRt } from "../../host/litert/node.ts";
import { chooseReferenceKernels } from "../support/litert.ts";
import { judge, TARGETS, type Verdict } from "./judge.ts";
import { type GridLayer, gridLayers } from "./layers.ts";

// A sample of the int8 layers that `npm run grid` goes through, those that are quick.

/** Shares no factor with any of the grid's sides, so that all values of each are met. */
const STEP = 31;
const MOST_MACS = 100e6;

const sample = [...gridLayers()].filter(({ macs }, i) => i % STEP === 0 && macs <= MOST_MACS);

const KINDS: GridLayer["kind"][] = ["convolution", "depthwise", "fully connected", "addition"];
for (const kind of KINDS) {
  const layers = sample.filter((layer) => layer.kind === kind);
  test(`int8, ${kind}: ${layers.length} layers give LiteRT's results`, async () => {
    assert.ok(layers.length > 0);
    const verdicts: Verdict[] = [];
    for (const layer of layers) verdicts.push(...(await judge(layer)));
    assert.is(verdicts.length, TARGETS.length * layers.length);
    const text = ({ layer, target, difference }: Verdict) =>
      `${layer.name} on ${target}: ${JSON.stringify(difference)}`;
    assert.equal(verdicts.filter(({ isMet }) => !isMet).map(text), []);
    assert.equal(verdicts.filter(({ reason }) => reason).map(text), []);
  });
}

test.before(() => {
  chooseReferenceKernels();
});
// Other tests in this process expect what users have.
test.after(() => loadLiteRtWith(loadInstalledLiteRt));
test.run();
