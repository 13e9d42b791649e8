import { ByteBuffer } from "flatbuffers";
import { FORMAT_VERSION } from "../../assembly/compiler/version.ts";
import { MOST_FILE_BYTES } from "../../assembly/targets/limits.ts";
import { checkBytes, ownBytes } from "../arguments.ts";
import { NolfetError } from "../errors.ts";
import type { Blob } from "./blob.ts";
import { checkReferences } from "./check.ts";
import { checksum } from "./checksum.ts";
import { decodeBlob } from "./decode.ts";
import { LAYOUT } from "./layout.generated.ts";
import * as nolf from "./nolf.generated.ts";
import { badBlob, verifyStructure } from "./verify.ts";

const CHECKSUM_SLOT = LAYOUT.tables.Blob?.findIndex(({ name }) => name === "checksum") ?? -1;

/**
 * Opens a `.nolf` file that may come from anywhere: structure, version, checksum, enum values
 * and references are checked in that order. The blob keeps `bytes` and reads its constants from
 * there, so the caller must leave them as they are; bytes that other threads share are copied.
 * Throws BAD_BLOB, saying where.
 */
export function openBlob(file: Uint8Array): Blob {
  checkBytes(file, "the blob");
  const bytes = file.buffer instanceof ArrayBuffer ? file : ownBytes(file);
  if (bytes.length > MOST_FILE_BYTES) {
    throw badBlob(`a file of at most ${MOST_FILE_BYTES} bytes`, `${bytes.length}`, 0);
  }
  verifyStructure(bytes, LAYOUT);
  const buffer = new ByteBuffer(bytes);
  const root = nolf.Blob.getRootAsBlob(buffer);
  if (root.version() !== FORMAT_VERSION) {
    const found = `version ${root.version()}`;
    throw new NolfetError("BAD_BLOB", `version ${FORMAT_VERSION} of the format`, found);
  }
  checkChecksum(bytes, root);
  const blob = decodeBlob(root);
  checkReferences(blob);
  return blob;
}

/** Where a file keeps its checksum, -1 where the field is absent (which stands for 0). */
export function checksumPosition(bytes: Uint8Array): number {
  const buffer = new ByteBuffer(bytes);
  const root = nolf.Blob.getRootAsBlob(buffer);
  const offset = buffer.__offset(root.bb_pos, 4 + 2 * CHECKSUM_SLOT);
  return offset === 0 ? -1 : root.bb_pos + offset;
}

function checkChecksum(bytes: Uint8Array, root: nolf.Blob): void {
  if (bytes.length % 4 !== 0) {
    throw badBlob("a length that is a multiple of 4", `${bytes.length} bytes`, bytes.length);
  }
  const expected = checksum(bytes, checksumPosition(bytes));
  if (root.checksum() !== expected) {
    const hex = (value: number) => `0x${value.toString(16).padStart(8, "0")}`;
    const found = hex(root.checksum());
    throw new NolfetError("BAD_BLOB", `the checksum ${hex(expected)} of an undamaged file`, found);
  }
}
