import type { Blob, Job } from "../blob/blob.ts";
import { DESCRIPTORS } from "../inspect/descriptors.ts";
import { descriptorWords } from "../inspect/document.ts";
import { decodeFields, type FieldValues } from "../inspect/fields.ts";

/** What a job asks of its unit. */
export interface Work {
  /** Rounds of every NN core: one weight for up to 64 pixels. */
  rounds: number;
  bytesRead: number;
  bytesWritten: number;
}

/** The same for an NN job, with how it passes through the unit: as the words for a device say. */
export interface NnWork extends Work {
  tileX: number;
  tileY: number;
  /** Passes over the image, each with as many kernels as the accumulators hold. */
  superblocks: number;
}

/** Accumulators of one core that a weight is added to at once. */
const PIXELS_PER_ROUND = 64;
/** Bytes before the first stream of a v7 coefficient buffer; its first byte is the run's width. */
const V7_HEADER = 64;

export function nnWork(blob: Blob, job: Job): NnWork {
  const { fields } = decodeFields(descriptorWords(blob, job), DESCRIPTORS.NN);
  const tileX = field(fields, "out_image_tile_x_size");
  const tileY = field(fields, "out_image_tile_y_size");
  const tilesX = Math.ceil(field(fields, "out_image_x_size") / tileX);
  const tilesY = Math.ceil(field(fields, "out_image_y_size") / tileY);
  const perCore = kernelsOfCore(blob, job, fields);
  const superblocks = Math.ceil(perCore / field(fields, "kernels_per_core"));
  const imagePasses = fields.image_caching_mode ? 1 : superblocks;
  const kernelPasses = fields.kernel_caching_mode === 1 ? 1 : tilesX * tilesY;
  return {
    tileX,
    tileY,
    superblocks,
    rounds: tilesX * pixelGroups(fields, tileX, tileY) * weightsOfCore(blob, job, fields, perCore),
    bytesRead: job.inputBytes * imagePasses + job.coefficientBytes * kernelPasses,
    bytesWritten: job.outputBytes,
  };
}

/** Groups of pixels in one column of tiles: narrow tiles put several lines into one group. */
function pixelGroups(fields: FieldValues, tileX: number, tileY: number): number {
  const height = field(fields, "out_image_y_size");
  let lines = PIXELS_PER_ROUND;
  while (lines > 1 && lines * tileX > PIXELS_PER_ROUND) lines /= 2;
  const whole = Math.floor(height / tileY);
  return whole * Math.ceil(tileY / lines) + Math.ceil((height % tileY) / lines);
}

/** The additions of v7 are one kernel, whatever their output. */
function kernelsOfCore({ core }: Blob, { purpose }: Job, fields: FieldValues): number {
  const isSingle = core.architecture === 7 && purpose === "ADDITION";
  return isSingle ? 1 : Math.ceil(field(fields, "out_image_z_size") / core.nnCores);
}

/** v7 skips runs of zeros: it steps from token to token. */
function weightsOfCore(blob: Blob, job: Job, fields: FieldValues, kernels: number): number {
  const planes = fields.depthwise ? 1 : field(fields, "kernel_z_size");
  const area = field(fields, "kernel_xy_size") * field(fields, "kernel_y_size");
  const weights = kernels * planes * area;
  if (blob.core.architecture >= 8) return weights;
  const cores = Math.min(blob.core.nnCores, field(fields, "out_image_z_size"));
  const runBits = blob.constants[job.coefficients + V7_HEADER] ?? 0;
  const tokens = (8 * (job.coefficientBytes - V7_HEADER)) / cores / (8 + runBits);
  return Math.min(weights, Math.ceil(tokens));
}

function field(fields: FieldValues, name: string): number {
  return fields[name] ?? 0;
}
