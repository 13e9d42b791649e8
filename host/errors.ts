import type { Code, PlaceKind } from "../assembly/diagnostics/codes.ts";

export type ErrorCode = keyof typeof Code;

/** Where a fault lies: a byte offset, or the index of a tensor, operator, job or word. */
export interface Place {
  kind: keyof typeof PlaceKind;
  at: number;
}

/** A call of the system that failed, as it tells itself. */
export interface SystemError {
  /** The ioctl's name, or the function's: "GEM_SUBMIT", "open". */
  ioctl: string;
  errno: number;
  /** "ENOMEM" and so on. */
  errnoName: string;
  meaning: string;
}

const PLACE_WORDS: Record<keyof typeof PlaceKind, string> = {
  NONE: "",
  BYTE: "at byte",
  TENSOR: "in tensor",
  OPERATOR: "in operator",
  STREAM_WORD: "at word",
  JOB: "in job",
  ADDRESS: "at address",
};

/**
 * The one error that nolfet throws for anything that is not right with what it was given.
 *
 * `code` names the kind of fault, `place` says where it lies, `expected` and `found` what
 * should have been there and what was. `system` is there for the DEVICE codes.
 */
export class NolfetError extends Error {
  override readonly name = "NolfetError";

  constructor(
    readonly code: ErrorCode,
    readonly expected: string,
    readonly found: string,
    readonly place: Place = { kind: "NONE", at: 0 },
    readonly system?: SystemError,
  ) {
    super(describe(expected, found, place));
  }
}

function describe(expected: string, found: string, { kind, at }: Place): string {
  const where =
    kind === "NONE"
      ? ""
      : `${PLACE_WORDS[kind]} ${kind === "ADDRESS" ? `0x${at.toString(16)}` : at}: `;
  return `${where}expected ${expected}, found ${found}`;
}

/** For whatever else is thrown below an entry of the library: a fault of nolfet itself. */
export function typed(error: unknown): NolfetError {
  if (error instanceof NolfetError) return error;
  if (error instanceof RangeError && /alloc|length|size/i.test(error.message)) {
    return new NolfetError("OUT_OF_MEMORY", "memory for it", error.message);
  }
  return new NolfetError("INTERNAL", "no fault", (error as Error)?.message ?? `${error}`);
}
