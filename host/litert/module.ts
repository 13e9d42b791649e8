import { NolfetError } from "../errors.ts";

// LiteRT's Wasm module, for operators that nolfet has no kernel for. The package is optional and
// large, so it is loaded only where a blob needs it; how is what the entries for Node and for
// browsers differ in.

export const PACKAGE = "@litertjs/core";

/** The part of the module's exports that is used here. */
export interface LiteRtModule {
  HEAPU8: Uint8Array;
  _malloc(bytes: number): number;
  _free(pointer: number): void;
  LiteRtEnvironment: { create(webGpuDevice: null): Environment };
  LiteRtTensorBuffer: {
    createManaged(at: Environment, kind: unknown, type: TensorType, bytes: number): TensorBuffer;
  };
  LiteRtTensorBufferType: { HOST_MEMORY: unknown };
  LiteRtTensorBufferLockMode: { READ: unknown; WRITE: unknown };
  loadModel(environment: Environment, pointer: number, bytes: number): Model;
  compileModel(
    environment: Environment,
    model: Model,
    options: object,
  ): CompiledModel | Promise<CompiledModel>;
}

/** What lives in the module's memory. */
interface Deletable {
  delete(): void;
}
export type Environment = Deletable;
export interface TensorType extends Deletable {
  bytes(): number;
}
export interface Model extends Deletable {
  getInputTensorType(signature: number, index: number): TensorType;
  getOutputTensorType(signature: number, index: number): TensorType;
}
export interface CompiledModel extends Deletable {
  run(signature: number, inputs: TensorBuffer[]): TensorBuffer[] | Promise<TensorBuffer[]>;
}
export interface TensorBuffer extends Deletable {
  /** Gives a pointer. */
  lock(mode: unknown): number;
  unlock(): void;
}

type Loader = () => Promise<LiteRtModule>;

let loader: Loader | undefined;
let loaded: Promise<LiteRtModule> | undefined;

export function loadLiteRtWith(found: Loader): void {
  loader = found;
  loaded = undefined;
}

/** Loads the module once. Rejects with FILE where the package is absent; the next call retries. */
export async function liteRtModule(): Promise<LiteRtModule> {
  try {
    if (!loader) throw new Error("it is not set up");
    loaded ??= loader();
    return await loaded;
  } catch (error) {
    loaded = undefined;
    throw new NolfetError("FILE", `the package ${PACKAGE}`, (error as Error).message);
  }
}
