import { test } from "uvu";
import * as assert from "uvu/assert";
import { CORES } from "../../assembly/targets/cores.ts";
import { openBlob } from "../../host/blob/open.ts";
import { compile } from "../../host/index.ts";
import { DESCRIPTORS } from "../../host/inspect/descriptors.ts";
import { descriptorWords } from "../../host/inspect/document.ts";
import { decodeFields, type FieldValues } from "../../host/inspect/fields.ts";
import { singleConvolution } from "../../host/selftest/models.ts";
import { Random } from "../support/random.ts";

// Tiles against the two limits that all of the vendor's jobs keep (docs/hardware.md, "Tiling").

const TARGETS = ["a311d", "stm32mp2", "imx8mp", "vip9000nano-di.0xbe"];

function coreOf(target: string) {
  const core = CORES.find(({ name, aliases }) => [name, ...aliases.split(" ")].includes(target));
  if (!core) throw new Error(target);
  return core;
}

async function tilesOf(
  spec: Parameters<typeof singleConvolution>[1],
  target: string,
): Promise<FieldValues[]> {
  const model = singleConvolution("tiles", spec);
  const blob = openBlob(await compile(model, { target, allowUnproven: true }));
  const jobs = blob.segments.flatMap((segment) => segment.jobs).filter(({ kind }) => kind === "NN");
  return jobs.map((job) => decodeFields(descriptorWords(blob, job), DESCRIPTORS.NN).fields);
}

function sharedRows(width: number): number {
  return width <= 8 ? 8 : width <= 16 ? 4 : width <= 32 ? 2 : 1;
}

test("every tile fits the buffers of its core", async () => {
  const random = new Random(11);
  for (const target of TARGETS) {
    const core = coreOf(target);
    for (let i = 0; i < 40; i++) {
      const spec = {
        ...{ height: random.integer(5, 90), width: random.integer(5, 130) },
        ...{ channels: random.pick([1, 3, 8, 24]), outputChannels: random.pick([1, 8, 40, 200]) },
        ...{ kernel: random.pick([1, 3, 5]), stride: random.pick([1, 1, 2]) },
      };
      for (const fields of await tilesOf(spec, target)) {
        const { out_image_tile_x_size: x = 0, out_image_tile_y_size: y = 0 } = fields;
        const { kernels_per_core: kernels = 0, kernel_y_size: side = 0 } = fields;
        const what = `${target}: ${JSON.stringify(spec)}: ${x} × ${y}, ${kernels} kernels`;
        assert.ok(x <= 64 && x > 0 && y > 0 && kernels > 0, what);
        assert.ok(y + side - 1 <= core.inputBufferDepth * sharedRows(x), what);
        assert.ok(y * kernels <= core.accumulationBufferDepth * sharedRows(x), what);
        if (fields.pooling) assert.is(y % 2, 0, what);
      }
    }
  }
});

test("all kernels go in one pass on v7, as they do in the vendor's jobs", async () => {
  const pointwise = { height: 25, width: 64, channels: 128, outputChannels: 128, kernel: 1 };
  const [fields] = await tilesOf(pointwise, "a311d");
  assert.is(fields?.kernels_per_core, 16);
  assert.is(fields?.out_image_tile_y_size, 4);
});

test("x runs along the columns, in equal parts, whichever side is longer", async () => {
  const shape = { channels: 8, outputChannels: 8, kernel: 3 };
  const [wide] = await tilesOf({ height: 5, width: 100, ...shape }, "a311d");
  const [high] = await tilesOf({ height: 100, width: 5, ...shape }, "a311d");
  assert.equal([wide?.out_image_tile_x_size, high?.out_image_tile_x_size], [50, 5]);
});

test("pixels under a 1×1 kernel fill the lines of the buffers, whatever the image's shape", async () => {
  const spec = { height: 33, width: 33, channels: 256, outputChannels: 256, kernel: 1 };
  for (const target of ["a311d", "imx8mp"]) {
    const [fields = {}] = await tilesOf(spec, target);
    const { out_image_x_size: x = 0, out_image_y_size: y = 0, out_image_tile_x_size = 0 } = fields;
    assert.is(x * y, 33 * 33);
    const lines = sharedRows(out_image_tile_x_size);
    // 33 columns would take 33 groups of 64 pixels, or 27 with tiles of 16.
    assert.ok(Math.ceil(x / out_image_tile_x_size) * Math.ceil(y / lines) <= 18, `${x} × ${y}`);
  }
});

test.run();
