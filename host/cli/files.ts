import { type ErrorCode, NolfetError } from "../errors.ts";

/** Which file a fault was found in. */
const culprits = new WeakMap<object, string>();
/** Codes of faults that no file's content is to blame for. */
const NOT_OF_CONTENT: ErrorCode[] = ["BAD_OPTION", "UNSUPPORTED_TARGET", "NO_DEVICE", "FILE"];

/**
 * Does something with a file's content; a fault of the content is reported with the file's name. Where
 * files are read one inside the work on another, it is the innermost's.
 */
export async function about<T>(path: string, work: () => T | Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (
      error instanceof NolfetError &&
      !NOT_OF_CONTENT.includes(error.code) &&
      !culprits.has(error)
    ) {
      culprits.set(error, path);
    }
    throw error;
  }
}

export function culpritOf(error: unknown): string | undefined {
  return typeof error === "object" && error !== null ? culprits.get(error) : undefined;
}
