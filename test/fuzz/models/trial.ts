/** One mutant of a model: made, compiled, perhaps executed, judged. */
import { DTYPES, elementsOf, valuesOf } from "../../../host/dtype.ts";
import {
  type CompiledBlob,
  compile,
  type ErrorCode,
  NolfetError,
  openBlob,
  Session,
} from "../../../host/index.ts";
import { Random } from "../../support/random.ts";
import type { Attempt, Trial } from "../kinds.ts";
import { type Mutant, mutate } from "../mutate.ts";
import { loadSubjects, type Subject } from "../subjects.ts";

const TARGETS = ["a311d", "imx8mp"];

/** Milliseconds of a segment on the CPU: what takes longer is ended, which is no fault. */
const TIMEOUT = 1000;

const LARGEST_EXECUTED = { macs: 1e8, arenaBytes: 1 << 24, tensorBytes: 1 << 24 };

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

/** Compiles mutants for one core of each generation, unless others are named. */
export async function modelTrial({
  seed,
  targets = TARGETS,
  execute = false,
}: Trial): Promise<Attempt> {
  const subjects = loadSubjects();
  return async (index) => {
    const { subject, bytes, changes } = mutantOf(subjects, seed, index);
    const outcomes: string[] = [];
    let wrong: string | undefined;
    for (const target of targets) {
      const { outcome, fault } = await judge(bytes, target, execute);
      outcomes.push(outcome);
      if (fault !== undefined) wrong ??= `${target}: ${fault}`;
    }
    return { subject, outcomes, changes, ...(wrong === undefined ? {} : { fault: wrong }) };
  };
}

async function judge(
  bytes: Uint8Array,
  target: string,
  execute: boolean,
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

/** Whether executing a blob takes long for its sizes alone: those of its tensors on the CPU among them. */
function isLarge(blob: CompiledBlob): boolean {
  const { macs, memory } = blob.report;
  const sizes = openBlob(blob).tensors.map(({ shape, dtype }) => {
    return elementsOf(shape) * DTYPES[dtype].bytes;
  });
  return (
    macs.total > LARGEST_EXECUTED.macs ||
    memory.arenaBytes > LARGEST_EXECUTED.arenaBytes ||
    sizes.reduce((sum, bytes) => sum + bytes, 0) > LARGEST_EXECUTED.tensorBytes
  );
}

/** Executes the blob on inputs that are all 0 bytes. */
async function run(blob: CompiledBlob): Promise<void> {
  const session = await Session.create(blob, { device: "emulator", timeout: TIMEOUT });
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
