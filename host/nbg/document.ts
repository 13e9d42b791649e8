import { CORES, type Core } from "../../assembly/targets/cores.ts";
import { decodeStream, type Packet } from "../inspect/command-stream.ts";
import { DESCRIPTORS } from "../inspect/descriptors.ts";
import { hex } from "../inspect/document.ts";
import { type DecodedDescriptor, decodeFields } from "../inspect/fields.ts";
import { type CoefficientStatistics, coefficientStatistics } from "./coefficients.ts";
import type { Network, NetworkOperation } from "./network.ts";

// What `inspect --json` prints of a vendor file. Words are eight hexadecimal digits, sizes and
// offsets bytes.

export interface NetworkDocument
  extends Omit<Network, "version" | "target" | "operations" | "data"> {
  format: "VPMN";
  /** "0x1000f" and so on. */
  version: string;
  target: { customer: string; core: string | null };
  operations: OperationDocument[];
}

export interface OperationDocument {
  kind: NetworkOperation["kind"];
  layer?: number;
  /** The state stream. */
  stream: string[];
  words?: string[];
  patches: NetworkOperation["patches"];
  /** What its descriptor's table or coefficient address refers to. */
  data?: DataDocument;
  /** With disassembly. */
  packets?: Packet[];
  fields?: DecodedDescriptor["fields"];
  unlisted?: DecodedDescriptor["unlisted"];
}

export interface DataDocument {
  kind: "coefficients" | "table";
  bytes: number;
  sha256: string;
  statistics?: CoefficientStatistics;
}

export interface NetworkDocumentOptions {
  disassemble: boolean;
  sha256: (bytes: Uint8Array) => string;
}

/** Byte offsets of the descriptors' words that hold the address of coefficients or a table. */
const DATA_WORD = { NN: 4 * 5, TP: 4 * 11 };

export function networkDocument(
  network: Network,
  options: NetworkDocumentOptions,
): NetworkDocument {
  const { version, target, operations, data, ...rest } = network;
  const core = knownCore(network);
  const context = { data, core, options, known: new Map() };
  return {
    format: "VPMN",
    version: `0x${version.toString(16)}`,
    target: { customer: `0x${target.toString(16)}`, core: core?.name ?? null },
    ...rest,
    operations: operations.map((operation) => operationDocument(operation, context)),
  };
}

/** The core of the table with the file's customer id. */
export function knownCore({ target }: Network): Core | undefined {
  return CORES.find(({ customer }) => customer === target);
}

interface Context {
  data: Uint8Array[];
  core: Core | undefined;
  options: NetworkDocumentOptions;
  /** Documents of data by index: several jobs may use the same coefficients. */
  known: Map<number, DataDocument>;
}

function operationDocument(operation: NetworkOperation, context: Context): OperationDocument {
  const { kind, layer, states, words, patches } = operation;
  const { disassemble } = context.options;
  const stream = wordsOf(context.data[states] as Uint8Array);
  return {
    kind,
    ...(layer === undefined ? {} : { layer }),
    stream: Array.from(stream, hex),
    ...(words ? { words: Array.from(words, hex) } : {}),
    patches,
    ...dataOf(operation, context),
    ...(disassemble ? { packets: decodeStream(stream) } : {}),
    ...(words && disassemble ? decodeFields(words, DESCRIPTORS[kind as "NN" | "TP"]) : {}),
  };
}

/** The coefficients or the table that a descriptor refers to. */
function dataOf({ kind, patches }: NetworkOperation, context: Context): { data?: DataDocument } {
  if (kind !== "NN" && kind !== "TP") return {};
  const index = patches.find(
    ({ in: where, source, offset }) =>
      where === "descriptor" && source === "data" && offset === DATA_WORD[kind],
  )?.index;
  if (index === undefined) return {};
  const document = context.known.get(index) ?? dataDocument(kind, index, context);
  context.known.set(index, document);
  return { data: document };
}

/** Of the data that TP jobs refer to, only the size is shown. */
function dataDocument(unit: "NN" | "TP", index: number, context: Context): DataDocument {
  const bytes = context.data[index] as Uint8Array;
  const document = { bytes: bytes.length, sha256: context.options.sha256(bytes) };
  if (unit === "TP") return { kind: "table", ...document };
  return {
    kind: "coefficients",
    ...document,
    statistics: coefficientStatistics(bytes, context.core),
  };
}

/** Whole words of a state stream. */
function wordsOf(bytes: Uint8Array): Uint32Array {
  const whole = bytes.slice(0, bytes.length & ~3);
  return new Uint32Array(whole.buffer);
}
