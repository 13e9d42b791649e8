import { test } from "uvu";
import * as assert from "uvu/assert";
import { Random } from "../support/random.ts";
import { hasShared } from "../support/shared.ts";
import { runCampaign } from "./campaign.ts";
import { mutantOf } from "./models/trial.ts";
import { loadSubjects } from "./subjects.ts";

const SEED = 20_000;
const COUNT = 2_000;
const EXECUTED_COUNT = 500;
const TRIAL = { kind: "models", seed: SEED } as const;

hasShared("mutants of real models; those of built ones are tried");

test("a seed gives the same mutants again, and others than its neighbours", () => {
  const subjects = loadSubjects();
  const first = mutantOf(subjects, SEED, 5);
  assert.equal(mutantOf(subjects, SEED, 5), first);
  assert.not.equal(mutantOf(subjects, SEED, 6).changes, first.changes);
  assert.not.equal(mutantOf(subjects, SEED + 1, 5).changes, first.changes);
});

test("making a mutant leaves its model alone", () => {
  const subjects = loadSubjects();
  for (let index = 0; index < 100; index++) mutantOf(subjects, SEED, index);
  assert.equal(subjects, loadSubjects());
});

test("random numbers fill their range evenly", () => {
  const random = new Random(SEED);
  const drawn = Array.from({ length: 10_000 }, () => random.below(10));
  for (let digit = 0; digit < 10; digit++) {
    const times = drawn.filter((one) => one === digit).length;
    assert.ok(times > 900 && times < 1100, `${digit}: ${times} times of 10000`);
  }
});

test(`${COUNT} mutants compile or give a typed error`, async () => {
  const { outcomes, faults } = await runCampaign({ ...TRIAL, execute: false }, COUNT);
  assert.equal(faults, []);
  // Both happen often: the mutants are neither all noise nor all harmless.
  assert.ok((outcomes.compiled ?? 0) > COUNT / 10, JSON.stringify(outcomes));
  assert.ok((outcomes.MALFORMED ?? 0) > COUNT / 10, JSON.stringify(outcomes));
});

test(`what compiles of ${EXECUTED_COUNT} mutants runs on the emulator`, async () => {
  const trial = { ...TRIAL, seed: SEED + 1, execute: true };
  const { outcomes, faults } = await runCampaign(trial, EXECUTED_COUNT);
  assert.equal(faults, []);
  assert.ok((outcomes.executed ?? 0) > EXECUTED_COUNT / 20, JSON.stringify(outcomes));
});

test.run();
