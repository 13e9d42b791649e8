import type { Blob, Job } from "../blob/blob.ts";
import {
  flagNames,
  INSTRUCTION_FLAGS,
  INSTRUCTION_STATES,
  type Packet,
  stateName,
} from "./command-stream.ts";
import { DESCRIPTORS, hex, type JobDocument, type NpuSegmentDocument } from "./document.ts";
import type { Style } from "./style.ts";

/** A segment's descriptors by field name, and its command stream by state name. */
export function disassembly(
  blob: Blob,
  jobs: Job[],
  { jobs: documents, packets = [] }: NpuSegmentDocument,
  style: Style,
): string {
  const parts = documents.map((job, i) => {
    const operator = `${job.operator} ${blob.operators[job.operator]?.name}`;
    const title = `job ${i}: ${job.kind} ${purposeWords(job.purpose)} of ${operator}`;
    return `${style.heading(title)}\n${fieldTable(job, style)}`;
  });
  parts.push(`${style.heading("command stream")}\n${streamTable(blob, jobs, packets, style)}`);
  return parts.join("\n\n");
}

export function purposeWords(purpose: string): string {
  return purpose.replaceAll("_", " ");
}

/** The fields that are not 0, and bits that belong to none. */
function fieldTable({ kind, fields = {}, unlisted = {} }: JobDocument, { table }: Style): string {
  const rows = DESCRIPTORS[kind].fields
    .filter(({ name }) => fields[name] !== 0)
    .map(({ name, bits, form }) => {
      const value = fields[name] ?? 0;
      return [`  ${name}`, form?.startsWith("hex") ? `0x${hex(value)}` : value, bits];
    });
  for (const [word, bits] of Object.entries(unlisted)) {
    rows.push(["  (no field)", `0x${hex(bits)}`, word]);
  }
  return table(["  field", "value", "word[bits]"], rows, ["value"]);
}

function streamTable(blob: Blob, jobs: Job[], packets: Packet[], { table }: Style): string {
  const rows = packets.flatMap((packet): (string | number)[][] => {
    if (packet.kind === "padding") return [[packet.at, "(padding)", `${packet.count} words`, ""]];
    if (packet.kind === "word") return [[packet.at, "(no packet)", `0x${hex(packet.value)}`, ""]];
    return packet.values.map((value, i) => {
      const address = packet.address + 4 * i;
      const note = meaning(blob, jobs, address, value);
      return [packet.at + 1 + i, stateName(address), `0x${hex(value)}`, note];
    });
  });
  return table(["  word", "state", "value", ""], rows, ["  word"]);
}

/** Which job an instruction address starts, or the flags that are set. */
function meaning(blob: Blob, jobs: Job[], address: number, value: number): string {
  if (!INSTRUCTION_STATES.includes(stateName(address))) return flagNames(address, value);
  const flags = value & INSTRUCTION_FLAGS;
  const descriptor = value - flags - blob.constantsAddress;
  const job = jobs.findIndex((job) => job.descriptor === descriptor);
  return job < 0 ? "" : `starts job ${job}${flags ? `, flags ${flags}` : ""}`;
}
