import { test } from "uvu";
import * as assert from "uvu/assert";
import { nnWords, type TpSpec, tpWords } from "./descriptors.ts";
import { AT, Rig, type RigJob, streamFor, write } from "./rig.ts";
import { errorOf, KERNELS, NN, patched, TP } from "./small-jobs.ts";
import { zeroRunBuffer } from "./zero-run-writer.ts";

// Accesses outside the mapped buffers, and what the emulator itself takes of memory.

const rig = await Rig.create();
const COEFFICIENTS = zeroRunBuffer(NN, KERNELS, 8, 2);
rig.put(AT.coefficients, COEFFICIENTS);

function runNn(flips: Record<number, number>): string {
  return errorOf(() => rig.run({ kind: "NN", words: patched(nnWords(NN), flips) }));
}

function runTp(spec: Partial<TpSpec>): string {
  return errorOf(() => rig.run({ kind: "TP", words: tpWords({ ...TP, ...spec }) }));
}

const UNMAPPED = 0x70000000;

test("addresses outside the buffers are named with what wanted them", () => {
  for (const [word, what] of [
    [6, "the input image"],
    [7, "the output image"],
  ] as const) {
    const words = nnWords(NN);
    words[word] = UNMAPPED;
    assert.match(
      errorOf(() => rig.run({ kind: "NN", words })),
      new RegExp(`^OUT_OF_BOUNDS at address 0x70000000: expected .* ${what} of job 0`),
    );
  }
  assert.match(runNn({ 5: 0x1000000 }), /OUT_OF_BOUNDS.*coefficients/);
  assert.match(runTp({ input: UNMAPPED }), /OUT_OF_BOUNDS.*input image/);
  assert.match(runTp({ output: UNMAPPED }), /OUT_OF_BOUNDS.*output image/);
  assert.match(runTp({ output: AT.output + 0x100000 - 10 }), /OUT_OF_BOUNDS.*output image/);
  assert.match(runTp({ loops: [[-1 >>> 0, 64]] }), /OUT_OF_BOUNDS.*output image/);
  assert.match(runTp({ loops: [[0x7fffffff, 64]] }), /OUT_OF_BOUNDS.*output image/);
  for (const kind of ["NN", "TP"] as const) {
    const stream = streamFor([{ kind, words: nnWords(NN) }]).map((word) =>
      word === AT.descriptors ? UNMAPPED : word,
    );
    const error = errorOf(() => rig.emulator.submit(stream));
    assert.match(error, new RegExp(`OUT_OF_BOUNDS.*the ${kind} descriptor`));
  }
});

test("the last byte of a buffer is the last that may be touched", () => {
  const end = (address: number) => address + 0x100000;
  // Jobs whose image begins so many bytes before the end of its buffer.
  for (const [bytes, runBefore] of [
    [64, (left: number) => runTp({ output: end(AT.output) - left })],
    [64, (left: number) => runTp({ input: end(AT.input) - left })],
    [8 * 6 * 2, (left: number) => runNn({ 6: (end(AT.input) - left) ^ AT.input })],
    [8 * 6 * 3, (left: number) => runNn({ 7: (end(AT.output) - left) ^ AT.output })],
  ] as const) {
    assert.is(runBefore(bytes), "none");
    assert.match(runBefore(bytes - 1), /^OUT_OF_BOUNDS/);
  }
});

test("jobs that write into their own input are refused", () => {
  assert.match(runNn({ 7: AT.output ^ AT.input }), /BAD_DESCRIPTOR.*out_image_address/);
  assert.match(runTp({ output: AT.input + 60 }), /BAD_DESCRIPTOR.*out_image_base_address/);
});

test("gigantic loops are refused, not run", () => {
  const image = { width: 4, height: 4, channels: 65535, slice: 0 };
  const window = { left: -32768, top: -32768, right: 32767, bottom: 32767 };
  const tile = { width: 65535, height: 65535 };
  assert.match(runTp({ image, window, tile, loops: [[0, 1]] }), /OUT_OF_BOUNDS.*output image/);
});

test("buffers are whole pages' addresses that do not overlap", async () => {
  const { emulator } = await Rig.create();
  for (const [address, bytes] of [
    [0x10000001, 4096],
    [AT.input, 4096],
    [AT.input - 4096, 8192],
    [0x10000000, 0],
    [0xfffff000, 8192],
    [0x10000000, 0x7fffffff],
  ] as const) {
    assert.match(
      errorOf(() => emulator.map(address, bytes)),
      /^(BAD_OPTION|OUT_OF_MEMORY)/,
    );
  }
  assert.match(
    errorOf(() => emulator.view(AT.output + 0x100000, 1)),
    /OUT_OF_BOUNDS/,
  );
});

test("an instance keeps to the memory that it has taken", async () => {
  const { emulator } = rig;
  rig.put(AT.coefficients, COEFFICIENTS);
  const jobs: RigJob[] = [
    { kind: "NN", words: nnWords(NN) },
    { kind: "TP", words: tpWords(TP) },
  ];
  rig.run(...jobs);
  const before = emulator.memoryBytes;
  for (let i = 0; i < 2000; i++) {
    emulator.unmapAll();
    for (const address of Object.values(AT)) emulator.map(address, 0x100000);
    rig.put(AT.coefficients, COEFFICIENTS);
    rig.run(...jobs);
  }
  assert.is(emulator.memoryBytes, before);
});

test("faults of any number leave nothing behind in the instance", () => {
  const { emulator } = rig;
  const coefficients = COEFFICIENTS.slice();
  coefficients[0x40] = 9;
  const badCoefficients = () => {
    rig.put(AT.coefficients, coefficients);
    return runNn({});
  };
  const faults: [RegExp, () => string][] = [
    [/^BAD_STREAM/, () => errorOf(() => emulator.submit(Uint32Array.of(0x0801ffff, 5)))],
    [/^BAD_STREAM/, () => errorOf(() => emulator.submit(Uint32Array.from(write(0x3930, 77))))],
    [/^BAD_DESCRIPTOR/, () => runNn({ 0: 1 << 27 })],
    [/^BAD_DESCRIPTOR/, () => runNn({ 16: 8 })],
    [/^BAD_DESCRIPTOR/, () => runTp({ tile: { width: 0, height: 1 } })],
    [/^BAD_COEFFICIENTS/, badCoefficients],
    [/^OUT_OF_BOUNDS/, () => runTp({ output: UNMAPPED })],
    [/^BAD_OPTION/, () => errorOf(() => emulator.map(AT.input, 4096))],
    [/^OUT_OF_MEMORY/, () => errorOf(() => emulator.map(0x10000000, 0x7fffffff))],
  ];
  for (const [code, fault] of faults) assert.match(fault(), code);
  const before = emulator.memoryBytes;
  for (let i = 0; i < 5000; i++) {
    for (const [, fault] of faults) fault();
  }
  assert.is(emulator.memoryBytes, before);
});

test.run();
