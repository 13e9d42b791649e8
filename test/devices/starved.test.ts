import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { compile, openBlob } from "../../host/index.ts";
import { classifierModel } from "../host/models.ts";
import { hasTools, StandIn } from "../support/stand-in.ts";
import { hasAddon } from "./addon.ts";
import { emulatedSession } from "./emulated-session.ts";

// Every allocation, ioctl and mapping of the addon fails once, from its loading on: the session ends
// in a typed error, leaks nothing, and the next one is right.

const SCENARIOS = fileURLToPath(new URL("scenarios.ts", import.meta.url));

/** What is said of each. */
const WORDS: Record<string, RegExp> = {
  allocation: /^(DEVICE_MEMORY|NO_DEVICE): .*there is no memory for it/,
  ioctl: /^(DEVICE_LOST|NO_DEVICE): .*Input\/output error/,
  mmap: /^DEVICE_MEMORY: .*mmap of .*ENOMEM/,
};

if (hasTools("the addon's failures") && hasAddon("the addon's failures")) {
  test("whichever call of the addon's fails, it ends well", async () => {
    const standIn = await StandIn.create({ renderD128: { cores: ["a311d"] } });
    try {
      const blob = await compile(classifierModel(), { target: "a311d" });
      writeFileSync(join(standIn.folder, "blob"), blob);
      const task = { blobs: [join(standIn.folder, "blob")], device: "/dev/dri/renderD128" };
      const args = ["--expose-gc", "--import", "tsx", SCENARIOS, "starved", JSON.stringify(task)];
      const environment = { NOLFET_STARVED: "nolfet.glibc.node" };
      const { code, stdout, stderr } = await standIn.run(process.execPath, args, environment);
      assert.is(stderr, "");
      assert.is(code, 0);
      const { calls, failures, sound } = JSON.parse(stdout);
      assert.equal(sound.outputs, (await emulatedSession(openBlob(blob))).outputs);
      assert.ok(calls.allocation > 30 && calls.ioctl > 20, JSON.stringify(calls));
      assert.is(calls.mmap, 2);
      for (const [kind, words] of Object.entries(WORDS)) {
        assert.ok(failures[kind].length > 0, kind);
        for (const message of failures[kind]) assert.match(message, words);
      }
    } finally {
      await standIn.close();
    }
  });
}

test.run();
