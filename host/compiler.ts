import { NolfetError } from "./errors.ts";
import { wasmModule } from "./modules.ts";
import { type FailureExports, failureOf, instantiate } from "./wasm.ts";

interface CompilerExports extends FailureExports {
  allocate(bytes: number): number;
  setStopAt(name: number, bytes: number): void;
  setJobBudget(jobs: number): void;
  setStatistics(table: number, bytes: number): void;
  compile(model: number, bytes: number, core: number, options: number): number;
  extractOperator(model: number, bytes: number, operator: number): number;
  outlineModel(model: number, bytes: number): number;
  resultPointer(): number;
  resultBytes(): number;
}

type Bytes = Uint8Array<ArrayBuffer>;

/** Bits of the options that the compiler takes. */
export const OPTION_BITS = {
  compatMesa: 1,
  strict: 2,
  allowUnproven: 4,
  cpuOnly: 8,
  exposeAll: 16,
};

/** What the compiler takes besides bits. */
export interface Extras {
  /** Names the tensor to end at. */
  stopAt?: string | undefined;
  /** Jobs that all layers with scales for each channel may have together. */
  jobBudget?: number | undefined;
  /** What tensors' values are like. */
  statistics?: Uint8Array | undefined;
}

/** Compiles a model for a core by its index. */
export function compileModel(
  model: Uint8Array,
  core: number,
  options: number,
  { stopAt, jobBudget, statistics }: Extras = {},
): Promise<Bytes> {
  return withCompiler(model, (compiler, pointer) => {
    if (stopAt !== undefined) {
      const name = new TextEncoder().encode(stopAt);
      compiler.setStopAt(copyIn(compiler, name), name.length);
    }
    if (jobBudget !== undefined) compiler.setJobBudget(jobBudget);
    if (statistics !== undefined) {
      compiler.setStatistics(copyIn(compiler, statistics), statistics.length);
    }
    return compiler.compile(pointer, model.length, core, options);
  });
}

/** One operator of a model as a `.tflite` of its own; what it reads are inputs. */
export function extractOperator(model: Uint8Array, operator: number): Promise<Bytes> {
  return withCompiler(model, (compiler, pointer) =>
    compiler.extractOperator(pointer, model.length, operator),
  );
}

/** What a model computes, in the words of assembly/compiler/write/outline.ts. */
export async function outlineOf(model: Uint8Array): Promise<Int32Array> {
  const bytes = await withCompiler(model, (compiler, pointer) =>
    compiler.outlineModel(pointer, model.length),
  );
  return new Int32Array(bytes.buffer);
}

/** An instance never frees: it does this one thing, and goes. */
async function withCompiler(
  model: Uint8Array,
  work: (compiler: CompilerExports, pointer: number) => number,
): Promise<Bytes> {
  const compiler = await instantiate<CompilerExports>(await wasmModule("compiler"));
  if (work(compiler, copyIn(compiler, model)) !== 0) throw failureOf(compiler);
  const start = compiler.resultPointer() >>> 0;
  const end = start + (compiler.resultBytes() >>> 0);
  return new Uint8Array(compiler.memory.buffer.slice(start, end)) as Bytes;
}

/** Copies bytes into the instance; gives their pointer. */
function copyIn(compiler: CompilerExports, bytes: Uint8Array): number {
  const pointer = compiler.allocate(Math.max(1, bytes.length)) >>> 0;
  if (pointer === 0) {
    const found = `a model of ${bytes.length} bytes`;
    throw new NolfetError("OUT_OF_MEMORY", "a model that fits into the compiler", found);
  }
  new Uint8Array(compiler.memory.buffer, pointer, bytes.length).set(bytes);
  return pointer;
}
