import { test } from "uvu";
import * as assert from "uvu/assert";
import type { Blob, Job } from "../../host/blob/blob.ts";
import { openBlob } from "../../host/blob/open.ts";
import { type CompileOptions, compile } from "../../host/index.ts";
import { decodeStream } from "../../host/inspect/command-stream.ts";
import { DESCRIPTORS } from "../../host/inspect/descriptors.ts";
import { descriptorWords } from "../../host/inspect/document.ts";
import { decodeFields } from "../../host/inspect/fields.ts";
import { graph } from "../../host/selftest/models.ts";
import { SINGLES } from "../../host/selftest/singles.ts";
import { convolutionModel } from "../../host/tflite/convolution.ts";

// Where the vendor's compiler and the open driver write different words, nolfet writes the vendor's,
// but for `--compat mesa` (docs/hardware.md, "Where the witnesses disagree").

type Options = CompileOptions;

async function blobOf(model: Uint8Array, options: Options): Promise<Blob> {
  return openBlob(await compile(model, options));
}

function jobsOf(blob: Blob, purpose: Job["purpose"]): Job[] {
  return blob.segments.flatMap(({ jobs }) => jobs).filter((job) => job.purpose === purpose);
}

function fieldsOf(blob: Blob, job: Job): Record<string, number> {
  return decodeFields(descriptorWords(blob, job), DESCRIPTORS[job.kind]).fields;
}

/** Bits 28 to 30 of a convolution's word 18: a field without a name, and the signs of x and y. */
async function word18(model: Uint8Array, options: Options): Promise<number[]> {
  const blob = await blobOf(model, options);
  const word = descriptorWords(blob, jobsOf(blob, "convolution")[0] as Job)[18] as number;
  return [28, 29, 30].map((bit) => (word >>> bit) & 1);
}

/** How often a blob's streams load a state. */
function loadsOf(blob: Blob, address: number): number {
  const packets = blob.segments.flatMap(({ stream }) => decodeStream(stream ?? new Uint32Array()));
  return packets.filter((packet) => packet.kind === "states" && packet.address === address).length;
}

const PADDED = convolutionModel({ height: 8, width: 8, channels: 8 });
const INSIDE = convolutionModel({ height: 8, width: 8, channels: 8, padding: "VALID" });

test("word 18 holds the signs of the offsets on every core", async () => {
  for (const target of ["a311d", "stm32mp2", "imx8mp"]) {
    assert.equal(await word18(PADDED, { target }), [0, 1, 1], target);
    assert.equal(await word18(INSIDE, { target }), [0, 0, 0], target);
  }
  assert.equal(await word18(PADDED, { target: "vip9000nano-si.0xb9" }), [1, 1, 1]);
  assert.equal(await word18(PADDED, { target: "a311d", compat: "mesa" }), [0, 0, 0]);
  assert.equal(await word18(PADDED, { target: "imx8mp", compat: "mesa" }), [0, 1, 1]);
});

test("state 0x03950 is left alone on v7, not on v8", async () => {
  const model = graph(SINGLES.padding as (typeof SINGLES)[string]);
  for (const [options, some] of [
    [{ target: "a311d" }, false],
    [{ target: "imx8mp" }, true],
    [{ target: "a311d", compat: "mesa" }, true],
  ] as const)
    assert.is(loadsOf(await blobOf(model, options), 0x3950) > 0, some, JSON.stringify(options));
});

test("an addition on v7 has rows of the flattened width, however many", async () => {
  const model = graph(SINGLES["sum of rows longer than a row"] as (typeof SINGLES)[string]);
  const sides = async (options: Options) => {
    const blob = await blobOf(model, options);
    const fields = fieldsOf(blob, jobsOf(blob, "addition")[0] as Job);
    return [fields.in_image_x_size, fields.in_image_y_size];
  };
  assert.equal(await sides({ target: "a311d" }), [128, 800]);
  assert.equal(await sides({ target: "a311d", compat: "mesa" }), [800, 128]);
});

