import { test } from "uvu";
import * as assert from "uvu/assert";
import type { Blob, Job } from "../../host/blob/blob.ts";
import { openBlob } from "../../host/blob/open.ts";
import { type CompileOptions, compile } from "../../host/index.ts";
import { DESCRIPTORS } from "../../host/inspect/descriptors.ts";
import { descriptorWords } from "../../host/inspect/document.ts";
import { decodeFields } from "../../host/inspect/fields.ts";
import { buildModel, type OperatorSpec } from "../../host/tflite/builder.ts";
import { Random } from "../support/random.ts";
import { runModel } from "../support/runs.ts";

// Maximum pools as chains of TP jobs over 2×2 pixels, against their definition.

interface Pool {
  height: number;
  width: number;
  channels: number;
  window: [number, number];
  stride: [number, number];
  same: boolean;
}

const QUANTIZATION = { scale: 0.05, zeroPoint: 30 };

/** Output pixels along an axis, and pixels of the first window before the image. */
function extent({ same }: Pool, input: number, window: number, stride: number) {
  const covered = same ? input : input - window + 1;
  const output = Math.floor((covered - 1) / stride) + 1;
  const before = same ? Math.max(0, (output - 1) * stride + window - input) >> 1 : 0;
  return { output, before };
}

function axes(pool: Pool) {
  return {
    rows: extent(pool, pool.height, pool.window[0], pool.stride[0]),
    columns: extent(pool, pool.width, pool.window[1], pool.stride[1]),
  };
}

function shapeOf(pool: Pool): number[] {
  const { rows, columns } = axes(pool);
  return [1, rows.output, columns.output, pool.channels];
}

/** Pools of one input, each an output of the model. */
function model(...pools: [Pool, ...Pool[]]): Uint8Array {
  const [{ height, width, channels }] = pools;
  const byte = { dtype: "uint8", quantization: QUANTIZATION } as const;
  const outputs = pools.map((_, i) => `output${i}`);
  const operators = pools.map(
    ({ window, stride, same }, i): OperatorSpec => ({
      operator: "MAX_POOL_2D",
      inputs: ["input"],
      outputs: [`output${i}`],
      options: {
        ...{ padding: same ? 0 : 1, stride_h: stride[0], stride_w: stride[1] },
        ...{ filter_height: window[0], filter_width: window[1] },
      },
    }),
  );
  return buildModel({
    inputs: ["input"],
    outputs,
    tensors: [
      { name: "input", shape: [1, height, width, channels], ...byte },
      ...pools.map((pool, i) => ({ name: `output${i}`, shape: shapeOf(pool), ...byte })),
    ],
    operators,
  });
}

function greatest(pool: Pool, input: Uint8Array): Uint8Array {
  const { height, width, channels, window, stride } = pool;
  const { rows, columns } = axes(pool);
  const output = new Uint8Array(rows.output * columns.output * channels);
  for (let i = 0; i < output.length; i++) {
    const channel = i % channels;
    const pixel = Math.floor(i / channels);
    const top = Math.floor(pixel / columns.output) * stride[0] - rows.before;
    const left = (pixel % columns.output) * stride[1] - columns.before;
    for (let y = Math.max(top, 0); y < Math.min(top + window[0], height); y++)
      for (let x = Math.max(left, 0); x < Math.min(left + window[1], width); x++) {
        const value = input[(y * width + x) * channels + channel] as number;
        output[i] = Math.max(output[i] as number, value);
      }
  }
  return output;
}

async function check(pools: [Pool, ...Pool[]], options: CompileOptions, seed: number) {
  const [{ height, width, channels }] = pools;
  const input = new Random(seed).bytes(height * width * channels);
  const found = await runModel(model(...pools), options, [input]);
  for (const [i, pool] of pools.entries())
    assert.equal(found[i], greatest(pool, input), JSON.stringify([options, pool]));
}

async function poolJobs(pools: [Pool, ...Pool[]], options: CompileOptions): Promise<[Blob, Job[]]> {
  const blob = openBlob(await compile(model(...pools), options));
  const jobs = blob.segments.flatMap((segment) => segment.jobs);
  return [blob, jobs.filter(({ kind }) => kind === "NN").concat(jobs.filter(isPool))];
}

