import { test } from "uvu";
import * as assert from "uvu/assert";
import { BUILDS, compileDriver, hasTools, StandIn } from "../support/stand-in.ts";

const cores = ["a311d"];

for (const [name, build] of Object.entries(BUILDS)) {
  if (!hasTools(`the stand-in kernel's rules, ${name}`, build)) continue;
  const nodes = {
    renderD128: { cores },
    renderD129: { cores, faults: { stuck: 1 } },
    renderD130: { cores, mmu: 1 },
    renderD131: { driver: "panfrost" },
    renderD132: { cores, softpin: 0x20000000 },
  };
  const standIn = await StandIn.create(nodes, build);
  const outcome = await standIn.run(compileDriver("submissions", build));
  await standIn.close();

  for (const line of outcome.stdout.trimEnd().split("\n")) {
    const [expected, found, what] = line.split("\t");
    test(`${name}: ${expected === "0" ? "takes" : expected} ${what}`, () => {
      assert.is(found, expected);
    });
  }

  test(`${name}: goes through all of them`, () => {
    assert.is(outcome.stderr, "");
    assert.is(outcome.code, 0);
  });
}

test.run();
