import { rowsOfLine } from "../../assembly/targets/timing.ts";
import type { Blob, Job } from "../blob/blob.ts";
import { generationOf } from "../generations.ts";
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

export function nnWork(blob: Blob, job: Job): NnWork {
  const { fields } = decodeFields(descriptorWords(blob, job), DESCRIPTORS.NN);
  const tileX = field(fields, "out_image_tile_x_size");
  const tileY = field(fields, "out_image_tile_y_size");
  const tilesX = Math.ceil(field(fields, "out_image_x_size") / tileX);
  const tilesY = Math.ceil(field(fields, "out_image_y_size") / tileY);
  const perCore = Math.ceil(field(fields, "out_image_z_size") / blob.core.nnCores);
  const superblocks = Math.ceil(perCore / field(fields, "kernels_per_core"));
  const imagePasses = fields.image_caching_mode ? 1 : superblocks;
  const kernelPasses = fields.kernel_caching_mode === 1 ? 1 : tilesX * tilesY;
  return {
    tileX,
    tileY,
    superblocks,
    rounds: tilesX * pixelGroups(fields, tileX, tileY) * weightsOfCore(blob, job, fields, perCore),
    bytesRead:
      imageBytes(fields, tilesX, tilesY) * imagePasses + job.coefficientBytes * kernelPasses,
    bytesWritten: job.outputBytes,
  };
}

/** Groups of pixels in one column of tiles: narrow tiles put several lines into one group. */
function pixelGroups(fields: FieldValues, tileX: number, tileY: number): number {
  const height = field(fields, "out_image_y_size");
  const lines = rowsOfLine(tileX);
  const whole = Math.floor(height / tileY);
  return whole * Math.ceil(tileY / lines) + Math.ceil((height % tileY) / lines);
}

/** What tiles of the output need of the image: at their borders pixels are read again. */
function imageBytes(fields: FieldValues, tilesX: number, tilesY: number): number {
  const columns =
    field(fields, "out_image_x_size") + tilesX * (field(fields, "kernel_xy_size") - 1);
  const rows = field(fields, "out_image_y_size") + tilesY * (field(fields, "kernel_y_size") - 1);
  return columns * rows * field(fields, fields.depthwise ? "out_image_z_size" : "kernel_z_size");
}

/** v7 skips runs of zeros: it steps from token to token. */
function weightsOfCore(blob: Blob, job: Job, fields: FieldValues, kernels: number): number {
  const planes = fields.depthwise ? 1 : field(fields, "kernel_z_size");
  const area = field(fields, "kernel_xy_size") * field(fields, "kernel_y_size");
  const weights = kernels * planes * area;
  const header = generationOf(blob.core).runHeaderBytes;
  if (header === undefined) return weights;
  const cores = Math.min(blob.core.nnCores, field(fields, "out_image_z_size"));
  const runBits = blob.constants[job.coefficients + header] ?? 0;
  const tokens = (8 * (job.coefficientBytes - header)) / cores / (8 + runBits);
  return Math.min(weights, Math.ceil(tokens));
}

function field(fields: FieldValues, name: string): number {
  return fields[name] ?? 0;
}
