import { readdirSync } from "node:fs";
import { join } from "node:path";
import { CORES } from "../../assembly/targets/cores.ts";
import { openBlob } from "../../host/blob/open.ts";
import { compile } from "../../host/index.ts";
import { DESCRIPTORS } from "../../host/inspect/descriptors.ts";
import { descriptorWords } from "../../host/inspect/document.ts";
import { decodeFields } from "../../host/inspect/fields.ts";
import { openNetwork } from "../../host/nbg/open.ts";
import { singleConvolution } from "../../host/selftest/models.ts";
import { hasShared, readShared, SHARED } from "../support/shared.ts";

// How the vendor's compiler tiles its NN jobs, beside what nolfet does for layers of the same shape:
// `npm run tilings` prints the table of docs/hardware.md. Only numbers over all jobs of a file.

type Values = Record<string, number>;

/** Words of a descriptor that the vendor's records have. */
const RECORD_WORDS = 32;
/** Larger layers are left out. */
const MOST_WEIGHTS = 3_000_000;

const NUMBERS = [
  ...["in_image_x_size", "in_image_y_size", "kernel_z_size", "kernel_xy_size", "kernel_y_size"],
  ...["out_image_x_size", "out_image_y_size", "out_image_z_size", "pooling", "depthwise"],
  ...["out_image_tile_x_size", "out_image_tile_y_size", "kernels_per_core"],
];

class Tiles {
  x: number;
  y: number;
  superblocks: number;

  constructor(fields: Values, nnCores: number) {
    this.x = fields.out_image_tile_x_size ?? 0;
    this.y = fields.out_image_tile_y_size ?? 0;
    const perCore = Math.ceil((fields.out_image_z_size ?? 0) / nnCores);
    this.superblocks = Math.ceil(perCore / (fields.kernels_per_core ?? 1));
  }
}

/** The NN jobs of a file, each kind of them once. */
function jobsOf(file: string): { core: (typeof CORES)[number]; jobs: Values[] } | undefined {
  const network = openNetwork(readShared(join("vendor", file)));
  const core = CORES.find(({ customer }) => customer === network.target);
  if (!core) return undefined;
  const all = network.operations.flatMap(({ kind, words }): Values[] => {
    if (kind !== "NN" || !words) return [];
    const padded = new Uint32Array(DESCRIPTORS.NN.words);
    padded.set(words.subarray(0, RECORD_WORDS));
    return [decodeFields(padded, DESCRIPTORS.NN).fields];
  });
  const distinct = new Map(all.map((job) => [NUMBERS.map((name) => job[name]).join(), job]));
  return { core, jobs: [...distinct.values()] };
}

function isWithinLimits(job: Values, core: (typeof CORES)[number]): boolean {
  const [x, y, kernels, side] = [
    "out_image_tile_x_size",
    "out_image_tile_y_size",
    "kernels_per_core",
    "kernel_y_size",
  ].map((name) => job[name] ?? 0) as [number, number, number, number];
  const shared = x <= 8 ? 8 : x <= 16 ? 4 : x <= 32 ? 2 : 1;
  return (
    y + side - 1 <= core.inputBufferDepth * shared &&
    y * kernels <= core.accumulationBufferDepth * shared
  );
}

/** nolfet's tiles for a layer of the same shape; undefined if it has another form there. */
async function own(job: Values, core: (typeof CORES)[number]): Promise<Tiles | undefined> {
  const [kernel, kernelY, channels, outputs, x, y] = [
    "kernel_xy_size",
    "kernel_y_size",
    "kernel_z_size",
    "out_image_z_size",
    "out_image_x_size",
    "out_image_y_size",
  ].map((name) => job[name] ?? 0) as [number, number, number, number, number, number];
  const depthwise = job.depthwise === 1;
  if (kernel !== kernelY || job.pooling || kernel * kernel * channels * outputs > MOST_WEIGHTS)
    return undefined;
  const model = singleConvolution("tiling", {
    ...{ height: y + kernel - 1, width: x + kernel - 1, kernel, padding: "VALID", depthwise },
    ...{ channels: depthwise ? outputs : channels, outputChannels: outputs },
  });
  const blob = openBlob(await compile(model, { target: core.name, allowUnproven: true }));
  const jobs = blob.segments.flatMap((segment) => segment.jobs).filter(({ kind }) => kind === "NN");
  if (jobs.length !== 1 || !jobs[0]) return undefined;
  const { fields } = decodeFields(descriptorWords(blob, jobs[0]), DESCRIPTORS.NN);
  const isSame = fields.kernel_xy_size === kernel && fields.out_image_z_size === outputs;
  return isSame ? new Tiles(fields, core.nnCores) : undefined;
}

async function row(file: string): Promise<(string | number)[] | undefined> {
  const found = jobsOf(file);
  if (!found) return undefined;
  const { core, jobs } = found;
  const within = jobs.filter((job) => isWithinLimits(job, core)).length;
  const counts = {
    compared: 0,
    same: 0,
    onePass: 0,
    ownOnePass: 0,
    wider: 0,
    narrower: 0,
    higher: 0,
    lower: 0,
  };
  for (const job of jobs) {
    const theirs = new Tiles(job, core.nnCores);
    const ours = await own(job, core);
    if (!ours) continue;
    counts.compared++;
    if (theirs.superblocks === 1) counts.onePass++;
    if (ours.superblocks === 1) counts.ownOnePass++;
    if (ours.x > theirs.x) counts.wider++;
    else if (ours.x < theirs.x) counts.narrower++;
    else if (ours.y > theirs.y) counts.higher++;
    else if (ours.y < theirs.y) counts.lower++;
    else if (ours.superblocks === theirs.superblocks) counts.same++;
  }
  return [
    ...[core.name, `${within} of ${jobs.length}`, counts.compared],
    ...[counts.onePass, counts.ownOnePass, counts.same],
    ...[counts.wider, counts.narrower, counts.higher, counts.lower],
  ];
}

const HEAD = [
  ...["core", "jobs within both limits", "compared"],
  ...["one superblock, vendor", "one superblock, nolfet", "same tile"],
  ...["nolfet's wider", "narrower", "as wide, nolfet's higher", "as wide, nolfet's lower"],
];

async function main(): Promise<void> {
  if (!hasShared("the vendor's tilings")) return;
  console.log(`| ${HEAD.join(" | ")} |\n|${"---|".repeat(HEAD.length)}`);
  for (const file of readdirSync(join(SHARED, "vendor"))) {
    const cells = file.endsWith(".nb") ? await row(file) : undefined;
    if (cells) console.log(`| ${cells.join(" | ")} |`);
  }
}

await main();
