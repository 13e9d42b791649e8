/** One mutant: made, compiled, judged. */

import { NolfetError } from "../../host/errors.ts";
import { compile } from "../../host/index.ts";
import { type Mutant, mutate } from "./mutate.ts";
import { Random } from "./random.ts";
import type { Subject } from "./subjects.ts";

export interface Verdict {
  index: number;
  subject: string;
  /** "compiled", or the code of the error that it was refused with. */
  outcome: string;
  milliseconds: number;
  /** Why this is a fault of the compiler; absent where all is well. */
  fault?: string;
  changes: string[];
}

/** A mutant is compiled in a fraction of a second; this leaves room for a busy machine. */
export const MOST_MILLISECONDS = 10_000;

export function mutantOf(subjects: readonly Subject[], seed: number, index: number): Mutant {
  return mutate(subjects, new Random(seed, index));
}

/** Compiles the mutant with this index. Anything but a blob or a typed error is a fault. */
export async function attempt(
  subjects: readonly Subject[],
  seed: number,
  index: number,
): Promise<Verdict> {
  const { subject, bytes, changes } = mutantOf(subjects, seed, index);
  const start = performance.now();
  const { outcome, fault } = await judge(bytes);
  const milliseconds = performance.now() - start;
  const slow = milliseconds > MOST_MILLISECONDS ? `${Math.round(milliseconds)} ms` : undefined;
  return { index, subject, outcome, milliseconds, fault: fault ?? slow, changes };
}

async function judge(bytes: Uint8Array): Promise<{ outcome: string; fault?: string }> {
  try {
    await compile(bytes, { target: "a311d" });
    return { outcome: "compiled" };
  } catch (error) {
    if (!(error instanceof NolfetError)) return { outcome: "untyped", fault: String(error) };
    const { code, message } = error;
    return code === "INTERNAL" ? { outcome: code, fault: message } : { outcome: code };
  }
}
