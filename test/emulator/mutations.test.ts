import { test } from "uvu";
import * as assert from "uvu/assert";
import type { Emulator } from "../../host/devices/emulator.ts";
import { NolfetError } from "../../host/errors.ts";
import { emulatorFor } from "../support/emulator.ts";
import { Random } from "../support/random.ts";
import {
  contentsOf,
  load,
  type Recording,
  type Replayable,
  readRecording,
  streamsOf,
} from "../support/recordings.ts";
import { hasShared } from "../support/shared.ts";

// Recorded streams, descriptors, coefficients and tables with random bytes exchanged: each either runs
// or gives a typed error, in bounded time and memory, and leaves the instance sound. Verifying
// foretells which, but for the weights of v8, which it does not decode, and for descriptors that lie
// where they may still change.

const ROUNDS = Number(process.env.MUTATIONS ?? 300);
const LONGEST_MS = 2000;
const MOST_BYTES = 1 << 28;

const RECORDINGS = [
  "conformance/vipnano-qi.a311d/mb-025",
  "conformance/vipnano-qi.a311d/mobiledet-076",
  "conformance/vipnano-qi.a311d/mobiledet-096",
  "conformance/vipnano-qi.a311d/mobiledet-068",
  "conformance/vipnano-si+.imx8mp/mb-025",
  "conformance/vipnano-si+.imx8mp/mobiledet-076",
  "conformance-newer/vipnano-qi.a311d/relu-20x12x70-rescale",
  "conformance-newer/vipnano-qi.a311d/pad-14x14x16-11-11-00",
  "conformance-newer/vipnano-si+.imx8mp/logistic-20x12x70",
  "conformance-newer/vipnano-si+.imx8mp/chain-convs-add-20x12",
];

/** Somewhere that a recording has bytes of its own: a buffer's range or one of its streams. */
type Target = { address: number; bytes: number } | Uint32Array;

function targetsOf({ recording, constants }: Replayable, streams: Uint32Array[]): Target[] {
  const { bos, jobs } = recording.submits.at(-1) as Recording["submits"][0];
  const ranges = jobs.map((job) =>
    contentsOf(job, bos, constants).map(([address, { length }]) => ({ address, bytes: length })),
  );
  const descriptors = ranges.map(([descriptor]) => descriptor as Target);
  return [...descriptors, ...ranges.flat(), streams.at(-1) as Uint32Array];
}

/** Exchanges one to four bytes, some by a single bit. */
function mutate(emulator: Emulator, target: Target, random: Random): void {
  const bytes =
    target instanceof Uint32Array
      ? new Uint8Array(target.buffer)
      : emulator.view(target.address, target.bytes);
  for (let left = 1 + random.below(4); left > 0; left--) {
    // Half of the time near the beginning, where headers are.
    const at = random.below(random.chance(0.5) ? Math.min(bytes.length, 136) : bytes.length);
    const flip = random.chance(0.5) ? 1 << random.below(8) : random.below(256);
    bytes[at] = (bytes[at] as number) ^ flip;
  }
}

function run(emulator: Emulator, streams: Uint32Array[], how: "submit" | "verify"): string {
  try {
    for (const stream of streams) emulator[how](stream);
    return "OK";
  } catch (error) {
    if (error instanceof NolfetError && error.code !== "INTERNAL") {
      return error.expected.includes("among the constants") ? "WRITABLE" : error.code;
    }
    throw error;
  }
}

for (const [index, path] of RECORDINGS.entries()) {
  test(`mutations of ${path}`, async () => {
    if (!hasShared(`mutations of ${path}`)) return;
    const recording = readRecording(path) as Replayable;
    const core = recording.recording.core;
    const emulator = await emulatorFor(core);
    const random = new Random(3, index);
    const outcomes = new Map<string, number>();
    for (let i = 0; i < ROUNDS; i++) {
      load(emulator, recording);
      const streams = streamsOf(recording);
      mutate(emulator, random.pick(targetsOf(recording, streams)), random);
      const start = performance.now();
      const foreseen = run(emulator, streams, "verify");
      const outcome = run(emulator, streams, "submit");
      const isWeights = outcome === "BAD_COEFFICIENTS" && core.includes("imx8mp");
      if (!isWeights && foreseen !== "WRITABLE") assert.is(foreseen, outcome, `round ${i}`);
      assert.ok(performance.now() - start < LONGEST_MS, `round ${i} took too long`);
      outcomes.set(outcome, (outcomes.get(outcome) ?? 0) + 1);
    }
    assert.ok(emulator.memoryBytes < MOST_BYTES, `${emulator.memoryBytes} bytes taken`);
    assert.ok(outcomes.size > 2, "some mutations run, others fail in different ways");
    load(emulator, recording);
    assert.is(run(emulator, streamsOf(recording), "submit"), "OK");
  });
}

test.run();