function isPool({ purpose }: Job): boolean {
  return purpose === "max_pool";
}

const square = (size: number, stride: number, same: boolean, [height, width] = [26, 22]): Pool => {
  const both = (value: number): [number, number] => [value, value];
  return { height, width, channels: 12, window: both(size), stride: both(stride), same } as Pool;
};

test("the jobs over 2×2 pixels are the vendor's", async () => {
  for (const [stride, expected] of [
    [
      2,
      {
        word6: 0xa00b02d8,
        tile: [64, 32, 64, 32],
        window: [0, 0, 19, 11],
        counts: [1, 0, 0, 1, 1],
      },
    ],
    [
      1,
      {
        word6: 0xa0090258,
        tile: [64, 17, 63, 16],
        window: [0, 0, 20, 12],
        counts: [1, 0, 0, 1, 1],
      },
    ],
  ] as const) {
    const pool = square(2, stride, true, [12, 20]);
    const [blob, jobs] = await poolJobs([pool], { target: "a311d" });
    assert.equal(
      jobs.map(({ core, cores }) => [core, cores]),
      [
        [0, 4],
        [1, 4],
        [2, 4],
        [3, 4],
      ],
    );
    const words = descriptorWords(blob, jobs[0] as Job);
    const { fields } = decodeFields(words, DESCRIPTORS.TP);
    const values = (...names: string[]) => names.map((name) => fields[name]);
    assert.is(words[6], expected.word6);
    assert.is((words[24] as number) >>> 0, 0x0100000a);
    assert.is((words[12] as number) & 0x1f, 0x0e);
    assert.equal(
      values("in_tile_x_size", "in_tile_y_size", "in_tile_x_inc", "in_tile_y_inc"),
      expected.tile,
    );
    assert.equal(
      values("in_window_x_start", "in_window_y_start", "in_window_x_end", "in_window_y_end"),
      expected.window,
    );
    const counts = [0, 1, 2, 3, 4].map((i) => fields[`out_loop_${i}_count`]);
    assert.equal(counts, expected.counts);
  }
});

test("windows and strides of all kinds give the greatest value", async () => {
  const random = new Random(3);
  for (const target of ["a311d", "imx8mp", "stm32mp2"])
    for (let i = 0; i < 40; i++) {
      const size = random.integer(2, 7);
      const stride = random.integer(1, 5);
      const pool = square(size, stride, random.integer(0, 1) === 0, [
        random.integer(size, 30),
        random.integer(size, random.integer(0, 3) === 0 ? 150 : 30),
      ]);
      pool.channels = random.integer(1, 9);
      if (random.integer(0, 4) === 0) pool.stride[1] = random.integer(1, 4);
      await check([pool], { target }, i);
    }
});

test("no tile begins with the last pixel of a window", async () => {
  for (const side of [15, 16, 17, 32, 63, 64, 126, 127])
    for (const stride of [1, 2])
      await check([square(2, stride, true, [side, side])], { target: "a311d" }, side);
});

test("a pool goes on where a smaller one of the same image ends", async () => {
  const pools = [5, 9, 13].map((size) => square(size, 1, true)) as [Pool, Pool, Pool];
  for (const target of ["a311d", "imx8mp"]) {
    const [, jobs] = await poolJobs(pools, { target });
    assert.is(jobs.filter(({ core }) => core === 0).length, 12);
    await check(pools, { target }, 7);
    const others = [square(3, 1, true), square(4, 2, true), square(7, 1, false)] as typeof pools;
    await check([...pools, ...others], { target }, 8);
  }
});

test("of windows that are not square, differences and sums give the greatest value", async () => {
  const pool: Pool = { ...square(2, 1, true), window: [2, 3] };
  const [, jobs] = await poolJobs([pool], { target: "a311d" });
  assert.ok(jobs.length > 0 && jobs.every(({ kind }) => kind === "NN"));
  await check([pool], { target: "a311d" }, 9);
});

test.run();
