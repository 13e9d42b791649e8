import { NolfetError } from "./errors.ts";
import { wasmModule } from "./modules.ts";
import { type FailureExports, failureOf, instantiate } from "./wasm.ts";

interface ImporterExports extends FailureExports {
  allocate(bytes: number): number;
  addShape(name: number, nameBytes: number, extents: number, count: number): void;
  addExternalFile(name: number, nameBytes: number, content: number, bytes: number): void;
  nameExternalFiles(model: number, bytes: number): number;
  importModel(model: number, bytes: number): number;
  resultPointer(): number;
  resultBytes(): number;
}

export interface ImportOptions {
  /** Shapes of inputs whose extents the file leaves open, by name, in the file's order of axes. */
  shapes?: Record<string, number[]> | undefined;
  /** Gives the content of a file that the model names beside it. */
  readBeside?: ((name: string) => Promise<Uint8Array>) | undefined;
}

/**
 * Whether bytes are an ONNX model: a protocol buffer whose first field is the format's version, a
 * small number.
 */
export function isOnnx(head: Uint8Array): boolean {
  const [tag, version = 0] = head;
  const identifier = String.fromCharCode(...head.subarray(4, 8));
  return tag === 0x08 && version > 0 && version < 64 && !["TFL3", "NOLF"].includes(identifier);
}

/**
 * Makes a `.tflite` of an ONNX model: the same operators over images N × H × W × C, with the scales
 * that the model has. Throws NolfetError for a model that has no such form.
 */
export async function importModel(
  model: Uint8Array,
  { shapes = {}, readBeside }: ImportOptions = {},
): Promise<Uint8Array<ArrayBuffer>> {
  const importer = await Importer.create(model);
  for (const name of await importer.namesOfFiles()) {
    if (readBeside) importer.addFile(name, await readBeside(name));
  }
  for (const [name, shape] of Object.entries(shapes)) importer.addShape(name, shape);
  return importer.run();
}

/** An instance never frees: it imports one model, and goes. */
class Importer {
  private constructor(
    private readonly wasm: ImporterExports,
    private readonly bytes: number,
    private readonly pointer: number,
  ) {}

  static async create(model: Uint8Array): Promise<Importer> {
    const wasm = await instantiate<ImporterExports>(await wasmModule("importer"));
    return new Importer(wasm, model.length, copyIn(wasm, model));
  }

  /** Names of files that the model has tensors in, looked up by an instance of its own. */
  async namesOfFiles(): Promise<string[]> {
    const model = new Uint8Array(this.wasm.memory.buffer, this.pointer, this.bytes);
    const other = await Importer.create(model);
    other.wasm.nameExternalFiles(other.pointer, other.bytes);
    return new TextDecoder().decode(other.result()).split("\n").filter(Boolean);
  }

  addFile(name: string, content: Uint8Array): void {
    const label = new TextEncoder().encode(name);
    const [at, data] = [copyIn(this.wasm, label), copyIn(this.wasm, content)];
    this.wasm.addExternalFile(at, label.length, data, content.length);
  }

  addShape(name: string, shape: number[]): void {
    const label = new TextEncoder().encode(name);
    const extents = new Uint8Array(Int32Array.from(shape).buffer);
    const [at, data] = [copyIn(this.wasm, label), copyIn(this.wasm, extents)];
    this.wasm.addShape(at, label.length, data, shape.length);
  }

  run(): Uint8Array<ArrayBuffer> {
    if (this.wasm.importModel(this.pointer, this.bytes) !== 0) throw failureOf(this.wasm);
    return this.result();
  }

  private result(): Uint8Array<ArrayBuffer> {
    const start = this.wasm.resultPointer() >>> 0;
    const end = start + (this.wasm.resultBytes() >>> 0);
    return new Uint8Array(this.wasm.memory.buffer.slice(start, end) as ArrayBuffer);
  }
}

/** Copies bytes into the instance; gives their pointer. */
function copyIn(wasm: ImporterExports, bytes: Uint8Array): number {
  const pointer = wasm.allocate(bytes.length) >>> 0;
  if (pointer === 0) {
    const found = `${bytes.length} bytes`;
    throw new NolfetError("OUT_OF_MEMORY", "a model that fits into the importer", found);
  }
  new Uint8Array(wasm.memory.buffer, pointer, bytes.length).set(bytes);
  return pointer;
}
