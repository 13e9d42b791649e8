import type { Blob, Job } from "../../host/blob/blob.ts";
import { DESCRIPTORS } from "../../host/inspect/descriptors.ts";
import { descriptorWords } from "../../host/inspect/document.ts";
import { decodeFields, type FieldValues } from "../../host/inspect/fields.ts";

/** Fields whose values make jobs of a unit differ in kind, not only in size. */
const TELLING: Record<Job["kind"], string[]> = {
  NN: [
    "kernel_xy_size",
    "kernel_y_size",
    "pooling",
    "in_image_x_offset",
    "in_image_y_offset",
    "image_caching_mode",
    "kernel_caching_mode",
    "kernel_pattern_msb",
    "depthwise",
  ],
  TP: [
    "out_loop_1_reset",
    "out_loop_2_reset",
    "out_loop_3_reset",
    "alu_pwl_enable",
    "alu_horz_processing",
  ],
};

/** What the jobs of a blob are, apart from their sizes and addresses. */
export function signaturesOf(blob: Blob): Set<string> {
  const jobs = blob.segments.flatMap((segment) => segment.jobs);
  return new Set(jobs.map((job) => signatureOf(job, fieldsOf(blob, job))));
}

function fieldsOf(blob: Blob, job: Job): FieldValues {
  return decodeFields(descriptorWords(blob, job), DESCRIPTORS[job.kind]).fields;
}

function signatureOf({ kind, purpose, cores }: Job, fields: FieldValues): string {
  const telling = TELLING[kind].map((name) => `${name} ${fields[name]}`);
  return [kind, purpose, kind === "TP" ? `on ${cores}` : "", ...telling].join(", ");
}
