import { DESCRIPTOR_WORDS } from "../blob/blob.ts";
import { NolfetError } from "../errors.ts";
import { Bytes, bad } from "./bytes.ts";
import type { AddressPatch, Network, NetworkMemory, NetworkOperation, Section } from "./network.ts";
import {
  LAYER_BYTES,
  OPERATION_BYTES,
  type OperationRecord,
  PATCH_BYTES,
  readLayer,
  readOperation,
  readPatch,
  readTensorRecord,
  recordBytes,
} from "./records.ts";
import { readSections, recordsOf } from "./sections.ts";

const MAGIC = "VPMN";
/** Versions whose records are known. */
const OLDEST = 0x10009;
const NEWEST = 0x1000f;

const COUNTS = 76;
const FEATURES = 92;
const MEMORY = 348;
const SRAM = 360;
const DATA_ENTRY_BYTES = 8;
const TP_RECORD_BYTES = 128;

/** Whether a file says that it is one of the vendor's networks. */
export function isNetwork(bytes: Uint8Array): boolean {
  return new TextDecoder("latin1").decode(bytes.subarray(0, MAGIC.length)) === MAGIC;
}

/**
 * Opens a network file of the vendor that may come from anywhere: every offset, count and index is
 * checked. The network's data are views of `file`. Of versions newer than 0x1000f only the header
 * and the sections are read. Throws BAD_BLOB, saying where.
 */
export function openNetwork(file: Uint8Array): Network {
  const bytes = new Bytes(file);
  if (!isNetwork(file)) throw bad(`"${MAGIC}" at the start`, "other bytes", 0);
  const version = bytes.u32(4);
  if (version < OLDEST) {
    throw new NolfetError(
      "BAD_BLOB",
      `version 0x${OLDEST.toString(16)} or newer`,
      `0x${version.toString(16)}`,
    );
  }
  const sections = readSections(bytes);
  const header = {
    version,
    target: bytes.u32(8),
    name: bytes.text(12, 64),
    sections,
    memory: readMemory(bytes),
  };
  if (version <= NEWEST) return { ...header, isUnderstood: true, ...readRecords(bytes, sections) };
  return {
    ...header,
    isUnderstood: false,
    inputs: [],
    outputs: [],
    layers: [],
    operations: [],
    data: [],
  };
}

function readMemory(bytes: Bytes): NetworkMemory {
  const [poolBytes = 0, alignment = 0, address = 0] = bytes.words(MEMORY, 3);
  const [axi = 0, axiBytes = 0, vip = 0, vipBytes = 0] = bytes.words(SRAM, 4);
  return {
    pool: { bytes: poolBytes, alignment, address },
    axiSram: { bytes: axiBytes, address: axi },
    vipSram: { bytes: vipBytes, address: vip },
  };
}

type Records = Pick<Network, "inputs" | "outputs" | "layers" | "operations" | "data">;

function readRecords(bytes: Bytes, sections: Section[]): Records {
  const [inputs, outputs, layers, operations, table, data, nn, tp, , patches] = sections as [
    Section,
    Section,
    Section,
    Section,
    Section,
    Section,
    Section,
    Section,
    Section,
    Section,
  ];
  const [layerCount = 0, operationCount = 0, inputCount = 0, outputCount = 0] = bytes.words(
    COUNTS,
    4,
  );
  const tensors = (section: Section, count: number) => {
    const sizes = sizesOf(section, count);
    const records = recordsOf(section, recordBytes(sizes));
    return records.map((at) => readTensorRecord(bytes, at, sizes));
  };
  const layerRecords = countedRecords(layers, LAYER_BYTES, layerCount);
  const operationRecords = countedRecords(operations, OPERATION_BYTES, operationCount);
  const patchRecords = recordsOf(patches, PATCH_BYTES);
  const network: Tables & Pick<Network, "layers"> = {
    layers: layerRecords.map((at) => readLayer(bytes, at)),
    data: recordsOf(table, DATA_ENTRY_BYTES).map((at) => dataOf(bytes, data, at)),
    patches: patchRecords.map((at) => readPatch(bytes, at)),
    patchesLeft: patchRecords.length,
    records: {
      NN: recordsOf(nn, nnRecordBytes(bytes)),
      TP: recordsOf(tp, TP_RECORD_BYTES),
    },
  };
  const result = {
    inputs: tensors(inputs, inputCount),
    outputs: tensors(outputs, outputCount),
    layers: network.layers,
    operations: operationRecords.map((at) => operationOf(bytes, at, network)),
    data: network.data,
  };
  checkSharing(result, data.bytes, operations.offset);
  return result;
}

