import { readdirSync } from "node:fs";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { BUILDS, type NodeDescription, StandIn } from "../support/stand-in.ts";
import { addonOf, type BuildName } from "./addons.ts";

// The addon over the stand-in kernel, as it comes, sanitized, and as boards have it.

/** Below /dev/dri, named after what is the matter with them. */
const NODES: Record<string, NodeDescription> = {
  healthy: { cores: ["a311d"] },
  old: { cores: ["a311d"], version: [1, 3] },
  other: { driver: "i915", version: [1, 6] },
  full: { cores: ["a311d"], faults: { "no-memory": 1 } },
  refusing: { cores: ["a311d"], faults: { invalid: 1 } },
  vanishing: { cores: ["a311d"], faults: { gone: 1 } },
  interrupted: { cores: ["a311d"], faults: { interrupted: 20 } },
  stuck: { cores: ["a311d"], faults: { stuck: 1 } },
  slow: { cores: ["a311d"], faults: { slow: 500 } },
};

/** How often `holdsNothingBack` goes round. */
const CYCLES: Record<BuildName, number> = { plain: 10_000, sanitized: 500, arm64: 300 };

const FILES = readdirSync("test/shim/scenarios").filter((file) => file !== "common.mjs");

for (const name of Object.keys(BUILDS) as BuildName[]) {
  const addon = addonOf(name, `the ${name} addon`);
  if (!addon) continue;
  const { path, node, build } = addon;
  const standIn = await StandIn.create(NODES, build);
  test.after(() => standIn.close());

  const environment = { ...addon.environment, NOLFET_CYCLES: `${CYCLES[name]}` };
  for (const file of FILES) {
    test(`${name}: ${file}`, async () => {
      standIn.forget();
      const args = ["--expose-gc", "test/shim/run.mjs", path, file];
      const { code, stdout, stderr } = await standIn.run(node, args, environment);
      assert.is(stderr, "");
      const scenarios = Object.keys(await import(`./scenarios/${file}`));
      assert.equal(stdout.trimEnd().split("\n"), scenarios);
      assert.is(code, 0);
      if (file === "submission.mjs") checkSubmissions(standIn);
      if (file === "cycles.mjs") assert.ok(standIn.submissions().length >= CYCLES[name]);
    });
  }
}

/** What `submission.mjs` submits arrives word by word, buffers at their addresses. */
function checkSubmissions(standIn: StandIn): void {
  const submissions = standIn.submissions();
  const words = ["0801028a", "00000011", "08010e13", "00000002"];
  assert.equal(
    submissions.map(({ stream }) => stream),
    [words.slice(0, 2), words, words],
  );
  for (const { buffers } of submissions) {
    const seen = buffers.map(({ address, bytes, writable }) => ({ address, bytes, writable }));
    assert.equal(seen, [
      { address: 0x10000000, bytes: 12288, writable: false },
      { address: 0x40000000, bytes: 4096, writable: true },
    ]);
  }
}

test.run();
