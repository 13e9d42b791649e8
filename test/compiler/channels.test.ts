import { test } from "uvu";
import * as assert from "uvu/assert";
import { calibrate, compile } from "../../host/index.ts";
import { convolutionModel } from "../../host/tflite/convolution.ts";
import { fails } from "../host/errors.ts";
import { compare } from "../support/compare.ts";
import { GraphMaker } from "../support/graph-maker.ts";
import { Random } from "../support/random.ts";
import { rectifiedLayer } from "../support/rectified-layer.ts";
import { runModel } from "../support/runs.ts";

// Weights with a scale for each channel: channels are put into groups of one scale each, and into
// another order for that. In these networks no weight changes by it, so that the NPU's results
// are the CPU's but for rounding, whatever orders the channels are in.

const TARGETS = ["a311d", "imx8mp", "gcnanoultra31_vip2.stm32mp2"];
/** Networks of each kind. */
const CASES = 3;
/** By budget: one group a layer, and enough for each scale to have its own. */
const BUDGETS = [1, 1000];
/** Roundings of one step, which the layers after hand on. */
const LARGEST = 2;

interface Kind {
  what: string;
  make(maker: GraphMaker, random: Random): Uint8Array;
}

const KINDS: Kind[] = [
  {
    what: "a depthwise layer between two others",
    make(maker, random) {
      const input = maker.input(8, 8, 5);
      const wide = maker.convolve(input, random.integer(20, 40), random.pick([1, 3]));
      return maker.model(input, maker.convolve(maker.depthwise(wide, random.integer(1, 2)), 12, 1));
    },
  },
  {
    what: "sums of layers, with several readers",
    make(maker) {
      const input = maker.input(7, 9, 4);
      const first = maker.convolve(input, 24, 3);
      const second = maker.convolve(maker.convolve(first, 30, 1), 24, 1);
      const sum = maker.add(first, second);
      const again = maker.add(sum, maker.convolve(sum, 24, 1));
      return maker.model(input, maker.convolve(again, 10, 1), maker.convolve(first, 9, 3));
    },
  },
  {
    what: "a concatenation, read by depthwise and full layers",
    make(maker, random) {
      const input = maker.input(6, 6, 6);
      const a = maker.convolve(input, random.integer(9, 20), 1);
      const b = maker.convolve(input, random.integer(9, 20), 3);
      const joined = maker.concatenate(a, maker.depthwise(b));
      return maker.model(input, maker.convolve(maker.depthwise(joined), 16, 1));
    },
  },
  {
    what: "a sum of concatenations that are cut at other positions",
    make(maker) {
      const input = maker.input(6, 5, 6);
      const part = (channels: number) => maker.convolve(input, channels, 1);
      const a = maker.concatenate(part(10), part(16));
      const b = maker.concatenate(part(17), part(9));
      return maker.model(input, maker.convolve(maker.add(a, b), 14, 3));
    },
  },
  {
    what: "a split",
    make(maker) {
      const input = maker.input(6, 6, 6);
      const [a, b] = maker.split(maker.convolve(input, 40, 1), 2);
      const sum = maker.add(a as typeof input, maker.depthwise(b as typeof input));
      return maker.model(input, maker.convolve(sum, 8, 1));
    },
  },
  {
    what: "a flattened image before a fully connected layer",
    make(maker) {
      const input = maker.input(4, 3, 6);
      const image = maker.pad(maker.convolve(input, 18, 3));
      return maker.model(input, maker.connect(maker.connect(maker.flatten(image), 30), 12));
    },
  },
  {
    what: "tensors that leave the NPU",
    make(maker) {
      const input = maker.input(6, 6, 3);
      const first = maker.convolve(input, 22, 3);
      const second = maker.depthwise(first);
      return maker.model(input, first, maker.convolve(second, 11, 1), second);
    },
  },
];

for (const target of TARGETS) {
  for (const { what, make } of KINDS) {
    test(`${what} on ${target}`, async () => {
      for (let i = 0; i < CASES; i++) {
        const random = new Random(i + 1);
        const model = make(new GraphMaker(random), random);
        const expected = await runModel(model, { target, cpuOnly: true });
        assert.ok(expected.every((tensor) => new Set(tensor).size > 8));
        for (const jobBudget of BUDGETS) {
          const { report } = await compile(model, { target, jobBudget });
          assert.is(report.macs.npu, report.macs.total);
          const groups = report.channels?.groups ?? 0;
          assert.ok(jobBudget > 1 === groups > (report.channels?.layers ?? 0), `${groups} groups`);
          assert.is(report.channels?.error, 0);
          const found = await runModel(model, { target, jobBudget });
          found.forEach((tensor, at) => {
            const { largest } = compare(tensor, expected[at] as typeof tensor);
            assert.ok(largest <= LARGEST, `${i}, ${jobBudget} jobs, output ${at}: ${largest}`);
          });
        }
      }
    });
  }
}

