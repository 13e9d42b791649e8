import { test } from "uvu";
import * as assert from "uvu/assert";
import { Random } from "../support/random.ts";
import { hasShared } from "../support/shared.ts";
import { replay } from "./replay.ts";
import { VENDOR_FILES } from "./streams.ts";

// A sample of the vendor's jobs, over random bytes, against their definitions; `npm run replay` takes
// all of them.

const SEED = Number(process.env.SEED ?? Date.now() % 1_000_000);
const MOST_WORK = 10_000_000;
/** Jobs of a file that are taken at most, of either unit. */
const SAMPLE = { NN: 6, TP: 12 };

if (hasShared("jobs of the vendor's networks")) {
  for (const [i, file] of VENDOR_FILES.entries()) {
    test(`jobs of ${file.name} give what they are defined to, seed ${SEED}`, async () => {
      const random = new Random(SEED, i);
      const counts = { NN: 0, TP: 0 };
      const chosen = await replay(file, random, MOST_WORK, ({ kind }) => {
        if ((kind !== "NN" && kind !== "TP") || !random.chance(0.2)) return false;
        return counts[kind]++ < SAMPLE[kind];
      });
      for (const { operation, result, reason } of chosen) {
        assert.ok(
          result === "equal" || result === "too large",
          `${operation}: ${result}, ${reason}`,
        );
      }
    });
  }

  test("a job that gives something else is told", async () => {
    const lenet = VENDOR_FILES.find(({ name }) => name.includes("lenet-uint8"));
    if (!lenet) throw new Error("no such file");
    const jobs = await replay(lenet, new Random(SEED), MOST_WORK, ({ words }, index) => {
      // Its weights are decoded with another zero point than the emulated job has.
      if (index === 1 && words) words[22] = (words[22] as number) ^ 1;
      return index === 1;
    });
    assert.is(jobs[0]?.result, "different");
  });
}

test.run();
