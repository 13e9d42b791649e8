import { test } from "uvu";
import * as assert from "uvu/assert";
import { runCampaign } from "./campaign.ts";

const SEED = 40_000;
const COUNT = 10_000;

/** All of these happen, so the mutants are neither all noise nor all harmless. */
const HAPPEN = ["executed", "BAD_BLOB", "UNSUPPORTED_OPERATOR"];

test(`${COUNT} mutated operators run on the CPU or give a typed error`, async () => {
  const { outcomes, faults, done } = await runCampaign({ kind: "kernels", seed: SEED }, COUNT);
  assert.equal(faults, []);
  assert.is(done, COUNT);
  for (const outcome of HAPPEN) {
    assert.ok((outcomes[outcome] ?? 0) >= 10, `${outcome}: ${JSON.stringify(outcomes)}`);
  }
});

test.run();
