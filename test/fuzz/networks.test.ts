import { test } from "uvu";
import * as assert from "uvu/assert";
import { judge } from "./judged.ts";
import { NETWORKS } from "./networks/trial.ts";

const COUNT = 2000;
/** Another one every week, so that every run of a week sees the same mutants. */
const seed = Math.floor(Date.now() / (7 * 24 * 3600 * 1000));

test(`${COUNT} mutants of vendor files are read or end in a typed error (seed ${seed})`, async () => {
  const subjects = NETWORKS.subjects();
  const outcomes = new Set<string>();
  for (let index = 0; index < COUNT; index++) {
    const { mutant, outcome, fault } = await judge(NETWORKS, subjects, seed, index);
    assert.is(fault, undefined, `${mutant.subject}: ${mutant.changes.join(", ")}`);
    outcomes.add(outcome);
  }
  assert.ok(outcomes.has("read"));
  assert.ok(outcomes.size > 10, `only ${outcomes.size} outcomes`);
});

test.run();
