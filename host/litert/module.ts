import { NolfetError } from "../errors.ts";

// LiteRT's Wasm module, for operators that nolfet has no kernel for. The package is optional and
// large, so it is loaded only where a blob needs it; how is what the entries for Node and for
// browsers differ in.

export const PACKAGE = "@litertjs/core";

/** The part of the module's exports that is used here. */
export interface LiteRtModule {
  HEAPU8: Uint8Array;
  _malloc(bytes: number): number;
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

/**
 * Makes a new instance that hands each line of its log to `printErr`. `folder` is where a session
 * says that the package is, if it does.
 */
export type LiteRtLoader = (
  printErr: (line: string) => void,
  folder?: string,
) => Promise<LiteRtModule>;

let loader: LiteRtLoader | undefined;

export function loadLiteRtWith(found: LiteRtLoader): void {
  loader = found;
}

/** How a line of its log begins that reports a failure. */
const ERROR = "ERROR: ";

/** An instance of LiteRT. */
export interface LiteRt {
  module: LiteRtModule;
  /** The errors that it logged: some failures are reported nowhere else. */
  complaints: string[];
}

/**
 * An instance with memory of its own: what a model leaves there, damage included, reaches no other
 * model. Rejects with FILE where the package is absent.
 */
export async function newLiteRt(folder?: string): Promise<LiteRt> {
  const complaints: string[] = [];
  const printErr = (line: string) => {
    if (line.startsWith(ERROR)) complaints.push(line.slice(ERROR.length));
  };
  try {
    if (!loader) throw new Error("it is not set up");
    return { module: await loader(printErr, folder), complaints };
  } catch (error) {
    throw new NolfetError("FILE", `the package ${PACKAGE}`, (error as Error).message);
  }
}
