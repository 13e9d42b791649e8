/** One mutant: made, compiled, perhaps executed, judged. */
import { DTYPES, elementsOf, valuesOf } from "../../host/dtype.ts";
import {
  type CompiledBlob,
  compile,
  type ErrorCode,
  NolfetError,
  Session,
} from "../../host/index.ts";
import { type Mutant, mutate } from "./mutate.ts";
import { Random } from "./random.ts";
import type { Subject } from "./subjects.ts";

/** Which mutants a run is about, and what is done with them. */
export interface Trial {
  seed: number;
  /** The core to compile for. */
  target: string;
  /** Execute on the emulator what compiles, if it is not too large. */
  execute: boolean;
}

export interface Verdict {
  index: number;
  subject: string;
  /** "compiled", "executed", or the code of the error that it was refused with. */
  outcome: string;
  milliseconds: number;
  /** Why this is a fault of nolfet; absent where all is well. */
  fault?: string;
  changes: string[];
}

/** A mutant is compiled in a fraction of a second; this leaves room for a busy machine. */
export const MOST_MILLISECONDS = 10_000;

const LARGEST_EXECUTED = { macs: 1e8, arenaBytes: 1 << 24 };

/** What neither a model may be refused with, nor its blob by the session or the emulator. */
const FAULTS = new Set<ErrorCode>([
  "BAD_BLOB",
  "BAD_COEFFICIENTS",
  "BAD_DESCRIPTOR",
  "BAD_INPUT",
  "BAD_STREAM",
  "FILE",
  "INTERNAL",
  "OUT_OF_BOUNDS",
  "UNSUPPORTED_TARGET",
]);

export function mutantOf(subjects: readonly Subject[], seed: number, index: number): Mutant {
  return mutate(subjects, new Random(seed, index));
}

/** Tries the mutant with this index. Anything but a good blob or a typed error is a fault. */
export async function attempt(
  subjects: readonly Subject[],
  trial: Trial,
  index: number,
): Promise<Verdict> {
  const { subject, bytes, changes } = mutantOf(subjects, trial.seed, index);
  const start = performance.now();
  const { outcome, fault } = await judge(bytes, trial);
  const milliseconds = performance.now() - start;
  const slow = milliseconds > MOST_MILLISECONDS ? `${Math.round(milliseconds)} ms` : undefined;
  return { index, subject, outcome, milliseconds, fault: fault ?? slow, changes };
}

async function judge(
  bytes: Uint8Array,
  { target, execute }: Trial,
): Promise<{ outcome: string; fault?: string }> {
  try {
    const blob = await compile(bytes, { target });
    if (!execute || isLarge(blob)) return { outcome: "compiled" };
    await run(blob);
    return { outcome: "executed" };
  } catch (error) {
    if (!(error instanceof NolfetError)) return { outcome: "untyped", fault: String(error) };
    const { code, message } = error;
    return FAULTS.has(code) ? { outcome: code, fault: message } : { outcome: code };
  }
}

function isLarge({ report: { macs, memory } }: CompiledBlob): boolean {
  return macs.total > LARGEST_EXECUTED.macs || memory.arenaBytes > LARGEST_EXECUTED.arenaBytes;
}

/** Executes the blob on inputs that are all 0 bytes. */
async function run(blob: CompiledBlob): Promise<void> {
  const session = await Session.create(blob, { device: "emulator" });
  try {
    const inputs = session.inputs.map(({ name, shape, dtype }) => {
      const bytes = elementsOf(shape) * DTYPES[dtype].bytes;
      return [name, valuesOf(dtype, new Uint8Array(bytes))] as const;
    });
    await session.run(Object.fromEntries(inputs));
  } finally {
    await session.release();
  }
}
