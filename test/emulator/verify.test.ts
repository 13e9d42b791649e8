import { test } from "uvu";
import * as assert from "uvu/assert";
import { CORES, type Core } from "../../assembly/targets/cores.ts";
import { WORK_OF_JOB, WORK_OF_RUN, WORK_OF_WORD } from "../../assembly/targets/limits.ts";
import type { JobExtents } from "../../host/devices/emulator.ts";
import { Random } from "../support/random.ts";
import { nnWords, type TpSpec, tpWords } from "./descriptors.ts";
import { huffmanBuffer } from "./huffman-writer.ts";
import { type RandomJob, randomJob } from "./random-jobs.ts";
import { AT, bytesOf, Rig, type RigJob, streamFor } from "./rig.ts";
import { errorOf, KERNELS, NN, TP } from "./small-jobs.ts";
import { zeroRunBuffer } from "./zero-run-writer.ts";

// A dry run foretells what a run touches, and refuses what would leave its buffers.

const BUFFER_BYTES = 0x100000;
const LENGTHS = [0, 1, 2, 3, 4, 5, 6, 7];
const ROUNDS = 36;

/** A rig whose descriptors, coefficients and tables are constants. */
async function sealedRig(
  core: string,
  jobs: RigJob[],
  coefficients: Uint8Array = new Uint8Array(1),
) {
  const rig = await Rig.create(core);
  const descriptors = new Uint8Array(256 * jobs.length);
  for (const [i, { words }] of jobs.entries()) descriptors.set(bytesOf(words), 256 * i);
  const { emulator } = rig;
  emulator.unmapAll();
  emulator.mapConstants(AT.descriptors, descriptors);
  emulator.mapConstants(AT.coefficients, coefficients);
  for (const address of [AT.input, AT.output]) emulator.map(address, BUFFER_BYTES);
  return rig;
}

/** Where a run writes: what is the same afterwards, whatever was there before. */
function written(rig: Rig, stream: Uint32Array): { first: number; bytes: number } {
  const results = [0, 0xff].map((before) => {
    rig.emulator.view(AT.output, BUFFER_BYTES).fill(before);
    rig.emulator.submit(stream);
    return rig.get(AT.output, BUFFER_BYTES);
  });
  const [a = new Uint8Array(), b = new Uint8Array()] = results;
  const first = a.findIndex((byte, i) => byte === b[i]);
  const last = a.findLastIndex((byte, i) => byte === b[i]);
  return { first: AT.output + first, bytes: last - first + 1 };
}

function coefficientsOf({ spec, kernels }: RandomJob, core: Core, runBits: number): Uint8Array {
  return core.architecture === 8
    ? huffmanBuffer(spec, kernels, core.nnCores, LENGTHS)
    : zeroRunBuffer(spec, kernels, core.nnCores, runBits);
}

for (const name of ["vipnano-qi.0xa1", "vipnano-si+.imx8mp"]) {
  const core = CORES.find((core) => core.name === name) as Core;

  test(`what NN jobs touch on ${name}`, async () => {
    const random = new Random(11);
    for (let round = 0; round < ROUNDS; round++) {
      const job = randomJob(random, core);
      const coefficients = coefficientsOf(job, core, round % 9);
      const jobs: RigJob[] = [{ kind: "NN", words: nnWords(job.spec) }];
      const rig = await sealedRig(name, jobs, coefficients);
      const [found] = rig.emulator.verify(streamFor(jobs)) as [JobExtents];
      assert.is(found.kind, "NN");
      assert.is(found.descriptor, AT.descriptors);
      assert.equal(found.input, { first: AT.input, bytes: job.input.length });
      assert.equal(found.words, { first: AT.coefficients, bytes: coefficients.length });
      assert.equal(found.output, written(rig, streamFor(jobs)), `round ${round}`);
    }
  });
}

/** A transposition, tiles that the window cuts off, a border, and two copies. */
const TP_JOBS: TpSpec[] = [
  TP,
  {
    image: { width: 3, height: 20, channels: 5 },
    tile: { width: 1, height: 20 },
    loops: [
      [1, 20],
      [100, 3],
      [20, 5],
    ],
  },
  {
    image: { width: 70, height: 20, channels: 2 },
    tile: { width: 64, height: 16 },
    resets: [1, 2],
    loops: [
      [0, 1],
      [1, 0],
      [70, 0],
      [64, 2],
      [16 * 70, 2],
      [0, 1],
      [1400, 0],
    ],
  },
  {
    image: { width: 4, height: 4, channels: 2 },
    window: { left: -1, top: -1, right: 4, bottom: 4 },
    tile: { width: 6, height: 6 },
    slices: { before: 1, behind: 0 },
    loops: [
      [0, 1],
      [1, 6],
      [6, 6],
      [0, 1],
      [0, 1],
      [0, 1],
      [36, 0],
    ],
  },
  { image: { width: 8, height: 8, channels: 1 }, loops: [[-1 >>> 0, 64]], output: AT.output + 100 },
];

