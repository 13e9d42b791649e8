import type { BigIntStats } from "node:fs";
import { type FileHandle, open, stat } from "node:fs/promises";
import { fileError, NolfetError } from "../errors.ts";
import { isBlob, isTflite } from "../identifier.ts";
import { pictureFormat } from "../images/header.ts";
import { isOnnx } from "../importer.ts";
import { isNetwork } from "../nbg/open.ts";

/** What a file is read as. */
interface InputKind {
  name: string;
  /** Bytes that such a file may have. */
  most: number;
  /** Whether the first bytes are those of such a file. Where they are not, no more is read. */
  begins?: (head: Uint8Array) => boolean;
}

const MIB = 2 ** 20;

const KINDS = {
  model: { name: "model or blob", most: 512 * MIB, begins: isModel },
  picture: { name: "picture", most: 128 * MIB, begins: isPicture },
  labels: { name: "list of labels", most: 16 * MIB },
  tensors: { name: "file of tensors", most: 512 * MIB },
} satisfies Record<string, InputKind>;

function isModel(head: Uint8Array): boolean {
  return isTflite(head) || isBlob(head) || isNetwork(head) || isOnnx(head);
}

function isPicture(head: Uint8Array): boolean {
  return pictureFormat(head) !== undefined;
}

/** Ordinary files that were read, by device and inode. */
const filesRead = new Set<string>();

/** Whether a path leads to a file that was read, under whatever name. */
export async function wasRead(path: string): Promise<boolean> {
  const status = await stat(path, { bigint: true }).catch(() => undefined);
  return status !== undefined && filesRead.has(identity(status));
}

function identity({ dev, ino }: BigIntStats): string {
  return `${dev}:${ino}`;
}

/**
 * The bytes of a file, device or pipe, `-` for standard input. What does not begin like one of its kind is read no further
 * than that shows: its decoder says what it is. Throws FILE, also for more bytes than a
 * file of its kind may have.
 */
export async function readInput(path: string, kind: keyof typeof KINDS): Promise<Uint8Array> {
  const { name, most } = KINDS[kind];
  const { bytes, hasMore } = await readAtMost(path, KINDS[kind]);
  if (!hasMore) return bytes;
  const found = `more than ${most / MIB} MiB: ${path}`;
  throw new NolfetError("FILE", `a ${name} of at most that`, found);
}

/** Stands for standard input or output. */
export const STANDARD = "-";

/** The first `most` bytes of a file, device or pipe, and whether it has more. Throws FILE. */
export async function readAtMost(
  path: string,
  kind: Pick<InputKind, "most" | "begins">,
): Promise<{ bytes: Uint8Array; hasMore: boolean }> {
  if (path === STANDARD) return readStandard(kind);
  let file: FileHandle | undefined;
  try {
    file = await open(path);
    const status = await file.stat({ bigint: true });
    if (status.isFile()) filesRead.add(identity(status));
    if (status.isDirectory()) {
      throw new NolfetError("FILE", "a readable file", `a folder, not a file: ${path}`);
    }
    const told = Number(status.size);
    if (told > kind.most) return { bytes: new Uint8Array(), hasMore: true };
    const bytes = await readAll(file, told, kind);
    return { bytes: bytes.subarray(0, kind.most), hasMore: bytes.length > kind.most };
  } catch (error) {
    throw fileError("a readable file", error, path);
  } finally {
    await file?.close();
  }
}

/** The same of standard input, which may be a pipe, a socket or a file. */
async function readStandard({
  most,
  begins,
}: Pick<InputKind, "most" | "begins">): Promise<{ bytes: Uint8Array; hasMore: boolean }> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  try {
    for await (const chunk of process.stdin) {
      const isFirst = length < HEAD_BYTES;
      chunks.push(chunk);
      length += chunk.length;
      const isOther = isFirst && length >= HEAD_BYTES && begins?.(Buffer.concat(chunks)) === false;
      if (isOther || length > most) break;
    }
  } catch (error) {
    throw fileError("standard input", error, STANDARD);
  }
  return { bytes: Buffer.concat(chunks).subarray(0, most), hasMore: length > most };
}

/** By so many bytes a file shows what it is. */
const HEAD_BYTES = 4096;

/** Up to one byte more than `most`. How much a device or pipe has shows at its end only. */
async function readAll(
  file: FileHandle,
  told: number,
  { most, begins }: Pick<InputKind, "most" | "begins">,
): Promise<Uint8Array> {
  let bytes = new Uint8Array(Math.min(most, Math.max(told, HEAD_BYTES)) + 1);
  let length = await fill(file, bytes.subarray(0, HEAD_BYTES));
  if (begins?.(bytes.subarray(0, length)) === false) return bytes.subarray(0, length);
  for (;;) {
    length += await fill(file, bytes.subarray(length));
    if (length < bytes.length || length > most) return bytes.subarray(0, length);
    const larger = new Uint8Array(Math.min(most + 1, 2 * length));
    larger.set(bytes);
    bytes = larger;
  }
}

/** Reads as much as there is room for; gives how much there was. */
async function fill(file: FileHandle, room: Uint8Array): Promise<number> {
  let length = 0;
  while (length < room.length) {
    const { bytesRead } = await file.read(room, length, room.length - length);
    if (bytesRead === 0) break;
    length += bytesRead;
  }
  return length;
}
