import { spawnSync } from "node:child_process";
import { test } from "uvu";
import * as assert from "uvu/assert";

// What is generated from the schema is committed, so that a build does not need flatc.

if (spawnSync("flatc", ["--version"]).status !== 0) {
  console.log("skipped: the generated files need flatc to be compared");
} else {
  test("the schema's generated files are current", () => {
    const { status, stderr } = spawnSync("node", ["scripts/schema.mjs", "--check"], {
      encoding: "utf8",
    });
    assert.is(stderr, "");
    assert.is(status, 0);
  });
}

test.run();
