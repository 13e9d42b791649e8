import { test } from "uvu";
import * as assert from "uvu/assert";
import { hasShared } from "../support/shared.ts";
import { measureLayers, totalOf } from "../support/weights.ts";

// Coefficients by default, against those that Mesa wrote. `npm run weights` prints them all.

const MOST: Record<string, { pattern: RegExp; share: number }[]> = {
  "vipnano-qi.a311d": [
    { pattern: /^mobilenet_v1_1.0/, share: 0.9 },
    { pattern: /^mobiledet-/, share: 0.56 },
  ],
  "vipnano-si+.imx8mp": [
    { pattern: /^mobilenet_v1_1.0/, share: 0.85 },
    { pattern: /^mobiledet-/, share: 0.87 },
  ],
};

for (const [core, budgets] of Object.entries(MOST)) {
  test(`coefficients for ${core} are no larger than Mesa's`, async () => {
    if (!hasShared(`coefficients for ${core}`)) return;
    const layers = await measureLayers(core);
    const larger = layers.filter(({ nolfet, mesa }) => nolfet > mesa).map(({ name }) => name);
    assert.equal(larger, []);
    for (const { pattern, share } of budgets) {
      const { nolfet, mesa } = totalOf(layers.filter(({ name }) => pattern.test(name)));
      console.log(`${core} ${pattern}: ${nolfet} of ${mesa} bytes, ${(nolfet / mesa).toFixed(3)}`);
      assert.ok(nolfet <= share * mesa);
    }
  });
}

test.run();
