import type { Code, LocationKind } from "../assembly/diagnostics/codes.ts";

export type ErrorCode = keyof typeof Code;

/** Where a fault lies: a byte offset, or the index of a tensor, operator, job or word. */
export interface Location {
  kind: keyof typeof LocationKind;
  at: number;
}

/** A system call that failed, with its own error. */
export interface SystemError {
  /** The ioctl's name, or the function's: "GEM_SUBMIT", "open". */
  ioctl: string;
  errno: number;
  /** "ENOMEM" and so on. */
  errnoName: string;
  meaning: string;
}

const LOCATION_WORDS: Record<keyof typeof LocationKind, string> = {
  NONE: "",
  BYTE: "at byte",
  TENSOR: "in tensor",
  OPERATOR: "in operator",
  STREAM_WORD: "at word",
  JOB: "in job",
  ADDRESS: "at address",
};

/** Codes of what a caller asks for: what is wrong with it is a sentence of its own, and comes first. */
const FOUND_FIRST: ErrorCode[] = ["BAD_OPTION", "UNSUPPORTED_TARGET", "FILE"];

/**
 * The one error that nolfet throws for anything that is not right with what it was given.
 *
 * `code` names the kind of fault, `location` says where it lies, `expected` and `found` what
 * should have been there and what was. `system` is there for the DEVICE codes.
 */
export class NolfetError extends Error {
  override readonly name = "NolfetError";

  constructor(
    readonly code: ErrorCode,
    readonly expected: string,
    readonly found: string,
    readonly location: Location = { kind: "NONE", at: 0 },
    readonly system?: SystemError,
  ) {
    super(describe(code, expected, found, location));
  }
}

function describe(
  code: ErrorCode,
  expected: string,
  found: string,
  { kind, at }: Location,
): string {
  const where =
    kind === "NONE"
      ? ""
      : `${LOCATION_WORDS[kind]} ${kind === "ADDRESS" ? `0x${at.toString(16)}` : at}: `;
  if (FOUND_FIRST.includes(code)) return `${where}${found}; expected ${expected}`;
  return `${where}expected ${expected}, found ${found}`;
}

/** What the system's error numbers mean to the user who gave a path. */
const MEANINGS: Record<string, string> = {
  ENOENT: "no such file",
  EISDIR: "a folder, not a file",
  ENOTDIR: "a file where a folder should be",
  EACCES: "no permission",
  EPERM: "no permission",
  EROFS: "a read-only file system",
  ENOSPC: "no space left",
  EFBIG: "a file larger than may be written",
  EEXIST: "a file where a folder should be",
  ELOOP: "links that lead in a circle",
  EMFILE: "too many open files",
  ENAMETOOLONG: "a name that is too long",
  ERR_FS_FILE_TOO_LARGE: "a file of more than 2 GiB",
};

/** What the system says about a file or stream, as a FILE error; `path` as its user gave it. */
export function fileError(expected: string, error: unknown, path?: string): NolfetError {
  if (error instanceof NolfetError) return error;
  const { code = "", message, path: location = "" } = error as NodeJS.ErrnoException;
  const meaning = MEANINGS[code] ?? message;
  const where = path ?? location;
  return new NolfetError("FILE", expected, where === "" ? meaning : `${meaning}: ${where}`);
}

/**
 * For whatever else is thrown below an entry of the library: what memory was too small for, what the
 * system refused, or a fault of nolfet itself.
 */
export function typed(error: unknown): NolfetError {
  if (error instanceof NolfetError) return error;
  if (error instanceof RangeError && /alloc|length|size/i.test(error.message)) {
    return new NolfetError("OUT_OF_MEMORY", "memory for it", error.message);
  }
  // The modules' allocator traps so where their memory cannot grow, and nothing else in them does.
  if (error instanceof WebAssembly.RuntimeError && /unreachable/i.test(error.message)) {
    return new NolfetError("OUT_OF_MEMORY", "what fits into 1 GiB of memory", "more");
  }
  const { code, syscall } = (error ?? {}) as NodeJS.ErrnoException;
  if (code && syscall) return fileError(`that the system can do "${syscall}"`, error);
  return new NolfetError("INTERNAL", "no fault", (error as Error)?.message ?? `${error}`);
}
