import type { Core } from "../../assembly/targets/cores.ts";
import type { Blob, Job } from "../blob/blob.ts";
import { DESCRIPTORS, descriptorWords } from "../inspect/document.ts";
import { decodeFields, type FieldValues } from "../inspect/fields.ts";
import type { JobView, Tiling } from "./explanation.ts";

export function jobView(blob: Blob, job: Job, index: number): JobView {
  const { kind, purpose, operator, mark, core, cores, macs } = job;
  const { input, output, inputBytes, outputBytes, coefficientBytes } = job;
  const { fields, unlisted } = decodeFields(descriptorWords(blob, job), DESCRIPTORS[kind]);
  return {
    index,
    kind,
    purpose,
    operator,
    mark,
    core,
    cores,
    input,
    output,
    inputBytes,
    outputBytes,
    coefficientBytes,
    macs,
    ...(kind === "NN" ? { tiling: tilingOf(fields, blob.core) } : {}),
    fields: Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== 0)),
    unlisted,
  };
}

/** A superblock has so many kernels of every core; the last one takes what is left. */
function tilingOf(fields: FieldValues, { nnCores }: Core): Tiling {
  const { out_image_tile_x_size: x = 0, out_image_tile_y_size: y = 0 } = fields;
  const { out_image_z_size: kernels = 0, kernels_per_core: perSuperblock = 0 } = fields;
  const perCore = Math.ceil(kernels / nnCores);
  return { x, y, superblocks: Math.ceil(perCore / Math.max(1, perSuperblock)) };
}
