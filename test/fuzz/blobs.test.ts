import { test } from "uvu";
import * as assert from "uvu/assert";
import { runCampaign } from "./campaign.ts";

const SEED = 30_000;
const COUNT = 5_000;

/** All of these happen, so the mutants are neither all noise nor all harmless. */
const HAPPEN = [
  "executed",
  "bad weights",
  "BAD_BLOB",
  "BAD_COEFFICIENTS",
  "BAD_DESCRIPTOR",
  "BAD_STREAM",
  "OUT_OF_BOUNDS",
];

test(`${COUNT} mutated blobs load or give a typed error, and keep to their buffers`, async () => {
  const { outcomes, faults } = await runCampaign({ kind: "blobs", seed: SEED }, COUNT);
  assert.equal(faults, []);
  for (const outcome of HAPPEN) {
    assert.ok((outcomes[outcome] ?? 0) >= 10, `${outcome}: ${JSON.stringify(outcomes)}`);
  }
});

test.run();
