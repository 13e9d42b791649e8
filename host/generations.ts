import type { Core } from "../assembly/targets/cores.ts";

/** What differs between generations of cores, as far as estimates and the self-test need it. */
export interface Generation {
  /**
   * Bytes before the first coefficient stream, if the streams hold zeros as runs: the first byte is
   * the run's width. Undefined if a stream holds every weight.
   */
  runHeaderBytes: number | undefined;
  /** Descriptors need not flag offsets below 0. */
  mayOmitSigns: boolean;
}

/** By architecture. */
const GENERATIONS: Record<number, Generation> = {
  7: { runHeaderBytes: 64, mayOmitSigns: true },
  8: { runHeaderBytes: undefined, mayOmitSigns: false },
};

/** The generation of a core. A test holds the table of cores against this one. */
export function generationOf({ architecture }: Core): Generation {
  return GENERATIONS[architecture] as Generation;
}
