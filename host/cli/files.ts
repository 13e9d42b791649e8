import { mkdir, readFile, realpath, rename, rm, stat, writeFile } from "node:fs/promises";
import { type ErrorCode, NolfetError } from "../errors.ts";

/** What the system's error numbers mean to whoever gave the path. */
const MEANINGS: Record<string, string> = {
  ENOENT: "no such file or folder",
  EISDIR: "a folder",
  ENOTDIR: "a file where a folder should be",
  EACCES: "no permission",
  EPERM: "no permission",
  EROFS: "a read-only file system",
  ENOSPC: "no space left",
  EFBIG: "a file larger than may be written",
  EEXIST: "a file where a folder should be",
  ERR_FS_FILE_TOO_LARGE: "one of more than 2 GiB",
};

/** Which file a fault was found in. */
const culprits = new WeakMap<object, string>();
/** Codes of faults that no file's content is to blame for. */
const NOT_OF_CONTENT: ErrorCode[] = ["BAD_OPTION", "UNSUPPORTED_TARGET", "NO_DEVICE", "FILE"];

/** Does something with a file's content; a fault of the content is told with the file's name. */
export async function about<T>(path: string, work: () => T | Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof NolfetError && !NOT_OF_CONTENT.includes(error.code)) {
      culprits.set(error, path);
    }
    throw error;
  }
}

export function culpritOf(error: unknown): string | undefined {
  return typeof error === "object" && error !== null ? culprits.get(error) : undefined;
}

/** What the system says about a file or stream, as a FILE error. */
export function fileError(expected: string, error: unknown): NolfetError {
  const { code, message } = error as NodeJS.ErrnoException;
  return new NolfetError("FILE", expected, MEANINGS[code ?? ""] ?? message);
}

/** The bytes of a file. Throws FILE. */
export async function readInput(path: string): Promise<Uint8Array> {
  try {
    const { buffer, byteOffset, byteLength } = await readFile(path);
    return new Uint8Array(buffer, byteOffset, byteLength);
  } catch (error) {
    throw fileError(`a readable file ${path}`, error);
  }
}

/**
 * Writes a file whole or not at all: into a temporary one beside it, which then takes its name.
 * What is no ordinary file (/dev/stdout) is written to as it is. Throws FILE.
 */
export async function writeOutput(path: string, bytes: Uint8Array): Promise<void> {
  const present = await stat(path).catch(() => undefined);
  if (present && !present.isFile() && !present.isDirectory()) {
    await writeFile(path, bytes).catch((error) => {
      throw fileError(`a writable file ${path}`, error);
    });
    return;
  }
  const place = present ? await realpath(path) : path;
  const temporary = `${place}.${process.pid}.part`;
  try {
    await writeFile(temporary, bytes);
    await rename(temporary, place);
  } catch (error) {
    await rm(temporary, { force: true });
    throw fileError(`a writable file ${path}`, error);
  }
}

/** Makes a folder, with those above it, unless it is there. Throws FILE. */
export async function makeFolder(path: string): Promise<void> {
  await mkdir(path, { recursive: true }).catch((error) => {
    throw fileError(`a folder ${path}`, error);
  });
}