test("space-to-depth is split by channels, or by columns where there are few, on v7", async () => {
  const parts = async (channels: number, options: Options) => {
    const model = convolutionModel({ height: 48, width: 80, channels, stride: 2 });
    const blob = await blobOf(model, options);
    const jobs = jobsOf(blob, "space_to_depth").map((job) => fieldsOf(blob, job));
    const numbers = (name: string) => new Set(jobs.map((fields) => fields[name])).size;
    const varies = ["in_window_x_end", "in_window_y_end", "in_image_z_size"].filter(
      (name) => numbers(name) > 1,
    );
    return [jobs.length, ...varies];
  };
  // The last of four parts of 41 columns is shorter than the first.
  assert.equal(await parts(3, { target: "a311d" }), [4, "in_window_x_end"]);
  assert.equal(await parts(6, { target: "a311d" }), [4, "in_window_x_end"]);
  assert.equal(await parts(32, { target: "a311d" }), [4]);
});

test("tiles of more than 128 columns name their width's bits on v7", async () => {
  const reorder = async (width: number, options: Options) => {
    const model = convolutionModel({ height: 16, width, channels: 8, stride: 2 });
    const blob = await blobOf(model, options);
    return fieldsOf(blob, jobsOf(blob, "space_to_depth")[0] as Job).alu_reorder_bits_used;
  };
  assert.is(await reorder(112, { target: "a311d" }), 0);
  assert.is(await reorder(224, { target: "a311d" }), 8);
  assert.is(await reorder(230, { target: "a311d" }), 0); // in two parts
  assert.is(await reorder(320, { target: "a311d" }), 8);
  assert.is(await reorder(320, { target: "imx8mp" }), 0);
});

test("no job on v7 rearranges more than 224 columns or rows, which boards have run", async () => {
  const parts = async (spec: Parameters<typeof convolutionModel>[0], options: Options) => {
    const blob = await blobOf(convolutionModel({ ...spec, stride: 2 }), options);
    assert.is(blob.operators[0]?.reason ?? "", "");
    const jobs = jobsOf(blob, "space_to_depth").map((job) => fieldsOf(blob, job));
    const sizes = jobs.map(({ in_image_x_size: x, in_image_y_size: y }) => [x, y] as number[]);
    return [
      jobs.length,
      Math.max(...sizes.map(([x = 0]) => x)),
      Math.max(...sizes.map(([, y = 0]) => y)),
    ];
  };
  const first = { height: 640, width: 320, channels: 3, outputChannels: 8 };
  // Three strips of rows, each in four parts of 41 or 40 columns of the output.
  assert.equal(await parts(first, { target: "a311d" }), [12, 82, 214]);
  assert.equal(await parts(first, { target: "imx8mp" }), [3, 320, 214]);
  // Two by two parts, each of which the cores share by channels.
  assert.equal(
    await parts({ ...first, height: 300, channels: 8 }, { target: "a311d" }),
    [16, 162, 152],
  );
  assert.equal(
    await parts({ ...first, height: 224, width: 224 }, { target: "a311d" }),
    [1, 224, 224],
  );
});

test("depthwise 5×5 kernels at stride 2 are convolutions over blocks on v7", async () => {
  const wide = { height: 40, width: 40, channels: 16, kernel: 5, stride: 2, depthwise: true };
  const forms = async (options: Options) => {
    const blob = await blobOf(convolutionModel(wide), options);
    const job = jobsOf(blob, "convolution")[0] as Job;
    return [
      blob.operators[0]?.placement,
      jobsOf(blob, "space_to_depth").length > 0,
      fieldsOf(blob, job).pooling,
    ];
  };
  assert.equal(await forms({ target: "a311d" }), ["NPU", true, 0]);
  assert.equal(await forms({ target: "imx8mp" }), ["NPU", false, 3]);
  assert.equal(await forms({ target: "a311d", compat: "mesa" }), ["NPU", false, 3]);
});

test.run();
