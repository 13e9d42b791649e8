import { statSync } from "node:fs";
import { join } from "node:path";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { hasShared, SHARED } from "../support/shared.ts";
import { Oracle } from "../support/truth.ts";
import { EXCEPTIONS, REFUSALS, STILL_WRONG } from "./expectations.ts";
import { judge, zooNames } from "./judge.ts";

// The smaller ones of the public models that `npm run zoo` goes through: right, or refused as they
// should be.

const MOST_BYTES = 400_000;

const all = hasShared("public models") ? zooNames() : [];
const oracle = new Oracle();

for (const name of all.filter((name) => bytesOf(name) <= MOST_BYTES)) {
  const reason = STILL_WRONG[name];
  test(`${name}: ${reason ? `still wrong, ${reason}` : "right"}`, async () => {
    const verdicts = await judge(name, oracle);
    const faults = verdicts.flatMap(({ target, fault }) => (fault ? [`${target}: ${fault}`] : []));
    if (reason === undefined) assert.equal(faults, []);
    else assert.ok(faults.length > 0, "it is right now: take it out of STILL_WRONG");
  });
}

test("only models that there are have a verdict of their own, and three at most are farther off", () => {
  if (all.length === 0) return;
  const listed = [REFUSALS, EXCEPTIONS, STILL_WRONG].flatMap((table) => Object.keys(table));
  assert.equal(
    listed.filter((name) => !all.includes(name)),
    [],
  );
  assert.ok(Object.keys(EXCEPTIONS).length <= 3);
});

function bytesOf(name: string): number {
  return statSync(join(SHARED, "zoo", `${name}.tflite`)).size;
}

test.after(() => oracle.close());
test.run();
