import { ByteBuffer } from "flatbuffers";
import { checksum } from "../../host/blob/checksum.ts";
import { LAYOUT } from "../../host/blob/layout.generated.ts";
import * as nolf from "../../host/blob/nolf.generated.ts";
import { checksumPosition } from "../../host/blob/open.ts";

interface Table {
  bb_pos: number;
}

/** Changes fields of a copy of a blob where they lie, and seals it with a fresh checksum. */
export class BlobEditor {
  readonly bytes: Uint8Array;
  readonly view: DataView;
  readonly root: nolf.Blob;
  private readonly buffer: ByteBuffer;

  constructor(blob: Uint8Array) {
    this.bytes = blob.slice();
    this.view = new DataView(this.bytes.buffer);
    this.buffer = new ByteBuffer(this.bytes);
    this.root = nolf.Blob.getRootAsBlob(this.buffer);
  }

  /** Where the value of a field lies, named as in nolf.fbs: "Segment", "stream". */
  position(table: Table, tableName: string, fieldName: string): number {
    const slot = LAYOUT.tables[tableName]?.findIndex(({ name }) => name === fieldName) ?? -1;
    const offset = this.buffer.__offset(table.bb_pos, 4 + 2 * slot);
    if (slot < 0 || offset === 0) throw new Error(`${tableName}.${fieldName} is absent`);
    return table.bb_pos + offset;
  }

  /** Where the elements of a vector lie. */
  elements(table: Table, tableName: string, fieldName: string): number {
    return this.buffer.__vector(this.position(table, tableName, fieldName));
  }

  sealed(): Uint8Array {
    return seal(this.bytes);
  }
}

/** Gives bytes the checksum that they should have, if there is still room for it. */
export function seal(bytes: Uint8Array): Uint8Array {
  const position = checksumPosition(bytes);
  if (position < 0 || position + 4 > bytes.length) return bytes;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  view.setUint32(position, checksum(bytes, position), true);
  return bytes;
}