test("what TP jobs touch", async () => {
  for (const [i, spec] of TP_JOBS.entries()) {
    const jobs: RigJob[] = [{ kind: "TP", words: tpWords(spec) }];
    const rig = await sealedRig("vipnano-qi.a311d", jobs);
    const [found] = rig.emulator.verify(streamFor(jobs)) as [JobExtents];
    const { width, height, channels } = spec.image;
    assert.equal(found.input, { first: AT.input, bytes: width * height * channels }, `${i}`);
    const { first, bytes } = written(rig, streamFor(jobs));
    assert.equal(found.output, { first, bytes }, `${i}`);
  }
});

test("a job fits where its last byte does, and nowhere further", async () => {
  for (const [i, spec] of TP_JOBS.entries()) {
    const jobs: RigJob[] = [{ kind: "TP", words: tpWords(spec) }];
    const { first, bytes } = written(await sealedRig("vipnano-qi.a311d", jobs), streamFor(jobs));
    const base = spec.output ?? AT.output;
    const last = AT.output + BUFFER_BYTES - bytes - (first - base);
    for (const [output, expected] of [
      [last, /^none/],
      [last + 1, /^OUT_OF_BOUNDS.*the output image/],
      [base - (first - AT.output) - 1, /^OUT_OF_BOUNDS.*the output image/],
    ] as const) {
      const moved: RigJob[] = [{ kind: "TP", words: tpWords({ ...spec, output }) }];
      const rig = await sealedRig("vipnano-qi.a311d", moved);
      assert.match(
        errorOf(() => rig.emulator.verify(streamFor(moved))),
        expected,
        `${i} at ${output.toString(16)}`,
      );
    }
  }
});

test("nothing is executed or written", async () => {
  const coefficients = zeroRunBuffer(NN, KERNELS, 8, 2);
  const jobs: RigJob[] = [
    { kind: "NN", words: nnWords(NN) },
    { kind: "TP", words: tpWords(TP) },
  ];
  const rig = await sealedRig("vipnano-qi.a311d", jobs, coefficients);
  rig.emulator.view(AT.output, BUFFER_BYTES).fill(0x5a);
  assert.is(rig.emulator.verify(streamFor(jobs)).length, 2);
  assert.is(rig.emulator.jobs, 0);
  assert.ok(rig.get(AT.output, BUFFER_BYTES).every((byte) => byte === 0x5a));
});

test("what tells a job what to do is constant", async () => {
  const coefficients = zeroRunBuffer(NN, KERNELS, 8, 2);
  const inWritten = (words: Uint32Array, what: RegExp) => async () => {
    const jobs: RigJob[] = [{ kind: "NN", words }];
    const rig = await sealedRig("vipnano-qi.a311d", jobs, coefficients);
    rig.put(AT.input, bytesOf(nnWords(NN)));
    rig.put(AT.output, coefficients);
    const stream = streamFor(jobs).map((word) =>
      what.source.includes("descriptor") && word === AT.descriptors ? AT.input : word,
    );
    const error = errorOf(() => rig.emulator.verify(stream));
    assert.match(error, /^OUT_OF_BOUNDS.*among the constants in job 0/);
    assert.match(error, what);
  };
  await inWritten(nnWords(NN), /the NN descriptor/)();
  const elsewhere = nnWords({ ...NN, input: { ...NN.input } });
  elsewhere[5] = AT.output >>> 6;
  await inWritten(elsewhere, /header of the coefficients/)();
});

test("nothing is written to constants, verified or not", async () => {
  const coefficients = zeroRunBuffer(NN, KERNELS, 8, 2);
  const nn = nnWords(NN);
  nn[7] = AT.coefficients;
  const tp = tpWords({ ...TP, output: AT.coefficients });
  for (const job of [{ kind: "NN", words: nn } as const, { kind: "TP", words: tp } as const]) {
    const rig = await sealedRig("vipnano-qi.a311d", [job], new Uint8Array(BUFFER_BYTES));
    rig.emulator.view(AT.coefficients, coefficients.length).set(coefficients);
    for (const how of ["verify", "submit"] as const) {
      const error = errorOf(() => rig.emulator[how](streamFor([job])));
      assert.match(error, /^OUT_OF_BOUNDS.*the output image apart from the constants/, job.kind);
    }
  }
});

/** A job whose bounds do not show that its cut-off tiles fit, so that it has to be walked over. */
const WALKED: TpSpec = {
  image: { width: 3, height: 32_000, channels: 2 },
  tile: { width: 2, height: 1 },
  resets: [1],
  loops: [
    [1, 2],
    [0, 1],
    [2, 2],
    [3, 32_000],
    [3 * 32_000, 2],
  ],
  output: AT.output + BUFFER_BYTES - 6 * 32_000,
};

test("verifying takes no more work than it may, and tells how much", async () => {
  const job: RigJob = { kind: "TP", words: tpWords(WALKED) };
  const { emulator } = await sealedRig("vipnano-qi.a311d", [job]);
  const one = streamFor([job]);
  assert.is(emulator.verify(one).length, 1);
  const { spentWork } = emulator;
  assert.is(spentWork, WORK_OF_WORD * one.length + WORK_OF_JOB + WORK_OF_RUN * 2 * 2 * 32_000);
  assert.is(emulator.verify(one, spentWork).length, 1);
  const expected = /^TOO_LARGE in job 0: expected a blob that is verified with the work allowed/;
  assert.match(
    errorOf(() => emulator.verify(one, spentWork - 1)),
    expected,
  );
});

test.run();