/** Weights whose scales change from run to run of channels, in an order that has to stay. */
function runsOfScales(runs: number[], scales: number[]): Uint8Array {
  const channels = runs.reduce((sum, run) => sum + run, 0);
  return convolutionModel({
    dtype: "int8",
    height: 8,
    width: 8,
    channels: 16,
    outputChannels: channels,
    kernel: 3,
    input: { scale: 0.05, zeroPoint: 0 },
    weights: {
      scale: runs.flatMap((run, i) => Array<number>(run).fill(scales[i] as number)),
      zeroPoint: Array<number>(channels).fill(0),
      axis: 0,
    },
    output: { scale: 0.3, zeroPoint: 0 },
  });
}

const RUNS = [9, 11, 8, 12, 10];
const SCALES = [0.02, 0.011, 0.017, 0.003, 0.007];

for (const target of TARGETS) {
  test(`more jobs leave less error on ${target}`, async () => {
    const model = runsOfScales(RUNS, SCALES);
    let before = Number.POSITIVE_INFINITY;
    for (let jobBudget = 1; jobBudget <= RUNS.length; jobBudget++) {
      const { report } = await compile(model, { target, jobBudget });
      const [layer] = report.operators;
      const isPlain = jobBudget === 1 || jobBudget === RUNS.length;
      assert.is(layer?.groups, isPlain ? jobBudget : 1);
      assert.is(layer?.inputCopies, isPlain ? undefined : 2 ** (jobBudget - 2));
      assert.ok((layer?.error ?? 0) < before, `${layer?.error} after ${before}`);
      assert.is(layer?.error === 0, jobBudget === RUNS.length);
      before = layer?.error ?? 0;
    }
  });

  test(`the error is what is expected on ${target}`, async () => {
    const model = runsOfScales(RUNS, SCALES);
    const pixels = new Random(5).bytes(8 * 8 * 16);
    const statistics = await calibrate(model, (inputs) => [
      Object.fromEntries(inputs.map(({ name }) => [name, new Int8Array(pixels)])),
    ]);
    const options = { target, jobBudget: 1, statistics };
    const [expected] = await runModel(model, { target, cpuOnly: true }, [pixels]);
    const [found] = await runModel(model, options, [pixels]);
    const error = (await compile(model, options)).report.channels?.error ?? 0;
    const distances = Array.from(found as Int8Array, (value, i) => value - (expected?.[i] ?? 0));
    const sum = distances.reduce((sum, distance) => sum + distance * distance, 0);
    const measured = Math.sqrt(sum / distances.length);
    assert.ok(measured > 0.5, `${measured}`);
    assert.ok(Math.abs(measured / error - 1) < 0.3, `${measured} found, ${error} expected`);
  });
}

/** Of elements, where weights stay what they are and rounding alone tells the two apart. */
const DEPTHWISE_SHARE = 0.01;

for (const target of TARGETS) {
  test(`depthwise layers at their channels' own scales round as the CPU does on ${target}`, async () => {
    const random = new Random(3);
    const scale = RUNS.flatMap((run, i) => Array<number>(run).fill(8 * (SCALES[i] as number)));
    const model = rectifiedLayer(scale, {
      height: 24,
      width: 24,
      depthwise: true,
      weightAt: () => 128 + random.integer(-10, 10),
      biasAt: () => random.integer(-100, 500),
    });
    const pixels = random.bytes(24 * 24 * scale.length).map((byte) => (byte % 60) ^ 0x80);
    const options = { target, jobBudget: RUNS.length };
    assert.is((await compile(model, options)).report.channels?.error, 0);
    const [found] = await runModel(model, options, [pixels]);
    const [expected] = await runModel(model, { target, cpuOnly: true }, [pixels]);
    assert.ok(new Set(expected).size > 100);
    const { largest, share } = compare(found as Int8Array, expected as Int8Array);
    assert.ok(largest <= 1 && share <= DEPTHWISE_SHARE, `${largest} apart, ${share} of all`);
  });
}

/** Seven depthwise channels: on this core a job takes one of them, or six and more. */
const FEW = 7;

