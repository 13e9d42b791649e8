import {
  BOOLEAN,
  BYTES,
  checkBytes,
  checkOptions,
  ownBytes,
  type Rules,
  text,
  words,
} from "./arguments.ts";
import type { Blob } from "./blob/blob.ts";
import { openBlob } from "./blob/open.ts";
import { type CompilerOptions, compileModel } from "./compiler.ts";
import { NolfetError, typed } from "./errors.ts";
import { nearest } from "./nearest.ts";
import { type Report, reportOf } from "./report.ts";
import { findTarget } from "./targets.ts";

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
  /** Make every computed tensor an output of the blob: for comparisons. */
  exposeAll?: boolean;
  /** Name of a computed tensor to end at; operators that it does not depend on are left out. */
  stopAt?: string;
  /**
   * How many jobs all layers whose weights have a scale for each channel may have together, the
   * more, the nearer to those scales: one for each group of channels, one for residual weights, and one
   * for each doubling of the copies of its input. Default: four times as many as such layers, or six.
   */
  jobBudget?: number;
  /** What `calibrate` gave for the model: what its tensors' values are like. */
  statistics?: Uint8Array;
}

/** The bytes of a `.nolf` file, with what the compiler did. */
export type CompiledBlob = Uint8Array<ArrayBuffer> & { readonly report: Report };

/**
 * Compiles a TensorFlow Lite model for one core. The same model, options and version give the
 * same bytes anywhere. The model is copied before `compile` returns. Throws NolfetError for a model,
 * target or option that it does not take.
 */
export async function compile(model: Uint8Array, options: CompileOptions): Promise<CompiledBlob> {
  checkBytes(model, "the model");
  checkOptions(options, COMPILE_RULES);
  const { index } = findTarget(options.target);
  const { stopAt } = options;
  const own = ownBytes(model);
  const blob = await compileModel(own, index, compilerOptions(options)).catch(async (error) => {
    if (stopAt !== undefined && error instanceof NolfetError) {
      throw await withNames(error, stopAt, own, index);
    }
    throw typed(error);
  });
  return Object.defineProperty(blob, "report", {
    value: reportOf(openOwn(blob), blob.length),
  }) as CompiledBlob;
}

/** More than any network has channels. */
const MOST_JOBS = 1_000_000;

/** What each option may be. */
export const COMPILE_RULES: Rules<CompileOptions> = {
  target: text("the name of a core"),
  compat: { is: (value) => value === "mesa", expected: '"mesa"' },
  strict: BOOLEAN,
  allowUnproven: BOOLEAN,
  cpuOnly: BOOLEAN,
  exposeAll: BOOLEAN,
  stopAt: text("the name of a tensor"),
  jobBudget: {
    is: (value) => Number.isInteger(value) && Number(value) >= 1 && Number(value) <= MOST_JOBS,
    expected: `a whole number of jobs from 1 to ${MOST_JOBS}`,
  },
  statistics: BYTES,
};

/**
 * The same error, or, where it is that no operator computes the tensor to stop at, one with the
 * nearest names.
 */
async function withNames(
  error: NolfetError,
  stopAt: string,
  model: Uint8Array,
  core: number,
): Promise<NolfetError> {
  if (error.code !== "BAD_OPTION") return error;
  const { operators, tensors } = openOwn(await compileModel(model, core, { cpuOnly: true }));
  const names = operators.flatMap(({ outputs }) => outputs.map((i) => tensors[i]?.name ?? ""));
  if (names.includes(stopAt)) return error;
  const expected = `a computed tensor such as ${nearest(stopAt, [...new Set(names)])}`;
  return new NolfetError("BAD_OPTION", expected, `stopAt is ${words(stopAt)}`);
}

function compilerOptions({ compat, ...options }: CompileOptions): CompilerOptions {
  if (options.strict && options.allowUnproven) {
    throw new NolfetError("BAD_OPTION", "one of them at most", "both strict and allowUnproven");
  }
  const statistics = options.statistics && ownBytes(options.statistics);
  return { ...options, compatMesa: compat === "mesa", statistics };
}

function openOwn(blob: Uint8Array): Blob {
  try {
    return openBlob(blob);
  } catch (error) {
    throw new NolfetError("INTERNAL", "a sound blob", (error as Error).message);
  }
}
