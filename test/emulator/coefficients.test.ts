import { test } from "uvu";
import * as assert from "uvu/assert";
import { type NnSpec, nnWords } from "./descriptors.ts";
import { huffmanBuffer } from "./huffman-writer.ts";
import { AT, Rig } from "./rig.ts";
import { errorOf, KERNELS, NN, NN_V8 } from "./small-jobs.ts";
import { zeroRunBuffer } from "./zero-run-writer.ts";

// Coefficients that do not fit their descriptor are refused, named by their NN core.

/** What is written over good coefficients, where, and what is said about it. */
type Damage = [what: string, offset: number, bytes: number[], expected: RegExp];

const ZERO_RUNS: Damage[] = [
  ["the size of a stream", 0, [63], /a multiple of 64 bytes/],
  ["no stream", 4, [0], /a multiple of 64 bytes.*NN core 1.*found 0/],
  ["one stream too many", 12, [64], /none.*NN core 3/],
  ["a longer stream", 0, [128], /zeros to the next 64 bytes/],
  ["the width of runs", 64, [6], /run lengths of at most 5 bits.*found 6/],
  ["the number of kernels", 65, [2], /1 kernels.*found 2/],
  ["padding", 127, [1], /zeros to the next 64 bytes/],
];

const HUFFMAN: Damage[] = [
  ["the version", 0, [0x20], /the version 0x10 and no flags in the header, found 0x20/],
  ["precoding", 0, [0x11], /the version 0x10 and no flags/],
  ["an unknown number of run lengths", 1, [5], /0, 4, 6, 10 or 18 run lengths.*found 5/],
  ["a table of run lengths", 19, [1], /no more run lengths/],
  ["a length twice", 20, [0x00], /a map of all lengths in the header/],
  ["a length of 8", 23, [0x68], /a map of all lengths/],
  ["run lengths without symbols", 1, [4], /a map of eight lengths, 0, 7 and 8 among them/],
  ["a wide average bias", 25, [1], /an average bias of one byte/],
  ["one stream too many", 40, [1], /no more streams/],
  ["a stream too short for its weights", 28, [20, 0], /more weights in the stream of NN core 0/],
  ["a stream that is longer", 29, [1], /two empty pairs and the end.*NN core 0/],
  ["other weights", 64, [0xff], /NN core 0/],
];

const LENGTHS = [0, 1, 2, 3, 4, 5, 6, 7];

for (const { core, spec, good, damages } of [
  {
    core: "vipnano-qi.a311d",
    spec: NN,
    good: zeroRunBuffer(NN, KERNELS, 8, 2),
    damages: ZERO_RUNS,
  },
  {
    core: "vipnano-si+.imx8mp",
    spec: NN_V8,
    good: huffmanBuffer(NN_V8, KERNELS, 6, LENGTHS),
    damages: HUFFMAN,
  },
]) {
  test(`coefficients that do not fit are named by core on ${core}`, async () => {
    const rig = await Rig.create(core);
    assert.is(errorWith(rig, spec, good), "none");
    for (const [what, offset, bytes, expected] of damages) {
      const damaged = good.slice();
      damaged.set(bytes, offset);
      const error = errorWith(rig, spec, damaged);
      assert.match(error, /^BAD_COEFFICIENTS in job 0/, what);
      assert.match(error, expected, what);
    }
  });
}

function errorWith(rig: Rig, spec: NnSpec, coefficients: Uint8Array): string {
  rig.put(AT.coefficients, coefficients);
  return errorOf(() => rig.run({ kind: "NN", words: nnWords(spec) }));
}

test("every output needs its kernel", async () => {
  // The planes lie further apart in the stream than they are.
  const rig = await Rig.create("gcnanoultra31_vip2.stm32mp2");
  const spec: NnSpec = { ...NN, kernelsPerCore: 2 };
  const shifted = zeroRunBuffer({ ...spec, output: { ...NN.output, height: 9 } }, KERNELS, 2, 0);
  rig.put(AT.coefficients, shifted);
  const error = errorOf(() => rig.run({ kind: "NN", words: nnWords(spec) }));
  assert.match(
    error,
    /^BAD_COEFFICIENTS.*an output offset of a plane without a kernel in the stream.*found 72/,
  );
});

test.run();
