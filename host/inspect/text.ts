import type { Blob, BufferSlice, Segment, Tensor } from "../blob/blob.ts";
import { disassembly, purposeWords } from "./disassembly.ts";
import { type BlobDocument, hex, type NpuSegmentDocument } from "./document.ts";
import type { Style } from "./style.ts";

const LONGEST_NAME = 60;

/** A blob for people: segments, jobs, memory map; the disassembly where the document holds it. */
export function describeBlob(blob: Blob, document: BlobDocument, style: Style): string {
  const { target, compiler, formatVersion, segments } = document;
  const parts = [
    `${style.heading(target)}, compiled by nolfet ${compiler}, format ${formatVersion}${optionWords(blob)}`,
    tensors(document, style),
    memoryMap(blob, style),
  ];
  segments.forEach((segment, i) => {
    const names = segment.operators.map(({ index, name }) => `${index} ${name}`).join(", ");
    parts.push(`${style.heading(`segment ${i} on the ${segment.placement}`)}: ${names}`);
    if (segment.placement === "CPU") return;
    parts.push(jobTable(blob, segment, style));
    const { jobs, stream } = blob.segments[i] as Segment;
    if (segment.packets) parts.push(disassembly(blob, jobs, segment, stream, style));
  });
  return parts.join("\n\n");
}

function optionWords({ options }: Blob): string {
  const words = [
    options.compatMesa && "--compat mesa",
    options.strict && "--strict",
    options.allowUnproven && "--allow-unproven",
  ].filter(Boolean);
  return words.length === 0 ? "" : `, with ${words.join(" ")}`;
}

function tensors({ inputs, outputs }: BlobDocument, { table }: Style): string {
  const rows = [
    ...inputs.map((tensor) => ["input", tensor] as const),
    ...outputs.map((tensor) => ["output", tensor] as const),
  ].map(([kind, { name, shape, dtype, quantization }]) => {
    const [scale] = quantization.scales;
    const [zeroPoint] = quantization.zeroPoints;
    const quantized = scale === undefined ? "" : `scale ${scale}, zero point ${zeroPoint}`;
    return [kind, shortened(name), dtype, shape.join("×"), quantized];
  });
  return table(["", "tensor", "type", "shape", "quantization"], rows);
}

/** Both buffers, and the tensors that cross a segment's border. */
function memoryMap(blob: Blob, { table }: Style): string {
  const rows: (string | number)[][] = [
    [hex(blob.constantsAddress), blob.constants.length, "constants"],
    [hex(blob.arenaAddress), blob.arenaBytes, "arena"],
  ];
  blob.segments.forEach(({ inputs, outputs }, i) => {
    for (const [bindings, way] of [
      [inputs, "into"],
      [outputs, "out of"],
    ] as const) {
      for (const { tensor, offset, bytes, values } of bindings) {
        const { name } = blob.tensors[tensor] as Tensor;
        const converts = values === tensor ? "" : ", float32 on the host's side";
        const what = `arena + ${offset}: ${shortened(name)}, ${way} segment ${i}${converts}`;
        rows.push([hex(blob.arenaAddress + offset), bytes, what]);
      }
    }
  });
  return table(["address", "bytes", "memory"], rows, ["bytes"]);
}

/** Fused operators leave names after that list all of their parts. */
function shortened(name: string): string {
  return name.length > LONGEST_NAME ? `${name.slice(0, LONGEST_NAME)}…` : name;
}

function jobTable({ operators }: Blob, { jobs }: NpuSegmentDocument, { table }: Style): string {
  const rows = jobs.map((job, i) => {
    const operator = `${job.operator} ${operators[job.operator]?.name}`;
    const { kind, purpose, mark, input, output, coefficients, macs } = job;
    const streams = coefficients ? coefficients.bytes : "";
    return [
      i,
      kind,
      purposeWords(purpose),
      operator,
      mark,
      at(input),
      at(output),
      streams,
      macs || "",
    ];
  });
  const head = [
    "job",
    "unit",
    "purpose",
    "operator",
    "mark",
    "input",
    "output",
    "coefficients",
    "MACs",
  ];
  return table(head, rows, ["job", "coefficients", "MACs"]);
}

function at({ buffer, offset }: BufferSlice): string {
  return `${buffer} + ${offset}`;
}
