import { test } from "uvu";
import * as assert from "uvu/assert";
import { hasShared } from "../support/shared.ts";
import { measureLayers, totalOf } from "../support/weights.ts";

// Coefficients by default, against those that Mesa wrote. `npm run weights` prints them all.

// On v7 a depthwise layer is stored with the zeros between its channels. It is cut into jobs only where
// that saves time by the performance model, so its bytes may be a little more than Mesa's.

const MOST_OF_LAYER: Record<string, number> = {
  "vipnano-qi.a311d": 1.05,
  "vipnano-si+.imx8mp": 1,
};
const MOST: Record<string, { pattern: RegExp; share: number }[]> = {
  "vipnano-qi.a311d": [
    { pattern: /^mobilenet_v1_1.0/, share: 1 },
    { pattern: /^mobiledet-/, share: 0.73 },
  ],
  "vipnano-si+.imx8mp": [
    { pattern: /^mobilenet_v1_1.0/, share: 0.85 },
    { pattern: /^mobiledet-/, share: 0.87 },
  ],
};

for (const [core, budgets] of Object.entries(MOST)) {
  test(`coefficients for ${core} are hardly larger than Mesa's in any layer`, async () => {
    if (!hasShared(`coefficients for ${core}`)) return;
    const layers = await measureLayers(core);
    const most = MOST_OF_LAYER[core] as number;
    const larger = layers.filter(({ nolfet, mesa }) => nolfet > most * mesa);
    assert.equal(
      larger.map(({ name }) => name),
      [],
    );
    for (const { pattern, share } of budgets) {
      const { nolfet, mesa } = totalOf(layers.filter(({ name }) => pattern.test(name)));
      console.log(`${core} ${pattern}: ${nolfet} of ${mesa} bytes, ${(nolfet / mesa).toFixed(3)}`);
      assert.ok(nolfet <= share * mesa);
    }
  });
}

test.run();
