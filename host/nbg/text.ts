import { DESCRIPTORS } from "../inspect/descriptors.ts";
import { fieldTable, rowTable } from "../inspect/disassembly.ts";
import { flagMeaning, packetRows } from "../inspect/stream-rows.ts";
import type { Style } from "../inspect/style.ts";
import type { NetworkDocument, OperationDocument } from "./document.ts";
import type { NetworkTensor } from "./network.ts";

/** A vendor file for people: tensors, memory, layers, jobs; every field with disassembly. */
export function describeNetwork(network: NetworkDocument, style: Style): string {
  const { version, target, name, isUnderstood, operations } = network;
  const core = target.core ?? `customer ${target.customer}`;
  const parts = [`${style.heading(core)}, "${name}", vendor's format VPMN ${version}`];
  if (!isUnderstood) {
    parts.push(`The records of version ${version} are not understood: only sections are shown.`);
  }
  parts.push(sectionTable(network, style), memoryTable(network, style));
  if (isUnderstood) {
    parts.push(tensorTable(network, style), layerTable(network, style), jobTable(network, style));
  }
  operations.forEach((operation, i) => {
    if (operation.packets) parts.push(describeOperation(operation, i, network, style));
  });
  return parts.join("\n\n");
}

function sectionTable({ sections }: NetworkDocument, { table }: Style): string {
  const filled = sections.filter(({ bytes }) => bytes > 0);
  const rows = filled.map(({ name, offset, bytes }) => [name, offset, bytes]);
  return table(["section", "offset", "bytes"], rows, ["offset", "bytes"]);
}

function memoryTable({ memory }: NetworkDocument, { table }: Style): string {
  const { pool, axiSram, vipSram } = memory;
  const rows = [
    ["pool", pool.bytes],
    ["AXI SRAM", axiSram.bytes],
    ["VIP SRAM", vipSram.bytes],
  ];
  return table(["memory", "bytes"], rows, ["bytes"]);
}

function tensorTable({ inputs, outputs }: NetworkDocument, { table }: Style): string {
  const rows = [
    ...inputs.map((tensor) => ["input", tensor] as const),
    ...outputs.map((tensor) => ["output", tensor] as const),
  ].map(([kind, tensor]) => {
    const { name, dtype, dimensions } = tensor;
    return [kind, name, dtype, dimensions.join("×"), quantizationWords(tensor)];
  });
  return table(["", "tensor", "type", "shape, fastest first", "quantization"], rows);
}

function quantizationWords({ quantization }: NetworkTensor): string {
  if (quantization.kind === "none") return "";
  if (quantization.kind === "fixed point") return `fixed point, ${quantization.position} bits`;
  return `scale ${quantization.scale}, zero point ${quantization.zeroPoint}`;
}

const UNITS = ["NN", "TP", "shader"] as const;

function layerTable({ layers, operations }: NetworkDocument, { table }: Style): string {
  const counts = layers.map(() => ({ NN: 0, TP: 0, shader: 0, start: 0, end: 0 }));
  for (const { layer, kind } of operations) {
    const own = layer === undefined ? undefined : counts[layer];
    if (own) own[kind]++;
  }
  const rows = layers.map(({ name }, i) => [
    i,
    name,
    ...UNITS.map((unit) => counts[i]?.[unit] || ""),
  ]);
  return table(["layer", "name", ...UNITS], rows, ["layer", ...UNITS]);
}

function jobTable(network: NetworkDocument, { table }: Style): string {
  const rows = network.operations.map((operation, i) => [
    i,
    operation.kind,
    operation.layer === undefined
      ? ""
      : `${operation.layer} ${network.layers[operation.layer]?.name}`,
    operation.data ? `${operation.data.bytes} bytes of ${operation.data.kind}` : "",
    statisticsWords(operation),
  ]);
  return table(["operation", "unit", "layer", "data", "coding"], rows, ["operation"]);
}

function statisticsWords({ data }: OperationDocument): string {
  const statistics = data?.statistics;
  if (statistics === undefined) return "";
  const { coding, streams } = statistics;
  const cores = `${streams.length} ${streams.length === 1 ? "stream" : "streams"}`;
  if (statistics.coding === "zero runs") {
    const widths = [...new Set(statistics.streams.map(({ runBits }) => runBits))];
    return `${coding} of ${widths.join(", ")} bits, ${cores}`;
  }
  const runs = statistics.runLengths.length;
  return `${coding}, ${runs === 0 ? "no run lengths" : `${runs} run lengths`}, ${cores}`;
}

/** Every field of a job's descriptor, and every state loaded. */
export function describeOperation(
  { kind, layer, fields, unlisted, packets = [] }: OperationDocument,
  index: number,
  { layers }: NetworkDocument,
  style: Style,
): string {
  const of = layer === undefined ? "" : ` of ${layer} ${layers[layer]?.name}`;
  const parts = [style.heading(`operation ${index}: ${kind}${of}`)];
  if (fields && (kind === "NN" || kind === "TP")) {
    parts.push(fieldTable(DESCRIPTORS[kind], { fields, unlisted: unlisted ?? {} }, style));
  }
  parts.push(rowTable(packetRows(packets, flagMeaning), style));
  return parts.join("\n");
}
