import type { Blob } from "./blob/blob.ts";
import { openBlob } from "./blob/open.ts";
import { NolfetError, typed } from "./errors.ts";
import { wasmModule } from "./modules.ts";
import { type Report, reportOf } from "./report.ts";
import { findTarget } from "./targets.ts";
import { type FailureExports, failureOf, instantiate } from "./wasm.ts";

export interface CompileOptions {
  /** Name or alias of a core, such as "a311d". */
  target: string;
  /** "mesa" reproduces the words of Mesa 25.0.7, its faults included. */
  compat?: "mesa";
  /** Give the NPU only jobs that are proven on silicon. */
  strict?: boolean;
  /** Give the NPU unproven jobs, too. */
  allowUnproven?: boolean;
  /** Give the NPU nothing at all: for comparisons. */
  cpuOnly?: boolean;
}

/** The bytes of a `.nolf` file, with what the compiler did. */
export type CompiledBlob = Uint8Array<ArrayBuffer> & { readonly report: Report };

interface CompilerExports extends FailureExports {
  allocate(bytes: number): number;
  compile(model: number, bytes: number, core: number, options: number): number;
  resultPointer(): number;
  resultBytes(): number;
}

/** Bits of the options that the compiler takes. */
const OPTION_BITS = { compatMesa: 1, strict: 2, allowUnproven: 4, cpuOnly: 8 };

/**
 * Compiles a TensorFlow Lite model for one core. The same model, options and version give the
 * same bytes anywhere. Throws NolfetError for a model, target or option that it does not take.
 */
export async function compile(model: Uint8Array, options: CompileOptions): Promise<CompiledBlob> {
  if (!(model instanceof Uint8Array)) {
    throw new NolfetError("BAD_INPUT", "the model as Uint8Array", describe(model));
  }
  if (typeof options?.target !== "string") {
    throw new NolfetError("BAD_OPTION", "the name of a target", describe(options?.target));
  }
  const { index } = findTarget(options.target);
  const bits = optionBits(options);
  const blob = await runCompiler(model, index, bits).catch((error) => {
    throw typed(error);
  });
  return Object.defineProperty(blob, "report", {
    value: reportOf(openOwn(blob), blob.length),
  }) as CompiledBlob;
}

function optionBits({ compat, strict, allowUnproven, cpuOnly }: CompileOptions): number {
  if (compat !== undefined && compat !== "mesa") {
    throw new NolfetError("BAD_OPTION", 'compat "mesa"', describe(compat));
  }
  if (strict && allowUnproven) {
    throw new NolfetError("BAD_OPTION", "either strict or allowUnproven", "both");
  }
  return (
    (compat === "mesa" ? OPTION_BITS.compatMesa : 0) |
    (strict ? OPTION_BITS.strict : 0) |
    (allowUnproven ? OPTION_BITS.allowUnproven : 0) |
    (cpuOnly ? OPTION_BITS.cpuOnly : 0)
  );
}

/** The instance never frees: it compiles this one model, and goes. */
async function runCompiler(
  model: Uint8Array,
  core: number,
  options: number,
): Promise<Uint8Array<ArrayBuffer>> {
  const compiler = await instantiate<CompilerExports>(await wasmModule("compiler"));
  const pointer = compiler.allocate(Math.max(1, model.length)) >>> 0;
  if (pointer === 0) {
    const found = `a model of ${model.length} bytes`;
    throw new NolfetError("OUT_OF_MEMORY", "a model that fits into the compiler", found);
  }
  new Uint8Array(compiler.memory.buffer, pointer, model.length).set(model);
  if (compiler.compile(pointer, model.length, core, options) !== 0) throw failureOf(compiler);
  const start = compiler.resultPointer() >>> 0;
  return new Uint8Array(
    compiler.memory.buffer.slice(start, start + (compiler.resultBytes() >>> 0)),
  ) as Uint8Array<ArrayBuffer>;
}

function openOwn(blob: Uint8Array): Blob {
  try {
    return openBlob(blob);
  } catch (error) {
    throw new NolfetError("INTERNAL", "a sound blob", (error as Error).message);
  }
}

function describe(value: unknown): string {
  return typeof value === "string" ? JSON.stringify(value) : `${value}`;
}
