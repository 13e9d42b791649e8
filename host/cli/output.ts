import { randomBytes } from "node:crypto";
import type { Stats } from "node:fs";
import {
  access,
  constants,
  mkdir,
  open,
  realpath,
  rename,
  rm,
  stat,
  writeFile,
} from "node:fs/promises";
import { dirname, join } from "node:path";
import { fileError, NolfetError } from "../errors.ts";
import { STANDARD, wasRead } from "./input.ts";

/** For what is to be written there. Throws BAD_OPTION where the path leads to a file that was read. */
export async function checkOutput(path: string): Promise<void> {
  if (path === STANDARD || !(await wasRead(path))) return;
  throw new NolfetError("BAD_OPTION", "an output other than what is read", `${path} is read`);
}

/**
 * Writes a file whole or not at all: into a new one beside it, which then takes its name and the
 * permissions of the file that had it. What is no ordinary file (/dev/stdout) is written to as it
 * is; `-` is standard output. Throws BAD_OPTION for a file that was read, and FILE.
 */
export async function writeOutput(path: string, bytes: Uint8Array): Promise<void> {
  if (path === STANDARD) return writeStandard(bytes);
  await checkOutput(path);
  const present = await stat(path).catch(() => undefined);
  try {
    if (!present) await replace(path, bytes);
    else if (present.isFile()) await replace(await realpath(path), bytes, present);
    else await writeFile(path, bytes);
  } catch (error) {
    const isFolderMissing = (error as NodeJS.ErrnoException).code === "ENOENT";
    if (!isFolderMissing) throw fileError("a writable file", error, path);
    throw new NolfetError("FILE", "one to write to", `no such folder: ${dirname(path)}`);
  }
}

function writeStandard(bytes: Uint8Array): Promise<void> {
  return new Promise((resolve, reject) => {
    process.stdout.write(bytes, (error) => {
      if (error) reject(fileError("standard output", error, STANDARD));
      else resolve();
    });
  });
}

const PERMISSIONS = 0o777;

/** Nobody can foretell the new file's name, and it is made only where there is nothing yet. */
async function replace(path: string, bytes: Uint8Array, present?: Stats): Promise<void> {
  if (present) await access(path, constants.W_OK);
  const temporary = join(dirname(path), `.nolfet-${randomBytes(12).toString("hex")}.part`);
  const file = await open(temporary, "wx", present ? 0o600 : 0o666);
  try {
    try {
      await file.writeFile(bytes);
      if (present) await file.chmod(present.mode & PERMISSIONS);
    } finally {
      await file.close();
    }
    await rename(temporary, path);
  } catch (error) {
    await rm(temporary, { force: true });
    throw error;
  }
}

/** Makes a folder, with those above it, unless it is there. Throws FILE. */
export async function makeFolder(path: string): Promise<void> {
  await mkdir(path, { recursive: true }).catch((error) => {
    throw fileError("a folder to write to", error, path);
  });
}
