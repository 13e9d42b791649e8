import { BYTES_OF_LIST, BYTES_OF_TABLE, MOST_FILE_VISITS } from "../../assembly/targets/limits.ts";
import { NolfetError } from "../errors.ts";

/** What lies in one slot of a table. `align` is that of a struct, else that of its size. */
export type Slot = { name: string } & (
  | { kind: "scalar"; bytes: number; align?: number }
  | { kind: "vector"; bytes: number; align?: number }
  | { kind: "string" }
  | { kind: "table"; table: string }
  | { kind: "tables"; table: string }
  /** By the number in the slot before: a table, or null for nothing. */
  | { kind: "union"; tables: (string | null)[] }
);

export interface SchemaLayout {
  /** The four letters after the root offset. */
  identifier: string;
  root: string;
  tables: Record<string, Slot[]>;
}

/** Offsets within tables are read as signed halves by the accessors. */
const MOST_TABLE_BYTES = 0x7fff;

/**
 * Checks that a FlatBuffer stays inside itself: every offset, vtable, vector and string of the
 * tables in `layout`, however hostile the bytes. Afterwards the generated accessors are safe.
 * Work is linear in the length. Throws BAD_BLOB with the byte offset.
 */
export function verifyStructure(bytes: Uint8Array, layout: SchemaLayout): void {
  new Verifier(bytes, layout).verify();
}

export function badBlob(expected: string, found: string, at: number): NolfetError {
  return new NolfetError("BAD_BLOB", expected, found, { kind: "BYTE", at });
}

class Verifier {
  private readonly view: DataView;
  private readonly length: number;
  private budget: number;

  constructor(
    bytes: Uint8Array,
    private readonly layout: SchemaLayout,
  ) {
    this.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.length = bytes.byteLength;
    this.budget = MOST_FILE_VISITS * bytes.byteLength;
  }

  verify(): void {
    this.range(0, 8, "the root offset and the identifier");
    this.identifier();
    this.table(this.follow(0, "the root table"), this.layout.root);
  }

  private identifier(): void {
    const { identifier } = this.layout;
    const found = String.fromCharCode(...[4, 5, 6, 7].map((at) => this.view.getUint8(at)));
    if (found !== identifier) {
      throw badBlob(`the identifier ${identifier}`, JSON.stringify(found), 4);
    }
  }

  /**
   *     table:  vtable offset (i32, subtracted) | fields …
   *     vtable: own bytes (u16) | table's bytes (u16) | offset of each slot (u16, 0 absent) …
   */
  private table(at: number, name: string): void {
    this.range(at, 4, `a table ${name}`, 4);
    const vtable = at - this.view.getInt32(at, true);
    this.range(vtable, 4, `the vtable of ${name}`, 2);
    const vtableBytes = this.view.getUint16(vtable, true);
    const tableBytes = this.view.getUint16(vtable + 2, true);
    if (vtableBytes < 4 || vtableBytes % 2 !== 0 || vtableBytes > MOST_TABLE_BYTES) {
      throw badBlob(`a vtable of ${name}`, `one of ${vtableBytes} bytes`, vtable);
    }
    if (tableBytes > MOST_TABLE_BYTES) {
      throw badBlob(`a table ${name} below 32 KiB`, `one of ${tableBytes} bytes`, vtable + 2);
    }
    this.range(vtable, vtableBytes, `the vtable of ${name}`);
    this.range(at, tableBytes, `the fields of ${name}`);
    this.visit(BYTES_OF_TABLE, at);

    const slots = this.layout.tables[name] ?? [];
    this.visit(BYTES_OF_LIST * slots.filter(isList).length, at);
    const position = (slot: number): number => {
      const entry = 4 + 2 * slot;
      const offset = entry < vtableBytes ? this.view.getUint16(vtable + entry, true) : 0;
      const bytes = inlineBytes(slots[slot]);
      if (offset !== 0 && offset + bytes > tableBytes) {
        const what = `${name}.${slots[slot]?.name} inside its table of ${tableBytes} bytes`;
        throw badBlob(what, `its end at ${offset + bytes}`, vtable + entry);
      }
      return offset === 0 ? 0 : at + offset;
    };
    slots.forEach((slot, i) => {
      const field = position(i);
      if (field === 0) return;
      const type = slot.kind === "union" ? position(i - 1) : 0;
      this.slot(slot, field, `${name}.${slot.name}`, type);
    });
  }

  private slot(slot: Slot, at: number, what: string, type: number): void {
    switch (slot.kind) {
      case "scalar":
        this.range(at, slot.bytes, what, slot.align ?? slot.bytes);
        break;
      case "vector":
        this.vector(this.follow(at, what), slot.bytes, what, slot.align);
        break;
      case "string":
        this.string(this.follow(at, what), what);
        break;
      case "table":
        this.table(this.follow(at, what), slot.table);
        break;
      case "tables":
        this.tables(this.follow(at, what), slot.table, what);
        break;
      case "union": {
        const number = type === 0 ? 0 : this.view.getUint8(type);
        const table = slot.tables[number];
        if (!table) throw badBlob(`a type of ${what} that is known`, `${number}`, type);
        this.table(this.follow(at, what), table);
      }
    }
  }

  private tables(at: number, table: string, what: string): void {
    const count = this.vector(at, 4, what);
    for (let i = 0; i < count; i++) this.table(this.follow(at + 4 + 4 * i, what), table);
  }

  private string(at: number, what: string): void {
    const length = this.vector(at, 1, what);
    this.range(at + 4 + length, 1, `the end of ${what}`);
    if (this.view.getUint8(at + 4 + length) !== 0) {
      throw badBlob(`a zero byte at the end of ${what}`, "another", at + 4 + length);
    }
  }

  /** Checks length and elements; gives the number of elements. */
  private vector(at: number, bytes: number, what: string, align = bytes): number {
    this.range(at, 4, `the length of ${what}`, 4);
    const count = this.view.getUint32(at, true);
    this.range(at + 4, count * bytes, `${count} elements of ${what}`, align);
    return count;
  }

  /** The target of an offset stored at `at`. */
  private follow(at: number, what: string): number {
    this.range(at, 4, `the offset of ${what}`, 4);
    return at + this.view.getUint32(at, true);
  }

  private range(at: number, bytes: number, what: string, align = 1): void {
    if (at < 0 || at + bytes > this.length) {
      throw badBlob(`${what} inside ${this.length} bytes`, `${bytes} bytes from ${at} on`, at);
    }
    if (bytes > 0 && at % align !== 0)
      throw badBlob(`${what} aligned to ${align} bytes`, `${at}`, at);
    this.visit(bytes, at);
  }

  private visit(bytes: number, at: number): void {
    this.budget -= bytes;
    if (this.budget < 0) throw badBlob("parts that do not overlap", "too many shared bytes", at);
  }
}

/** Whether reading a slot makes an array, even of nothing. */
function isList({ kind }: Slot): boolean {
  return kind === "vector" || kind === "tables";
}

/** Bytes that a slot takes in its table: the value itself, or an offset to it. */
function inlineBytes(slot: Slot | undefined): number {
  return slot?.kind === "scalar" ? slot.bytes : 4;
}
