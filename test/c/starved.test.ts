import { test } from "uvu";
import * as assert from "uvu/assert";
import { compile } from "../../host/index.ts";
import { classifierModel } from "../host/models.ts";
import { BUILDS, StandIn } from "../support/stand-in.ts";
import { compiledAgainstLibrary, runBlob } from "./runner.ts";

// Every allocation, ioctl and mapping of a session fails once: it ends in a status and true words,
// leaks nothing, and the next one is right. The sanitized build also tells what memory leaks.

const ENVIRONMENT = {
  NOLFET_STARVED: "libnolfet.so",
  ASAN_OPTIONS: "verify_asan_link_order=0:fast_unwind_on_malloc=1",
};

for (const name of ["plain", "sanitized"] as const) {
  const build = BUILDS[name];
  const program = compiledAgainstLibrary("test/c/driver/starved.c", build);
  if (!program) continue;
  test(`${name}: whichever call fails in a session, it ends well`, async () => {
    const standIn = await StandIn.create({ renderD128: { cores: ["a311d"] } }, build);
    try {
      const blob = await compile(classifierModel(), { target: "a311d", stopAt: "features" });
      const { code, stdout, stderr } = await runBlob(standIn, program, blob, [], [], ENVIRONMENT);
      assert.is(stderr, "");
      assert.is(code, 0);
      const counts = [...stdout.matchAll(/: (\d+)$/gm)].map(([, count]) => Number(count));
      assert.is(counts.length, 6);
      const [allocations = 0, ioctls = 0, mappings] = counts;
      assert.ok(allocations > 50 && ioctls > 10, stdout);
      assert.is(mappings, 2);
    } finally {
      await standIn.close();
    }
  });
}

test.run();
