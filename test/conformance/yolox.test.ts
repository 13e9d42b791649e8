import { test } from "uvu";
import * as assert from "uvu/assert";
import { openBlob } from "../../host/blob/open.ts";
import { compile } from "../../host/index.ts";
import { compileForLiteRt } from "../../host/litert/runtime.ts";
import { Random } from "../support/random.ts";
import { runModel } from "../support/runs.ts";
import { hasShared, readShared } from "../support/shared.ts";

// A detector that is hard on rounding: whatever the first difference was, a few layers on, a fifth
// of all elements differs, and some of the boxes' corners in the end by tens of steps. How near the
// NPU comes to TFLite's reference kernels on real pictures; and, as a measure of what can be had,
// how near they come to themselves when their input is touched, and TFLite's other kernels to them.

const PICTURES = ["cat", "grace_hopper"];
const OUTPUTS = [0, 1, 2];
const FAR = 8;

/** Less than 99.9 %: so near come only kernels without any difference. */
const NEAR = 0.9965;
const OUT_OF_REACH = 0.999;
const MEAN = 0.11;

const MOST_POOL_JOBS = 14;

for (const target of ["a311d", "imx8mp"]) {
  test(`the maximum pools of yolox take at most ${MOST_POOL_JOBS} jobs on ${target}`, async () => {
    if (!hasShared(`pools of yolox on ${target}`)) return;
    const { operators, segments } = openBlob(await compile(model(), { target }));
    const pools = operators.map(({ name }, i) => (name === "MAX_POOL_2D" ? i : -1));
    const jobs = segments.flatMap(({ jobs }) => jobs);
    // A job that several TP cores share is one.
    const own = jobs.filter(({ operator, core }) => pools.includes(operator) && core === 0);
    console.log(`${target}: ${own.length} jobs for ${pools.filter((i) => i >= 0).length} pools`);
    assert.ok(own.length > 0 && own.length <= MOST_POOL_JOBS);
  });

  test(`yolox on ${target} is as near to TFLite's outputs as can be`, async () => {
    if (!hasShared(`yolox on ${target}`)) return;
    for (const picture of PICTURES) {
      const found = await runModel(model(), { target }, [pixels(picture)]);
      const { mean, near } = nearness(`${target}, ${picture}`, found, picture);
      assert.ok(mean <= MEAN);
      assert.ok(near >= NEAR);
    }
  });
}

test("TFLite's reference kernels, fed 1 byte in 10,000 one step higher, are no nearer", async () => {
  if (!hasShared("yolox on the CPU")) return;
  for (const picture of PICTURES) {
    const random = new Random(1);
    const touched = pixels(picture).map((byte) =>
      random.integer(1, 10_000) === 1 ? Math.min(255, byte + 1) : byte,
    );
    const found = await runModel(model(), { target: "a311d", cpuOnly: true }, [touched]);
    assert.ok(nearness(`a few bytes changed, ${picture}`, found, picture).near < OUT_OF_REACH);
  }
});

test("TFLite's faster kernels are no nearer", async () => {
  if (!hasShared("yolox by LiteRT")) return;
  const network = await compileForLiteRt(model());
  for (const picture of PICTURES) {
    const found = await network.run([pixels(picture)]);
    assert.ok(nearness(`LiteRT, ${picture}`, found as Uint8Array[], picture).near < OUT_OF_REACH);
  }
  network.release();
});

function model(): Uint8Array {
  return readShared("models/yolox.tflite");
}

function pixels(picture: string): Uint8Array {
  return Uint8Array.from(readShared(`images/${picture}-416x320.rgb.gz`));
}

/** Over all outputs: the mean difference in steps, and the share of them that are not far off. */
function nearness(title: string, found: ArrayLike<number>[], picture: string) {
  const differences = OUTPUTS.flatMap((i) => {
    const expected = readShared(`reference/pictures/yolox.${picture}.out${i}.bin.gz`);
    const output = found[i] as ArrayLike<number>;
    assert.is(output.length, expected.length);
    return Array.from(expected, (byte, at) => Math.abs((output[at] as number) - byte));
  });
  const mean = differences.reduce((sum, one) => sum + one, 0) / differences.length;
  const near = differences.filter((one) => one <= FAR).length / differences.length;
  console.log(`${title}: mean ${mean.toFixed(3)}, ${(100 * near).toFixed(2)} % within ${FAR}`);
  return { mean, near };
}

test.run();
