import { test } from "uvu";
import * as assert from "uvu/assert";
import { compile } from "../../host/index.ts";
import { classifierModel, pixels } from "../host/models.ts";
import { BUILDS, type NodeDescription, StandIn } from "../support/stand-in.ts";
import { compiledAgainstLibrary, compiledRunner, runBlob } from "./runner.ts";

// What goes wrong ends in words within the timeout, and the next session works.

const CORES = ["a311d"];
const FAULTS: [string, NodeDescription, RegExp][] = [
  ["no memory", { cores: CORES, faults: { "no-memory": 2 } }, /GEM_NEW: ENOMEM/],
  ["the first submission refused", { cores: CORES, faults: { invalid: 1 } }, /GEM_SUBMIT: EINVAL/],
  ["a submission refused", { cores: CORES, faults: { invalid: 2 } }, /GEM_SUBMIT: EINVAL/],
  ["a job that hangs", { cores: CORES, faults: { stuck: 2 } }, /WAIT_FENCE: ETIMEDOUT/],
  ["a job that is too slow", { cores: CORES, faults: { slow: 900 } }, /WAIT_FENCE: ETIMEDOUT/],
  ["a device that goes away", { cores: CORES, faults: { gone: 2 } }, /GEM_SUBMIT: ENODEV/],
  [
    "another core",
    { cores: ["imx8mp"] },
    /expected a node with vipnano-qi\.a311d, found .*other cores/,
  ],
  ["another driver", { driver: "panfrost" }, /expected a node with .* not etnaviv/],
  ["an old driver", { cores: CORES, version: [1, 3] }, /1\.4/],
  ["an MMU without softpin", { cores: CORES, mmu: 1 }, /expected addresses/],
];
const HARMLESS: [string, NodeDescription][] = [
  ["signals that come between", { cores: CORES, faults: { interrupted: 30 } }],
  ["a slow job", { cores: CORES, faults: { slow: 50 } }],
];
const OPTIONS = ["--timeout", "500"];

const runner = compiledRunner(BUILDS.sanitized);
if (runner) {
  const standIn = await StandIn.create({}, BUILDS.sanitized);
  test.after(() => standIn.close());
  const blob = await compile(classifierModel(), { target: "a311d", stopAt: "features" });
  const run = (bytes = blob) => runBlob(standIn, runner, bytes, [pixels(1)], OPTIONS);

  for (const [name, node, expected] of FAULTS) {
    test(name, async () => {
      standIn.describe("renderD128", node);
      const { code, stderr } = await run();
      assert.match(stderr, expected);
      assert.is(code, 1);
    });
  }

  for (const [name, node] of HARMLESS) {
    test(`gets over ${name}`, async () => {
      standIn.describe("renderD128", node);
      const { code, stderr } = await run();
      assert.is(stderr, "");
      assert.is(code, 0);
    });
  }

  test("runs on the CPU what is left to it", async () => {
    standIn.describe("renderD128", { cores: CORES });
    const { code, stderr } = await run(await compile(classifierModel(), { target: "a311d" }));
    assert.is(stderr, "");
    assert.is(code, 0);
  });

  test("refuses inputs of another size, and says so", async () => {
    standIn.describe("renderD128", { cores: CORES });
    for (const [bytes, found] of [
      [511, "fewer"],
      [513, "more"],
    ] as const) {
      const { code, stderr } = await runBlob(standIn, runner, blob, [new Uint8Array(bytes)]);
      assert.match(stderr, `in0.bin: expected 512 bytes, found ${found}`);
      assert.is(code, 1);
    }
  });

  test("sessions in one process: one after the other, at once, and after one that failed", async () => {
    standIn.describe("renderD128", { cores: CORES });
    standIn.describe("renderD129", { cores: CORES, faults: { stuck: 2 } });
    const program = compiledAgainstLibrary("test/c/driver/sessions.c", BUILDS.sanitized);
    const { code, stderr } = await runBlob(standIn, program as string, blob, []);
    assert.is(stderr, "");
    assert.is(code, 0);
  });
}

test.run();
