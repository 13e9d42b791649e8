import type { Blob, Job } from "../blob/blob.ts";
import { DESCRIPTORS } from "./descriptors.ts";
import { hex, type JobDocument, type NpuSegmentDocument } from "./document.ts";
import { bitsOf, type DecodedDescriptor, type DescriptorFormat } from "./fields.ts";
import { blobMeaning, PADDING, type StreamRow, streamRows } from "./stream-rows.ts";
import type { Style } from "./style.ts";

/** A segment's descriptors by field name, and its command stream by state name. */
export function disassembly(
  blob: Blob,
  jobs: Job[],
  { jobs: documents }: NpuSegmentDocument,
  stream: Uint32Array,
  style: Style,
): string {
  const parts = documents.map((job, i) => {
    const operator = `${job.operator} ${blob.operators[job.operator]?.name}`;
    const title = `job ${i}: ${job.kind} ${purposeWords(job.purpose)} of ${operator}`;
    return `${style.heading(title)}\n${fieldsOf(job, style)}`;
  });
  const rows = streamRows(stream, blobMeaning(blob, jobs));
  parts.push(`${style.heading("command stream")}\n${rowTable(rows, style)}`);
  return parts.join("\n\n");
}

function fieldsOf({ kind, fields = {}, unlisted = {} }: JobDocument, style: Style): string {
  return fieldTable(DESCRIPTORS[kind], { fields, unlisted }, style);
}

export function purposeWords(purpose: string): string {
  return purpose.replaceAll("_", " ");
}

/** The fields that are not 0, and bits that belong to none. */
export function fieldTable(
  format: DescriptorFormat,
  { fields, unlisted }: DecodedDescriptor,
  { table }: Style,
): string {
  const rows = format.fields
    .filter(({ name }) => fields[name] !== 0)
    .map((field) => {
      const value = fields[field.name] ?? 0;
      const text = field.form?.startsWith("hex") ? `0x${hex(value)}` : value;
      return [`  ${field.name}`, text, bitsOf(field)];
    });
  for (const [word, bits] of Object.entries(unlisted)) {
    rows.push(["  (no field)", `0x${hex(bits)}`, word]);
  }
  return table(["  field", "value", "word[bits]"], rows, ["value"]);
}

/** A command stream, line by line. */
export function rowTable(rows: StreamRow[], { table }: Style): string {
  const cells = rows.map(({ word, state, value, note }) => {
    const text = state === PADDING ? `${value} words` : `0x${hex(value)}`;
    return [word, state, text, note];
  });
  return table(["  word", "state", "value", ""], cells, ["  word"]);
}
