import { importModel, isOnnx } from "./importer.ts";
import { wasmModule } from "./modules.ts";
import { copyIn, type FileExports, failureOf, instantiate, resultOf } from "./wasm.ts";

interface CompilerExports extends FileExports {
  compile(model: number, bytes: number, core: number, options: number): number;
  extractOperator(model: number, bytes: number, operator: number): number;
  outlineModel(model: number, bytes: number): number;
}

type Bytes = Uint8Array<ArrayBuffer>;

/** The flags of the compiler's options (assembly/compiler/settings.ts), from bit 0 on. */
const FLAGS = ["compatMesa", "strict", "allowUnproven", "cpuOnly", "exposeAll"] as const;

/** What the compiler takes besides a model and a core. */
export type CompilerOptions = { [flag in (typeof FLAGS)[number]]?: boolean | undefined } & {
  /** Names the tensor to end at. */
  stopAt?: string | undefined;
  /** Jobs that all layers with scales for each channel may have together. */
  jobBudget?: number | undefined;
  /** What tensors' values are like. */
  statistics?: Uint8Array | undefined;
};

/** Compiles a model for a core by its index. */
export function compileModel(
  model: Uint8Array,
  core: number,
  options: CompilerOptions,
): Promise<Bytes> {
  return withCompiler(model, (compiler, pointer, bytes) =>
    compiler.compile(pointer, bytes, core, copyOptions(compiler, options)),
  );
}

/** Writes the record that `Settings` reads; gives its pointer. */
function copyOptions(compiler: CompilerExports, options: CompilerOptions): number {
  const { stopAt = "", jobBudget = 0, statistics = new Uint8Array() } = options;
  const flags = FLAGS.reduce((bits, flag, bit) => bits | (options[flag] ? 1 << bit : 0), 0);
  const name = new TextEncoder().encode(stopAt);
  const [namePointer, table] = [copyIn(compiler, name), copyIn(compiler, statistics)];
  const record = [flags, jobBudget, namePointer, name.length, table, statistics.length];
  return copyIn(compiler, new Uint8Array(Uint32Array.from(record).buffer));
}

/** One operator of a model as a `.tflite` of its own; what it reads are inputs. */
export function extractOperator(model: Uint8Array, operator: number): Promise<Bytes> {
  return withCompiler(model, (compiler, pointer, bytes) =>
    compiler.extractOperator(pointer, bytes, operator),
  );
}

/** What a model computes, in the words of assembly/compiler/write/outline.ts. */
export async function outlineOf(model: Uint8Array): Promise<Int32Array> {
  const bytes = await withCompiler(model, (compiler, pointer, bytes) =>
    compiler.outlineModel(pointer, bytes),
  );
  return new Int32Array(bytes.buffer);
}

/** An instance never frees: it does this one thing, and goes. */
async function withCompiler(
  model: Uint8Array,
  work: (compiler: CompilerExports, pointer: number, bytes: number) => number,
): Promise<Bytes> {
  const compiler = await instantiate<CompilerExports>(await wasmModule("compiler"));
  const tflite = isOnnx(model) ? await importModel(model) : model;
  if (work(compiler, copyIn(compiler, tflite), tflite.length) !== 0) throw failureOf(compiler);
  return resultOf(compiler);
}
