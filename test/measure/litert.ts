import { existsSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { compileFunction } from "node:vm";

// LiteRT in Node, with its reference kernels: the ones that meet TFLite's quantization
// specification to the byte, and that a comparison of results is made against. The package's
// own JavaScript is written for browsers and knows nothing of kernels, so its Wasm module is
// started here. It has one thread and 128-bit SIMD.

/** The npm package, which only measurements need: test/measure has a package.json of its own. */
const PACKAGE = new URL("node_modules/@litertjs/core/", import.meta.url);
export const INSTALL = "npm ci --prefix test/measure";

/**
 * Options reach LiteRT's core as lines of text, and the only number that JavaScript can put
 * there is that of threads. Both names are of the same length: with the one in the place of the
 * other, that number chooses the kernels.
 */
const THREADS_LINE = "num_threads = %d\n";
const KERNELS_LINE = "kernel_mode = %d\n";
const REFERENCE_KERNELS = 1;

/** The part of the module's exports that is used here. */
interface Module {
  HEAPU8: Uint8Array;
  _malloc(bytes: number): number;
  _free(pointer: number): void;
  LiteRtEnvironment: { create(options: null): Environment };
  LiteRtTensorBuffer: {
    createManaged(at: Environment, kind: unknown, type: TensorType, bytes: number): TensorBuffer;
  };
  LiteRtTensorBufferType: { HOST_MEMORY: unknown };
  LiteRtTensorBufferLockMode: { READ: unknown; WRITE: unknown };
  loadModel(environment: Environment, pointer: number, bytes: number): Model;
  compileModel(environment: Environment, model: Model, options: object): Promise<CompiledModel>;
}
type Environment = object;
interface TensorType {
  bytes(): number;
}
interface Model {
  getInputTensorType(signature: number, index: number): TensorType;
  getOutputTensorType(signature: number, index: number): TensorType;
}
interface CompiledModel {
  run(signature: number, inputs: TensorBuffer[]): Promise<TensorBuffer[]>;
}
interface TensorBuffer {
  lock(mode: unknown): number;
  unlock(): void;
  delete(): void;
}

/** Runs a model once: the bytes of every input to the bytes of every output. */
export type Runner = (inputs: Uint8Array[]) => Promise<Uint8Array[]>;

export class LiteRt {
  readonly version: string;
  readonly #module: Module;
  readonly #environment: Environment;

  private constructor(module: Module) {
    this.#module = module;
    this.#environment = module.LiteRtEnvironment.create(null);
    this.version = JSON.parse(readFileSync(new URL("package.json", PACKAGE), "utf8")).version;
  }

  /** Undefined where the package is not installed. */
  static async create(): Promise<LiteRt | undefined> {
    if (!existsSync(PACKAGE)) return undefined;
    const glue = readFileSync(new URL("wasm/litert_wasm_compat_internal.js", PACKAGE), "utf8");
    // The glue takes itself for a script in a page.
    Object.assign(globalThis, { self: globalThis });
    const factory = compileFunction(`${glue}\nreturn ModuleFactory;`, [
      "require",
      "__dirname",
      "__filename",
    ])(createRequire(import.meta.url), "", "");
    return new LiteRt(await factory({ wasmBinary: referenceModule(), printErr: printFault }));
  }

  async load(model: Uint8Array): Promise<Runner> {
    const module = this.#module;
    // The loaded model goes on reading these bytes.
    const pointer = module._malloc(model.length);
    module.HEAPU8.set(model, pointer);
    const loaded = module.loadModel(this.#environment, pointer, model.length);
    const compiled = await module.compileModel(this.#environment, loaded, {
      environment: { liteRtEnvironment: this.#environment },
      accelerator: "wasm",
      cpuOptions: { numThreads: REFERENCE_KERNELS },
      gpuOptions: {},
      webNNOptions: {},
    });
    return async (inputs) => {
      const buffers = inputs.map((bytes, i) =>
        this.#filled(loaded.getInputTensorType(0, i), bytes),
      );
      const outputs = await compiled.run(0, buffers);
      for (const buffer of buffers) buffer.delete();
      return outputs.map((buffer, i) =>
        this.#emptied(buffer, loaded.getOutputTensorType(0, i).bytes()),
      );
    };
  }

  #filled(type: TensorType, bytes: Uint8Array): TensorBuffer {
    const { LiteRtTensorBuffer, LiteRtTensorBufferType, LiteRtTensorBufferLockMode } = this.#module;
    const buffer = LiteRtTensorBuffer.createManaged(
      this.#environment,
      LiteRtTensorBufferType.HOST_MEMORY,
      type,
      bytes.length,
    );
    const pointer = buffer.lock(LiteRtTensorBufferLockMode.WRITE);
    this.#module.HEAPU8.set(bytes, pointer);
    buffer.unlock();
    return buffer;
  }

  #emptied(buffer: TensorBuffer, bytes: number): Uint8Array {
    const pointer = buffer.lock(this.#module.LiteRtTensorBufferLockMode.READ);
    const copy = this.#module.HEAPU8.slice(pointer, pointer + bytes);
    buffer.unlock();
    buffer.delete();
    return copy;
  }
}

/** The Wasm module, its line about threads turned into the one about kernels. */
function referenceModule(): Uint8Array {
  const wasm = readFileSync(new URL("wasm/litert_wasm_compat_internal.wasm", PACKAGE));
  const at = wasm.indexOf(THREADS_LINE);
  if (at < 0) throw new Error("this version of LiteRT takes its options in another way");
  wasm.write(KERNELS_LINE, at, "latin1");
  return wasm;
}

/** LiteRT tells a great deal; only what is neither news nor a warning is passed on. */
function printFault(line: string): void {
  if (!/^(INFO|WARNING|VERBOSE): /.test(line)) console.error(line);
}
