import { blobTrial } from "./blobs/trial.ts";
import { kernelTrial } from "./kernels/trial.ts";
import { modelTrial } from "./models/trial.ts";

/** What can be mutated, and what is then done with it. */

/** Which mutants a campaign is about. */
export interface Trial {
  kind: keyof typeof KINDS;
  /** What all mutants follow from, together with their index. */
  seed: number;
  /** Of models: the cores to compile for. */
  targets?: string[];
  /** Of models: whether the emulator executes what compiles. */
  execute?: boolean;
}

export interface Verdict {
  subject: string;
  /** What it ended in: "executed", or the code of an error; more than one where it was tried on several cores. */
  outcomes: string[];
  /** Why this is a fault of nolfet; absent where all is well. */
  fault?: string;
  /** What was done to the subject, in order. */
  changes: string[];
}

/** Tries the mutant with an index. The same trial and index give the same mutant in any process. */
export type Attempt = (index: number) => Promise<Verdict>;

export const KINDS = { models: modelTrial, blobs: blobTrial, kernels: kernelTrial };

export function attemptOf(trial: Trial): Promise<Attempt> {
  return KINDS[trial.kind](trial);
}
