import { availableParallelism } from "node:os";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { runCampaign } from "./campaign.ts";
import { faultText, Tally } from "./tally.ts";

// A sample of what `npm run graphs` draws without end, another one each week.

const COUNT = 400;
const WEEK = 7 * 24 * 60 * 60 * 1000;

test(`${COUNT} networks drawn at random are right on all cores`, async () => {
  const seed = Math.floor(Date.now() / WEEK);
  console.log(`networks of this week: npm run graphs -- --count ${COUNT} --seed ${seed}`);
  const tally = new Tally();
  await runCampaign({ count: COUNT, seed, workers: availableParallelism() }, (told) =>
    tally.add(told),
  );
  console.log(tally.text());
  assert.equal(
    tally.faults.map((told) => faultText(seed, told)),
    [],
  );
  // Networks that are all refused, or all on the CPU, would tell nothing.
  assert.ok(tally.share("right") > 0.9, `${tally.share("right")} of all`);
  assert.ok(tally.shareOnNpu > 0.3, `${tally.shareOnNpu} of all operators on the NPU`);
  assert.ok(tally.shareOnLiteRt > 0.5, `${tally.shareOnLiteRt} of all beside LiteRT`);
});

test.run();
