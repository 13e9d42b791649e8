import type { Coding } from "../../assembly/targets/cores.ts";
import { WORK_OF_BLOB } from "../../assembly/targets/limits.ts";
import { wholePages } from "../blob/pages.ts";
import { NolfetError } from "../errors.ts";
import { type FailureExports, failureOf, instantiate } from "../wasm.ts";

interface EmulatorExports extends FailureExports {
  configure(core: number): number;
  map(address: number, bytes: number, constant: boolean): number;
  reserve(address: number, bytes: number): number;
  back(address: number): number;
  mapSram(kind: number, address: number, bytes: number): number;
  watch(): number;
  markWritten(address: number, bytes: number): void;
  requireWritten(address: number, bytes: number): number;
  unmapAll(): void;
  streamBuffer(words: number): number;
  submit(words: number): number;
  verify(words: number, work: number): number;
  spentWork(): number;
  verifiedJobs(): number;
  extents(): number;
  executedJobs(): number;
  executedMultiplications(): number;
  openKernels(descriptor: number, coding: number, nnCores: number): number;
  decodeKernels(nnCore: number): number;
  kernelBytes(): number;
  kernelCount(): number;
  kernelBias(kernel: number): number;
  kernelOutput(kernel: number): number;
  kernelSize(): number;
  kernelWeights(kernel: number): number;
  openRows(address: number, inputs: number, outputs: number, zero: number, coding: number): number;
  decodeRow(): number;
  rowBias(output: number): number;
  rowsEnd(): number;
}

/** A kernel as its stream holds it, in the order of the stream. */
export interface DecodedKernel {
  nnCore: number;
  bias: number;
  /** Bytes from the output image to its plane; null where it only fills up a core. */
  output: number | null;
  /** By channel, row and column, less the zero point. */
  weights: Int16Array;
}

export interface DecodedKernels {
  kernels: DecodedKernel[];
  /** Bytes of the coefficients that were read, padding included. */
  bytes: number;
}

/** The coefficients of a fully connected TP job. */
export interface DecodedRows {
  biases: Int32Array;
  /** By input: the weights to all outputs, less the zero point. */
  rows: Int16Array[];
  bytes: number;
}

/** Bytes from an address on; an empty range where a job has none of the kind. */
export interface AddressRange {
  first: number;
  bytes: number;
}

/** What a job would touch. */
export interface JobExtents {
  kind: "NN" | "TP";
  /** Address of its descriptor. */
  descriptor: number;
  input: AddressRange;
  output: AddressRange;
  /** Its coefficients, or the table of its function. */
  words: AddressRange;
}

const EXTENTS_WORDS = 8;
const NOT_STORED = 0xffffffff;

interface Mapping {
  address: number;
  bytes: number;
  pointer: number;
}

/**
 * One emulated core with memory of its own. Buffers are mapped at GPU virtual addresses and
 * filled through views; streams are then executed over them. Whatever goes wrong is thrown as a
 * NolfetError that names the word, job or address.
 */
export class Emulator {
  readonly #exports: EmulatorExports;
  #mappings: Mapping[] = [];

  private constructor(exports: EmulatorExports) {
    this.#exports = exports;
  }

  /** `core` is an index of `CORES`, after which `NETWORK_CORES` come. */
  static async create(module: WebAssembly.Module, core: number): Promise<Emulator> {
    const emulator = new Emulator(await instantiate<EmulatorExports>(module));
    emulator.#check(emulator.#exports.configure(core));
    return emulator;
  }

  /** Maps `bytes` zero bytes at a page's address. */
  map(address: number, bytes: number): void {
    this.#map(address, bytes, false);
  }