for (const wide of [6, 20]) {
  test(`few channels find their own order behind layers of ${wide}`, async () => {
    const maker = new GraphMaker(new Random(1));
    const input = maker.input(8, 8, 3);
    const before = maker.convolve(input, wide, 1);
    const image = maker.add(maker.depthwise(before), maker.depthwise(before));
    const made = maker.convolve(image, FEW, 1, 1, Array<number>(FEW).fill(1));
    // One scale stands out. The other layer of the sum would have that channel in the middle.
    const outlier = maker.depthwise(made, 1, [1 / 8, 1 / 8, 1 / 8, 1, 1 / 8, 1 / 8, 1 / 8]);
    const other = maker.depthwise(made, 1, [1, 1, 1, 1 / 2, 1 / 4, 1 / 4, 1 / 4]);
    const model = maker.model(input, maker.convolve(maker.add(outlier, other), 8, 1));
    const { report } = await compile(model, { target: "imx8mp", jobBudget: 28 });
    const layer = report.operators[5];
    assert.is(layer?.name, "DEPTHWISE_CONV_2D");
    assert.is(layer?.groups, 2);
    assert.is(layer?.error, 0);
  });
}

/** Of scales in an order that has to stay, from one that is a thousandth of another. */
const WIDE = 256;

for (const target of ["a311d", "imx8mp"]) {
  test(`a layer that stands out gets the jobs it needs on ${target}`, async () => {
    const random = new Random(9);
    const scales = Array.from(
      { length: WIDE },
      () => 0.5 * 10 ** (-random.integer(0, 3000) / 1000),
    );
    const model = rectifiedLayer(scales, {
      height: 16,
      width: 16,
      depthwise: true,
      weightAt: () => random.integer(-127, 127),
      biasAt: () => random.integer(-100, 100),
      activation: "NONE",
      output: { scale: 0.1, zeroPoint: -4 },
    });
    const usual = await compile(model, { target, jobBudget: 4 });
    assert.ok((usual.report.operators[0]?.error ?? 0) > 0.5);
    const { report } = await compile(model, { target });
    assert.ok((report.operators[0]?.error ?? 1) < 0.2, `${report.operators[0]?.error} expected`);
    const expected = (await runModel(model, { target, cpuOnly: true }))[0] as Int8Array;
    const found = (await runModel(model, { target }))[0] as Int8Array;
    const square = found.reduce((sum, value, i) => sum + (value - (expected[i] ?? 0)) ** 2, 0);
    assert.ok(Math.sqrt(square / found.length) < 0.5);
  });
}

test("groups fill all cores with --strict", async () => {
  const model = runsOfScales([16, 16], [0.02, 0.01]);
  const { report } = await compile(model, { target: "a311d", strict: true });
  assert.is(report.operators[0]?.mark, "proven");
  assert.is(report.operators[0]?.groups, 2);
  const uneven = await compile(runsOfScales([12, 20], [0.02, 0.01]), { target: "a311d" });
  assert.is(uneven.report.operators[0]?.mark, "expected");
});

function edited(table: Uint8Array, at: number, byte: number): Uint8Array {
  const copy = table.slice();
  copy[at] = byte;
  return copy;
}

const TABLES: [string, (table: Uint8Array) => Uint8Array][] = [
  ["a table that ends early", (table) => table.subarray(0, table.length - 4)],
  ["a table of another model's tensors", (table) => edited(table, 0, 99)],
  ["a table of other channels", (table) => edited(table, 4, 15)],
  ["a variance below 0", (table) => edited(table, 23, 0xbf)],
  ["a correlation that is no number", (table) => table.fill(0xff, 8, 12)],
];

for (const [what, spoil] of TABLES) {
  test(`${what} is refused`, async () => {
    const model = runsOfScales([4, 4], [0.02, 0.01]);
    const statistics = await calibrate(model, (inputs) => [
      Object.fromEntries(inputs.map(({ name }) => [name, new Int8Array(8 * 8 * 16)])),
    ]);
    await compile(model, { target: "a311d", statistics });
    const spoilt = { target: "a311d", statistics: spoil(statistics) };
    await fails("BAD_OPTION", () => compile(model, spoilt));
  });
}

test("a budget that is no number of jobs is refused", async () => {
  const model = runsOfScales([4, 4], [0.02, 0.01]);
  for (const jobBudget of [0, -1, 2.5, Number.NaN, 1e9]) {
    await fails("BAD_OPTION", () => compile(model, { target: "a311d", jobBudget }));
  }
});

test.run();
