import { test } from "uvu";
import * as assert from "uvu/assert";
import { emulatorFor } from "../support/emulator.ts";
import { recordingNames } from "../support/recordings.ts";
import { type ReplayCase, replayCase } from "../support/replay.ts";
import { hasShared } from "../support/shared.ts";

// Convolutions of portrait and landscape images, as a later version of the other driver writes
// them, give TFLite's results.

const LARGEST = 1;
const SHARE = 0.01;

const CORES = ["vipnano-qi.a311d", "vipnano-si+.imx8mp"];

/** Recordings that are wrong in themselves, by what is wrong about them. */
const WRONG = [
  // One odd side: the pixel that space-to-depth adds for it lands on the other axis.
  "conv-12x21x8-16-k3x3-s2",
  "conv-12x21x8-16-k5x5-s2",
  "conv-20x33x8-16-k3x3-s2",
  "conv-21x12x8-16-k3x3-s2",
  "conv-21x12x8-16-k5x5-s2",
  "conv-33x20x8-16-k3x3-s2",
  // An odd side at stride 2: the input offset is missing where SAME begins before the image.
  "dwconv-12x21x16-16-k3x3-s2",
  "dwconv-17x33x16-16-k3x3-s2",
  "dwconv-20x33x16-16-k3x3-s2",
  "dwconv-21x12x16-16-k3x3-s2",
  "dwconv-33x17x16-16-k3x3-s2",
  "dwconv-33x20x16-16-k3x3-s2",
  // Space-to-depth split by rows: cores advance by the height where the width is meant.
  "conv-20x12x8-16-k3x3-s2",
  "conv-20x12x8-16-k5x5-s2",
].sort();

for (const core of CORES) {
  test(`convolutions of any shape recorded for ${core} give TFLite's results`, async () => {
    if (!hasShared(`replay of the later recordings on ${core}`)) return;
    const emulator = await emulatorFor(core);
    const folder = `conformance-newer/${core}`;
    const results = recordingNames(folder)
      .filter((name) => /^(dw)?conv-/.test(name))
      .map((name) => replayCase(emulator, pathsOf(folder, name)))
      .filter((result) => result !== null);
    const missed = results.filter(({ largest, share }) => largest > LARGEST || share > SHARE);
    console.log(`${core}: ${results.length - missed.length} of ${results.length} within limits`);
    assert.is(results.length, 53);
    assert.equal(missed.map(({ name }) => name).sort(), WRONG);
  });
}

test("additions and subtractions recorded for v8 give TFLite's results", async () => {
  if (!hasShared("replay of the later additions")) return;
  const core = "vipnano-si+.imx8mp";
  const emulator = await emulatorFor(core);
  const folder = `conformance-newer/${core}`;
  const results = recordingNames(folder)
    .filter((name) => /^(add|sub|chain-convs-add)-/.test(name))
    .map((name) => replayCase(emulator, pathsOf(folder, name)));
  assert.is(results.length, 43);
  // The weight of one operand is rounded to eight bits, so many elements differ by one.
  assert.ok(results.every((result) => result && result.largest <= LARGEST));
});

function pathsOf(folder: string, name: string): ReplayCase {
  return {
    name,
    recording: `${folder}/${name}`,
    model: `${folder}/${name}/model.tflite`,
    reference: `reference/newer/${name}.out0.bin.gz`,
  };
}

test.run();
