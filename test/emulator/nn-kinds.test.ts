import { test } from "uvu";
import * as assert from "uvu/assert";
import { CORES, type Core } from "../../assembly/targets/cores.ts";
import { Random } from "../support/random.ts";
import { convolve, numberOf } from "./convolution.ts";
import { type NnSpec, nnWords } from "./descriptors.ts";
import { huffmanBuffer } from "./huffman-writer.ts";
import { randomJob } from "./random-jobs.ts";
import { AT, Rig } from "./rig.ts";
import { errorOf, KERNELS, NN, patched } from "./small-jobs.ts";
import { zeroRunBuffer } from "./zero-run-writer.ts";

// Random NN jobs of the kinds that the vendor's compiler writes, against the convolution's
// definition: pitches apart from sizes, circular buffers, signed bytes, maxima of 2 × 2 pixels.

const SEED = Number(process.env.SEED ?? Date.now() % 1_000_000);
const random = new Random(SEED);
const JOBS = 20;
const SYMBOLS = [0, 1, 2, 3, 4, 5, 6, 7];

type Pitch = { row: number; plane: number };
type Ring = [number, number];

/** Where byte `at` of a dense planar image lies from the start of one with pitches. */
function pitchedAt(at: number, { width, height }: { width: number; height: number }, pitch: Pitch) {
  const [plane, pixel] = [Math.floor(at / (width * height)), at % (width * height)];
  return (plane * pitch.plane + Math.floor(pixel / width)) * pitch.row + (pixel % width);
}

const wrapped = (ring: Ring | undefined, address: number) =>
  ring && address >= ring[1] ? address - ring[1] + ring[0] : address;

/** A circular buffer from an address on for so many bytes, and a place in it. */
function randomRing(start: number, bytes: number): { ring: Ring; address: number } {
  const ring: Ring = [start, start + ((bytes + 127) & ~63)];
  return { ring, address: start + random.below(ring[1] - start) };
}

/** Maxima of 2 × 2 pixels of every plane. */
function maxima(spec: NnSpec, image: Uint8Array): Uint8Array {
  const { width, height, channels } = spec.output;
  return Uint8Array.from({ length: width * height * channels }, (_, i) => {
    const [row, x] = [Math.floor(i / width), i % width];
    const first = 4 * row * width + 2 * x;
    const four = [first, first + 1, first + 2 * width, first + 2 * width + 1];
    return Math.max(...four.map((at) => numberOf(spec, image[at] as number))) & 0xff;
  });
}

for (const name of ["vipnano-qi.a311d", "vipnano-si+.imx8mp"]) {
  const core = CORES.find((one) => one.name === name) as Core;
  const rig = await Rig.create(name);
  test(`NN jobs of ${name}, seed ${SEED}`, () => {
    for (let i = 0; i < JOBS; i++) runRandom(rig, core);
  });
}

function runRandom(rig: Rig, core: Core): void {
  const { spec: plain, kernels, input } = randomJob(random, core);
  const spec: NnSpec = { ...plain };
  if (core.architecture === 7 && random.chance(0.4)) {
    Object.assign(spec, { isSigned: true, inputZero: 0, weightZero: 0, outputZero: 0 });
  }
  // Of a job without pooling, pairs of rows and columns give maxima.
  const { output } = spec;
  const pools = !spec.pooled && output.width > 1 && output.height > 1 && random.chance(0.4);
  let dense = spec;
  if (pools) {
    spec.output = { ...output, width: output.width >> 1, height: output.height >> 1 };
    dense = {
      ...spec,
      output: { ...output, width: output.width & ~1, height: output.height & ~1 },
    };
    spec.storesMaxima = true;
  }
  const pitchOf = ({ width, height }: { width: number; height: number }): Pitch =>
    random.chance(0.5)
      ? { row: width, plane: height + random.below(9) }
      : { row: width + random.below(9), plane: height + random.below(9) };
  const inputPitch = pitchOf(spec.input);
  const outputPitch = pitchOf(spec.output);
  Object.assign(spec, { inputPitch, outputPitch });
  const bytesOf = (pitch: Pitch, channels: number) => pitch.row * pitch.plane * channels;
  if (random.chance(0.5)) {
    const { ring, address } = randomRing(AT.input, bytesOf(inputPitch, spec.input.channels));
    Object.assign(spec, { inputRing: ring, inputAddress: address });
  }
  if (random.chance(0.5)) {
    const { ring, address } = randomRing(AT.output, bytesOf(outputPitch, spec.output.channels));
    Object.assign(spec, { outputRing: ring, outputAddress: address });
  }
  const coefficients =
    core.architecture === 8
      ? huffmanBuffer(spec, kernels, core.nnCores, SYMBOLS)
      : zeroRunBuffer(spec, kernels, core.nnCores, 2);
  rig.put(AT.coefficients, coefficients);
  const inputBase = spec.inputAddress ?? AT.input;
  input.forEach((byte, at) => {
    const address = inputBase + pitchedAt(at, spec.input, inputPitch);
    rig.put(wrapped(spec.inputRing, address), Uint8Array.of(byte));
  });
  const room = bytesOf(outputPitch, spec.output.channels) + 128;
  const expected = random.bytes(room);
  rig.put(AT.output, expected);
  const result = convolve(dense, kernels, input);
  (pools ? maxima(spec, result) : result).forEach((byte, at) => {
    const address = (spec.outputAddress ?? AT.output) + pitchedAt(at, spec.output, outputPitch);
    expected[wrapped(spec.outputRing, address) - AT.output] = byte;
  });
  rig.run({ kind: "NN", words: nnWords(spec) });
  assert.equal(rig.get(AT.output, room), expected, JSON.stringify(spec));
}

test("kernels are taken from the SRAM where a job before has left them", async () => {
  const rig = await Rig.create();
  rig.put(AT.coefficients, zeroRunBuffer(NN, KERNELS, 8, 2));
  const caches = nnWords(NN);
  // Mode 0 and the kernels of before, in words 8 and 22.
  const takes = patched(caches, { 8: 4, 22: 1 << 16 });
  const run = (...words: Uint32Array[]) =>
    errorOf(() => rig.run(...words.map((one) => ({ kind: "NN", words: one }) as const)));
  assert.is(run(caches, takes), "none");
  assert.match(run(takes), /in job 0: .*kernel_direct_stream/);
  // Other kernels in the same place, the same in another place, and a tile of the image over them.
  assert.match(run(caches, patched(takes, { 5: 1 })), /in job 1: .*kernel_direct_stream/);
  assert.match(run(caches, patched(takes, { 11: 0x400 })), /in job 1: .*kernel_direct_stream/);
  const tile = patched(caches, { 8: 4 ^ 1, 13: 0x800, 14: 0x800 ^ 0x900 });
  assert.match(run(caches, tile, takes), /in job 2: .*kernel_direct_stream/);
});

test("bounds of results that a byte does not reach are accepted, others refused", async () => {
  const rig = await Rig.create();
  rig.put(AT.coefficients, zeroRunBuffer(NN, KERNELS, 8, 2));
  const run = (upper: number, lower: number) => {
    const words = nnWords({ ...NN, outputZero: 21 });
    new Float32Array(words.buffer).set([upper, lower], 29);
    return errorOf(() => rig.run({ kind: "NN", words }));
  };
  assert.is(run(234.9, -20.55), "none");
  assert.is(run(0, 0), "none");
  assert.match(run(233, -20.55), /upper_bound/);
  assert.match(run(234.9, -20), /lower_bound/);
});

test.run();
