import { test } from "uvu";
import * as assert from "uvu/assert";
import { CALIBRATION } from "../../host/estimate/calibration.ts";
import { estimateOf, timesOf, workOf } from "../../host/estimate/estimate.ts";
import { nnWork } from "../../host/estimate/nn-work.ts";
import { compile, openBlob } from "../../host/index.ts";
import { classifierModel } from "./models.ts";

const ONE_CORE = { core: 0 };

test("a job takes its longer part, and its start", () => {
  const work = { rounds: 1_000_000, bytesRead: 7_000, bytesWritten: 7_000 };
  const times = timesOf(work, ONE_CORE, 1000, {
    cyclesPerRound: 2,
    gigabytesPerSecond: 7,
    startMilliseconds: 0.5,
  });
  assert.equal(times, {
    arithmetic: 2,
    memory: 0.002,
    start: 0.5,
    milliseconds: 2.5,
    bound: "arithmetic",
  });
});

test("names what bounds a job", () => {
  const bounds = [
    { rounds: 1e6, bytesRead: 0, bytesWritten: 0 },
    { rounds: 0, bytesRead: 1e6, bytesWritten: 0 },
    { rounds: 1, bytesRead: 1, bytesWritten: 1 },
  ].map((work) => timesOf(work, ONE_CORE, 800).bound);
  assert.equal(bounds, ["arithmetic", "memory", "start"]);
});

test("only the first of the TP cores that share a job pays its start", () => {
  const work = { rounds: 0, bytesRead: 100, bytesWritten: 100 };
  assert.is(timesOf(work, { core: 1 }, 800).start, 0);
  assert.is(timesOf(work, { core: 0 }, 800).start, CALIBRATION.startMilliseconds);
});

// On the A311D, 8×8 pixels are one group of 64, and each core has one of the eight 3×3×8 kernels, in
// which it steps from token to token. On the i.MX 8M Plus, the first two cores have two kernels each.
const ROUNDS: Record<string, [least: number, most: number]> = {
  a311d: [50, 72],
  imx8mp: [2 * 72, 2 * 72],
};

for (const [target, [least, most]] of Object.entries(ROUNDS)) {
  test(`counts the rounds of a convolution on ${target}`, async () => {
    const blob = openBlob(await compile(classifierModel(), { target }));
    const jobs = blob.segments.flatMap((segment) => segment.jobs);
    const job = jobs.find(({ kind }) => kind === "NN");
    assert.ok(job);
    const work = nnWork(blob, job);
    assert.is(work.superblocks, 1);
    assert.ok(work.rounds >= least && work.rounds <= most, `${work.rounds}`);
    assert.is(work.bytesWritten, 8 * 8 * 8);
    const megahertz = target === "a311d" ? 800 : 1000;
    const sum = jobs.reduce(
      (total, job) => total + timesOf(workOf(blob, job), job, megahertz).milliseconds,
      0,
    );
    assert.is(estimateOf(blob).milliseconds, sum);
  });
}

test("knows no error for a core without published times", async () => {
  const { report } = await compile(classifierModel(), { target: "stm32mp2" });
  assert.is(report.estimate.error, undefined);
  assert.is(report.estimate.megahertz, 800);
});

test.run();
