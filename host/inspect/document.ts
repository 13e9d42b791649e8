import { type Blob, DESCRIPTOR_WORDS, type Job, type Segment, type Tensor } from "../blob/blob.ts";
import { decodeStream, type Packet } from "./command-stream.ts";
import { DESCRIPTORS } from "./descriptors.ts";
import { type DecodedDescriptor, decodeFields } from "./fields.ts";

// What `inspect --json` prints: enough to check a blob against a recording. Words are eight
// hexadecimal digits, sizes and offsets bytes.

export interface BlobDocument {
  target: string;
  compiler: string;
  formatVersion: number;
  options: Blob["options"];
  inputs: TensorDocument[];
  outputs: TensorDocument[];
  memory: MemoryDocument & { constantsAddress: string; arenaAddress: string };
  init: string[];
  segments: SegmentDocument[];
}

export interface TensorDocument {
  index: number;
  name: string;
  shape: number[];
  dtype: string;
  quantization: Tensor["quantization"];
}

export interface MemoryDocument {
  constantBytes: number;
  arenaBytes: number;
}

export type SegmentDocument = CpuSegmentDocument | NpuSegmentDocument;

export interface CpuSegmentDocument {
  placement: "CPU";
  operators: OperatorDocument[];
}

export interface NpuSegmentDocument {
  placement: "NPU";
  operators: OperatorDocument[];
  inputs: Segment["inputs"];
  outputs: Segment["outputs"];
  jobs: JobDocument[];
  stream: string[];
  relocations: Segment["relocations"];
  memory: MemoryDocument;
  /** With disassembly. */
  packets?: Packet[];
}

export interface OperatorDocument {
  index: number;
  name: string;
  reason?: string;
  mark?: string;
}

export interface JobDocument {
  kind: Job["kind"];
  purpose: string;
  operator: number;
  mark: Job["mark"];
  words: string[];
  /** Of NN jobs. */
  coefficients?: { bytes: number; sha256: string };
  input: Job["input"];
  output: Job["output"];
  macs: number;
  /** With disassembly. */
  fields?: DecodedDescriptor["fields"];
  unlisted?: DecodedDescriptor["unlisted"];
}

export interface DocumentOptions {
  disassemble: boolean;
  /** SHA-256 in hexadecimal, which Node and browsers compute in ways of their own. */
  sha256: (bytes: Uint8Array) => string;
}

export function blobDocument(blob: Blob, options: DocumentOptions): BlobDocument {
  return {
    target: blob.core.name,
    compiler: blob.compiler,
    formatVersion: blob.version,
    options: blob.options,
    inputs: blob.inputs.map((index) => tensorDocument(blob, index)),
    outputs: blob.outputs.map((index) => tensorDocument(blob, index)),
    memory: {
      ...memoryDocument(blob),
      constantsAddress: hex(blob.constantsAddress),
      arenaAddress: hex(blob.arenaAddress),
    },
    init: hexWords(blob.init),
    segments: blob.segments.map((segment) => segmentDocument(blob, segment, options)),
  };
}

/** The words of a job's descriptor. */
export function descriptorWords({ constants }: Blob, { kind, descriptor }: Job): Uint32Array {
  const bytes = constants.slice(descriptor, descriptor + 4 * DESCRIPTOR_WORDS[kind]);
  return new Uint32Array(bytes.buffer);
}

export function hex(word: number): string {
  return word.toString(16).padStart(8, "0");
}

function hexWords(words: Uint32Array): string[] {
  return Array.from(words, hex);
}

function memoryDocument({ constants, arenaBytes }: Blob): MemoryDocument {
  return { constantBytes: constants.length, arenaBytes };
}

function tensorDocument({ tensors }: Blob, index: number): TensorDocument {
  const { name, shape, dtype, quantization } = tensors[index] as Tensor;
  return { index, name, shape, dtype, quantization };
}

function segmentDocument(blob: Blob, segment: Segment, options: DocumentOptions): SegmentDocument {
  const operators = segment.operators.map((index) => operatorDocument(blob, index));
  if (segment.placement === "CPU") return { placement: "CPU", operators };
  const { inputs, outputs, jobs, stream, relocations } = segment;
  return {
    placement: "NPU",
    operators,
    inputs,
    outputs,
    jobs: jobs.map((job) => jobDocument(blob, job, options)),
    stream: hexWords(stream),
    relocations,
    memory: memoryDocument(blob),
    ...(options.disassemble ? { packets: decodeStream(stream) } : {}),
  };
}

function operatorDocument({ operators }: Blob, index: number): OperatorDocument {
  const { name, placement, reason, mark } = operators[index] as Blob["operators"][number];
  return { index, name, ...(placement === "CPU" ? { reason } : { mark }) };
}

function jobDocument(blob: Blob, job: Job, { disassemble, sha256 }: DocumentOptions): JobDocument {
  const { kind, purpose, operator, mark, coefficients, coefficientBytes: bytes } = job;
  const words = descriptorWords(blob, job);
  const stream = blob.constants.subarray(coefficients, coefficients + bytes);
  return {
    kind,
    purpose,
    operator,
    mark,
    words: hexWords(words),
    ...(kind === "NN" ? { coefficients: { bytes, sha256: sha256(stream) } } : {}),
    input: job.input,
    output: job.output,
    macs: job.macs,
    ...(disassemble ? decodeFields(words, DESCRIPTORS[kind]) : {}),
  };
}
