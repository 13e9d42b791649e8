import { NolfetError } from "../errors.ts";
import { type FailureExports, failureOf, instantiate } from "../wasm.ts";

interface EmulatorExports extends FailureExports {
  configure(core: number): number;
  map(address: number, bytes: number): number;
  unmapAll(): void;
  streamBuffer(words: number): number;
  submit(words: number): number;
  executedJobs(): number;
  executedMultiplications(): number;
}

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

  /** `core` is an index of `CORES`. */
  static async create(module: WebAssembly.Module, core: number): Promise<Emulator> {
    const emulator = new Emulator(await instantiate<EmulatorExports>(module));
    emulator.#check(emulator.#exports.configure(core));
    return emulator;
  }

  /** Maps `bytes` zero bytes at a page's address. */
  map(address: number, bytes: number): void {
    const pointer = this.#exports.map(address, bytes) >>> 0;
    if (pointer === 0) throw failureOf(this.#exports);
    this.#mappings.push({ address, bytes, pointer });
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
      const place = { kind: "ADDRESS", at: address } as const;
      throw new NolfetError("OUT_OF_BOUNDS", `${bytes} mapped bytes`, "fewer", place);
    }
    const offset = mapping.pointer + address - mapping.address;
    return new Uint8Array(this.#exports.memory.buffer, offset, bytes);
  }

  /** Executes a command stream to its end. */
  submit(stream: Uint32Array): void {
    const pointer = this.#exports.streamBuffer(stream.length) >>> 0;
    if (pointer === 0) throw failureOf(this.#exports);
    new Uint32Array(this.#exports.memory.buffer, pointer, stream.length).set(stream);
    this.#check(this.#exports.submit(stream.length));
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

  #check(status: number): void {
    if (status !== 0) throw failureOf(this.#exports);
  }
}
