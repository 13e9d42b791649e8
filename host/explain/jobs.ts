import type { Blob, Job } from "../blob/blob.ts";
import { clockOf } from "../estimate/clocks.ts";
import { timesOf, workOf } from "../estimate/estimate.ts";
import { nnWork } from "../estimate/nn-work.ts";
import { DESCRIPTORS } from "../inspect/descriptors.ts";
import { descriptorWords } from "../inspect/document.ts";
import { decodeFields } from "../inspect/fields.ts";
import type { JobView } from "./explanation.ts";

export function jobView(blob: Blob, job: Job, index: number): JobView {
  const { kind, purpose, operator, mark, core, cores, macs } = job;
  const { input, output, coefficientBytes } = job;
  const { fields, unlisted } = decodeFields(descriptorWords(blob, job), DESCRIPTORS[kind]);
  const work = workOf(blob, job);
  const { milliseconds, bound } = timesOf(work, job, clockOf(blob.core).megahertz);
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
    readBytes: work.bytesRead,
    writtenBytes: work.bytesWritten,
    coefficientBytes,
    macs,
    ...(kind === "NN" ? { tiling: tilingOf(blob, job) } : {}),
    estimate: { milliseconds, bound },
    fields: Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== 0)),
    unlisted,
  };
}

function tilingOf(blob: Blob, job: Job): NonNullable<JobView["tiling"]> {
  const { tileX, tileY, superblocks } = nnWork(blob, job);
  return { tileX, tileY, superblocks };
}
