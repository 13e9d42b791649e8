import { test } from "uvu";
import * as assert from "uvu/assert";
import { CORES, Coding, type Core } from "../../assembly/targets/cores.ts";
import { Random } from "../support/random.ts";
import { convolve } from "./convolution.ts";
import { type NnSpec, nnWords } from "./descriptors.ts";
import { huffmanBuffer } from "./huffman-writer.ts";
import { type RandomJob, randomJob } from "./random-jobs.ts";
import { AT, Rig } from "./rig.ts";
import { zeroRunBuffer } from "./zero-run-writer.ts";

// NN jobs of every shape, on every core, against the convolution's definition to the last bit.

const ROUNDS = 25;

// The S905D3's own coding has tests of its own (test/compiler/s905d3.test.ts, test/nbg).
for (const core of CORES.filter(({ coding }) => coding !== Coding.HUFFMAN_WITH_WORDS)) {
  test(`random shapes on ${core.name}`, async () => {
    const rig = await Rig.create(core.name);
    const random = new Random(core.customer);
    for (let i = 0; i < ROUNDS; i++) {
      const job = randomJob(random, core);
      const { spec, kernels, input } = job;
      rig.put(AT.coefficients, coefficientsFor(random, core, job));
      rig.put(AT.input, input);
      rig.run({ kind: "NN", words: nnWords(spec) });
      const expected = convolve(spec, kernels, input);
      const found = rig.get(AT.output, expected.length);
      assert.is(Buffer.compare(found, expected), 0, JSON.stringify(spec));
    }
  });
}

/** With runs of any width, or symbols in any order. */
function coefficientsFor(random: Random, core: Core, { spec, kernels }: RandomJob): Uint8Array {
  if (core.architecture === 7) {
    return zeroRunBuffer(spec, kernels, core.nnCores, random.below(core.zeroRunBits + 1));
  }
  const lengths = [0, 1, 2, 3, 4, 5, 6, 7];
  for (let i = 7; i > 0; i--) {
    const [moved] = lengths.splice(random.below(i + 1), 1);
    lengths.push(moved as number);
  }
  return huffmanBuffer(spec, kernels, core.nnCores, lengths);
}

test("weights that are zero cost nothing", async () => {
  const rig = await Rig.create();
  const channels = 64;
  const spec: NnSpec = {
    input: { width: 8, height: 8, channels },
    output: { width: 8, height: 8, channels },
    kernel: { width: 1, height: 1 },
    inputZero: 0,
    weightZero: 0,
    outputZero: 0,
    multiplier: 0,
    shift: 15,
    kernelsPerCore: 8,
  };
  const identity = Array.from({ length: channels }, (_, o) => ({
    weights: Uint8Array.from({ length: channels }, (_, c) => +(o === c)),
    bias: 0,
  }));
  const image = new Random(4).bytes(64 * channels);
  rig.put(AT.coefficients, zeroRunBuffer(spec, identity, 8, 5));
  rig.put(AT.input, image);
  rig.run({ kind: "NN", words: nnWords(spec) });
  assert.equal(rig.get(AT.output, image.length), image);
  assert.is(rig.emulator.multiplications, 64 * channels);
});

test.run();
