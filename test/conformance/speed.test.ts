import { readdirSync } from "node:fs";
import { join } from "node:path";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { CALIBRATION, LEAVE_ONE_OUT_ERROR } from "../../host/estimate/calibration.ts";
import { loadPoints } from "../support/calibration.ts";
import { hasShared, readShared, SHARED } from "../support/shared.ts";
import { cornersOf, geometricMean, loadEntries, Race, SPEED_TARGETS } from "../support/speed.ts";

// By the performance model, nolfet's streams are no slower than the open driver's for the same
// operators, whichever setting of the model one believes. placements.test.ts holds what is on the NPU.

/** The length of streams of v7 depends on the tiling, by a percent either way, which no estimate foresees. */
const MOST_OF_LAYER = 1.02;
/** Of the ten ratios. */
const MOST_MEAN = 0.75;

test("networks are estimated to be no slower than the open driver's streams", async () => {
  if (!hasShared("estimates of whole networks")) return;
  const settings = [CALIBRATION, ...cornersOf(await loadPoints(), LEAVE_ONE_OUT_ERROR)];
  assert.ok(settings.length > 3);
  const entries = await loadEntries();
  assert.is(entries.length, 10);
  for (const { network, target, race } of entries) {
    for (const setting of settings) {
      const ratio = race.ratio(setting);
      assert.ok(ratio <= 1, `${network} on ${target}, ${JSON.stringify(setting)}: ${ratio}`);
    }
  }
  const mean = geometricMean(entries.map(({ race }) => race.ratio()));
  assert.ok(mean <= MOST_MEAN, `${mean}`);
});

for (const target of SPEED_TARGETS) {
  test(`single layers on ${target} are estimated to be no slower, either, but for a percent or two`, async () => {
    if (!hasShared("estimates of single layers")) return;
    const slower: string[] = [];
    for (const file of readdirSync(join(SHARED, "models/layers"))) {
      const race = await Race.of(readShared(`models/layers/${file}`), target);
      if (race.ratio() > MOST_OF_LAYER) slower.push(`${file}: ${race.ratio()}`);
    }
    assert.equal(slower, []);
  });
}

test.run();