  /** Maps a range that has no memory yet: enough to verify streams, and `back` gives it some. */
  reserve(address: number, bytes: number): void {
    if (this.#exports.reserve(address, bytes) === 0) throw failureOf(this.#exports);
  }

  /** Gives a reserved range its memory: `bytes` zero bytes, as many as were reserved. */
  back(address: number, bytes: number): void {
    this.#add(address, bytes, this.#exports.back(address));
  }

  /** Maps a copy of these bytes, filled up to whole pages, which jobs cannot write to. */
  mapConstants(address: number, constants: Uint8Array): void {
    const bytes = wholePages(constants.length);
    this.#map(address, bytes, true);
    const view = this.view(address, bytes);
    view.set(constants);
    view.fill(0, constants.length);
  }

  /** Maps `bytes` zero bytes at a page's address as the core's own SRAM (0) or that on its bus (1). */
  mapSram(kind: 0 | 1, address: number, bytes: number): void {
    this.#add(address, bytes, this.#exports.mapSram(kind, address, bytes));
  }

  /** From now on jobs may read only bytes that jobs have written, or that are marked, or constants. */
  watch(): void {
    if (!this.#exports.watch()) throw failureOf(this.#exports);
  }

  /** Bytes that are to count as written. */
  markWritten(address: number, bytes: number): void {
    this.#exports.markWritten(address, bytes);
  }

  /** Throws OUT_OF_BOUNDS where one of some bytes has not been written. */
  requireWritten(address: number, bytes: number): void {
    if (!this.#exports.requireWritten(address, bytes)) throw failureOf(this.#exports);
  }

  /** Takes all buffers away; what was mapped is used again for the next ones. */
  unmapAll(): void {
    this.#exports.unmapAll();
    this.#mappings = [];
  }

  /**
   * The memory at a range of one mapped buffer. Good until the next call of `map` or `submit`,
   * as the module's memory may grow there.
   */
  view(address: number, bytes: number): Uint8Array {
    const mapping = this.#mappings.find(
      (m) => address >= m.address && address + bytes <= m.address + m.bytes,
    );
    if (!mapping) {
      const location = { kind: "ADDRESS", at: address } as const;
      throw new NolfetError("OUT_OF_BOUNDS", `${bytes} mapped bytes`, "fewer", location);
    }
    const offset = mapping.pointer + address - mapping.address;
    return new Uint8Array(this.#exports.memory.buffer, offset, bytes);
  }

  /** Executes a command stream to its end. */
  submit(stream: Uint32Array): void {
    this.#copyStream(stream);
    this.#check(this.#exports.submit(stream.length));
  }

  /**
   * Checks what `submit` would read, load and touch, and executes nothing. What tells jobs what
   * to do must lie among constants. Gives the stream's jobs in their order. It may take so much work
   * (assembly/targets/limits.ts), and has taken `spentWork`.
   */
  verify(stream: Uint32Array, work: number = WORK_OF_BLOB): JobExtents[] {
    this.#copyStream(stream);
    this.#check(this.#exports.verify(stream.length, work));
    const jobs = this.#exports.verifiedJobs();
    const { buffer } = this.#exports.memory;
    const words = new Uint32Array(buffer, this.#exports.extents(), EXTENTS_WORDS * jobs);
    return Array.from({ length: jobs }, (_, i) => {
      return jobExtents(words.subarray(EXTENTS_WORDS * i, EXTENTS_WORDS * (i + 1)));
    });
  }

  /**
   * Decodes the coefficients at an address that are those of the NN descriptor at another; `nnCores`
   * streams in a coding. Of the descriptor, only what concerns kernels counts.
   */
  kernels(descriptor: number, coding: Coding, nnCores: number): DecodedKernels {
    const exports = this.#exports;
    this.#check(exports.openKernels(descriptor, coding, nnCores));
    const kernels: DecodedKernel[] = [];
    for (let nnCore = 0; nnCore < nnCores; nnCore++) {
      this.#check(exports.decodeKernels(nnCore));
      for (let k = 0; k < exports.kernelCount(); k++) kernels.push(this.#kernel(nnCore, k));
    }
    return { kernels, bytes: exports.kernelBytes() };
  }

  /** Decodes the coefficients at an address that are those of a fully connected TP job. */
  rows(
    address: number,
    { inputs, outputs, zero }: { inputs: number; outputs: number; zero: number },
    coding: Coding,
  ): DecodedRows {
    const exports = this.#exports;
    this.#check(exports.openRows(address, inputs, outputs, zero, coding));
    const biases = Int32Array.from({ length: outputs }, (_, output) => exports.rowBias(output));
    const rows = Array.from({ length: inputs }, () => this.#weights(exports.decodeRow(), outputs));
    return { biases, rows, bytes: exports.rowsEnd() - address };
  }

  /** Work that the last verification has taken. */
  get spentWork(): number {
    return this.#exports.spentWork();
  }

  /** Jobs executed so far; one split over several TP cores counts as several. */
  get jobs(): number {
    return this.#exports.executedJobs();
  }

  /** Multiplications by weights other than zero, so far. */
  get multiplications(): number {
    return this.#exports.executedMultiplications();
  }

  /** Bytes of the module's memory, which never shrinks. */
  get memoryBytes(): number {
    return this.#exports.memory.buffer.byteLength;
  }

  #kernel(nnCore: number, k: number): DecodedKernel {
    const exports = this.#exports;
    const output = exports.kernelOutput(k) >>> 0;
    return {
      nnCore,
      bias: exports.kernelBias(k),
      output: output === NOT_STORED ? null : output,
      weights: this.#weights(exports.kernelWeights(k), exports.kernelSize()),
    };
  }

  #weights(pointer: number, count: number): Int16Array {
    if (pointer === 0) throw failureOf(this.#exports);
    return new Int16Array(this.#exports.memory.buffer, pointer >>> 0, count).slice();
  }

  #map(address: number, bytes: number, constant: boolean): void {
    this.#add(address, bytes, this.#exports.map(address, bytes, constant));
  }

  #add(address: number, bytes: number, pointer: number): void {
    if (pointer === 0) throw failureOf(this.#exports);
    this.#mappings.push({ address, bytes, pointer: pointer >>> 0 });
  }

  #copyStream(stream: Uint32Array): void {
    const pointer = this.#exports.streamBuffer(stream.length) >>> 0;
    if (pointer === 0) throw failureOf(this.#exports);
    new Uint32Array(this.#exports.memory.buffer, pointer, stream.length).set(stream);
  }

  #check(status: number): void {
    if (status !== 0) throw failureOf(this.#exports);
  }
}

function jobExtents(record: Uint32Array): JobExtents {
  const [unit = 0, descriptor = 0, ...ranges] = record;
  const range = (i: number) => ({ first: ranges[2 * i] ?? 0, bytes: ranges[2 * i + 1] ?? 0 });
  const kind = unit === 0 ? "NN" : "TP";
  return { kind, descriptor, input: range(0), output: range(1), words: range(2) };
}