/** Operations have state streams of their own, so that all of them together fit into the section. */
function checkSharing({ operations, data }: Records, most: number, at: number): void {
  let stateBytes = 0;
  for (const { states } of operations) stateBytes += (data[states] as Uint8Array).length;
  if (stateBytes <= most) return;
  throw bad("operations with state streams of their own", `${stateBytes} bytes of them`, at);
}

/** Records of the early versions have four sizes, later ones six. */
function sizesOf(section: Section, count: number): number {
  const sizes = [4, 6].find((sizes) => section.bytes === count * recordBytes(sizes));
  if (sizes !== undefined) return sizes;
  const expected = `${count} ${section.name} of ${recordBytes(4)} or ${recordBytes(6)} bytes`;
  throw bad(expected, `${section.bytes} bytes`, section.offset);
}

function countedRecords(section: Section, size: number, count: number): number[] {
  const records = recordsOf(section, size);
  if (records.length === count) return records;
  throw bad(`${count} ${section.name}`, `${records.length}`, section.offset);
}

/** Bits 3:2 of the features. */
function nnRecordBytes(bytes: Bytes): number {
  const code = (bytes.u32(FEATURES) >>> 2) & 3;
  if (code > 1) throw bad("NN records of 128 or 192 bytes", `size code ${code}`, FEATURES);
  return code === 0 ? 128 : 192;
}

function dataOf(bytes: Bytes, section: Section, at: number): Uint8Array {
  const offset = bytes.u32(at);
  const size = bytes.u32(at + 4);
  if (offset + size > section.bytes) {
    const found = `${size} bytes at ${offset}`;
    throw bad(`data inside a section of ${section.bytes} bytes`, found, at);
  }
  return bytes.slice(section.offset + offset, size);
}

interface Tables {
  layers: unknown[];
  data: Uint8Array[];
  patches: AddressPatch[];
  /** Patches that no operation has taken yet. */
  patchesLeft: number;
  records: Record<"NN" | "TP", number[]>;
}

function operationOf(bytes: Bytes, at: number, tables: Tables): NetworkOperation {
  const record = readOperation(bytes, at);
  const { kind, layer, states } = record;
  const isJob = kind === "NN" || kind === "TP" || kind === "shader";
  require(states, tables.data.length, "states", at);
  if (isJob) require(layer, tables.layers.length, "layers", at);
  const words = kind === "NN" || kind === "TP" ? wordsOf(bytes, at, record, tables) : undefined;
  // Without a descriptor, patches of either type are words of the states.
  const patches = patchesOf(at, record, tables).map((patch): AddressPatch => {
    return words === undefined ? { ...patch, in: "states" } : patch;
  });
  for (const patch of patches) checkPatch(patch, at, tables.data, states, words);
  return { kind, ...(isJob ? { layer } : {}), states, ...(words ? { words } : {}), patches };
}

/** The words that both generations of compilers mean alike; what follows them is not described. */
function wordsOf(
  bytes: Bytes,
  at: number,
  { kind, record }: OperationRecord,
  { records }: Tables,
): Uint32Array {
  const unit = kind as "NN" | "TP";
  require(record, records[unit].length, `${unit} records`, at);
  const count = Math.min(DESCRIPTOR_WORDS[unit], COMMON_WORDS);
  const words = new Uint32Array(DESCRIPTOR_WORDS[unit]);
  words.set(bytes.words(records[unit][record] as number, count));
  return words;
}

/** Records of 128 bytes end with word 31. */
const COMMON_WORDS = 32;

function patchesOf(
  at: number,
  { firstPatch, patches: count }: OperationRecord,
  tables: Tables,
): AddressPatch[] {
  if (count === 0) return [];
  require(firstPatch + count - 1, tables.patches.length, "patches", at);
  tables.patchesLeft -= count;
  if (tables.patchesLeft < 0) throw bad("operations with patches of their own", "shared ones", at);
  return tables.patches.slice(firstPatch, firstPatch + count);
}

function checkPatch(
  { in: where, offset, source, index }: AddressPatch,
  at: number,
  data: Uint8Array[],
  states: number,
  words: Uint32Array | undefined,
): void {
  const size = where === "states" ? (data[states] as Uint8Array).length : (words?.length ?? 0) * 4;
  if (offset % 4 !== 0 || offset + 4 > size) {
    throw bad(`a patch of a whole word inside ${size} bytes`, `one at ${offset}`, at);
  }
  if (source === "data") require(index ?? data.length, data.length, "data", at);
}

function require(index: number, count: number, what: string, at: number): void {
  if (index < count) return;
  throw bad(`an operation whose ${what} lie below ${count}`, `number ${index}`, at);
}
