import { Builder, type Offset } from "flatbuffers";

/** A table of a FlatBuffers file: its fields by slot. */
export type Table = { readonly [slot: number]: Field };

export type Field =
  | { kind: "int8" | "int32" | "float32"; value: number }
  | { kind: "int32s" | "int64s" | "float32s"; values: readonly number[] }
  | { kind: "bytes"; bytes: Uint8Array }
  | { kind: "text"; text: string }
  | { kind: "table"; table: Table }
  | { kind: "tables"; tables: readonly Table[] };

export const int8 = (value: number): Field => ({ kind: "int8", value });
export const int32 = (value: number): Field => ({ kind: "int32", value });
export const float32 = (value: number): Field => ({ kind: "float32", value });
export const int32s = (values: readonly number[]): Field => ({ kind: "int32s", values });
export const int64s = (values: readonly number[]): Field => ({ kind: "int64s", values });
export const float32s = (values: readonly number[]): Field => ({ kind: "float32s", values });
export const bytes = (bytes: Uint8Array): Field => ({ kind: "bytes", bytes });
export const text = (text: string): Field => ({ kind: "text", text });
export const table = (table: Table): Field => ({ kind: "table", table });
export const tables = (tables: readonly Table[]): Field => ({ kind: "tables", tables });

/** A table whose fields are given by name; `slots` is the schema's slot for each name. */
export function tableOf<Name extends string>(
  slots: Readonly<Record<Name, number>>,
  fields: { readonly [name in Name]: Field },
): Table {
  return Object.fromEntries(
    Object.entries<Field>(fields).map(([name, field]) => [slots[name as Name], field]),
  );
}

/** Writes the table and everything below it as one file. */
export function writeFlatbuffer(root: Table, identifier: string): Uint8Array {
  const builder = new Builder();
  builder.forceDefaults(true);
  builder.finish(writeTable(builder, root), identifier);
  return builder.asUint8Array();
}

function writeTable(builder: Builder, table: Table): Offset {
  // Whatever a table refers to must be in the file before the table is begun.
  const fields = Object.entries<Field>(table).map(([slot, field]) => ({
    slot: Number(slot),
    field,
    offset: writeReferred(builder, field),
  }));
  builder.startObject(1 + Math.max(-1, ...fields.map(({ slot }) => slot)));
  for (const { slot, field, offset } of fields) {
    if (field.kind === "int8") builder.addFieldInt8(slot, field.value, 0);
    else if (field.kind === "int32") builder.addFieldInt32(slot, field.value, 0);
    else if (field.kind === "float32") builder.addFieldFloat32(slot, field.value, 0);
    else builder.addFieldOffset(slot, offset, 0);
  }
  return builder.endObject();
}

/** Vectors of raw bytes begin at multiples of this, as TFLite wants it for constants. */
const BYTES_ALIGNMENT = 16;

/** Where the text, vector or table that a field refers to was written; 0 for a number. */
function writeReferred(builder: Builder, field: Field): Offset {
  switch (field.kind) {
    case "int32s":
      return writeVector(builder, field.values, 4, 4, (value) => builder.addInt32(value));
    case "int64s":
      return writeVector(builder, field.values, 8, 8, (value) => builder.addInt64(BigInt(value)));
    case "float32s":
      return writeVector(builder, field.values, 4, 4, (value) => builder.addFloat32(value));
    case "bytes":
      return writeVector(builder, field.bytes, 1, BYTES_ALIGNMENT, (byte) => builder.addInt8(byte));
    case "text":
      return builder.createString(field.text);
    case "table":
      return writeTable(builder, field.table);
    case "tables": {
      const offsets = field.tables.map((table) => writeTable(builder, table));
      return writeVector(builder, offsets, 4, 4, (offset) => builder.addOffset(offset));
    }
    default:
      return 0;
  }
}

/** The library builds from the end of the file, so the last element comes first. */
function writeVector(
  builder: Builder,
  values: ArrayLike<number>,
  elementBytes: number,
  alignment: number,
  add: (value: number) => void,
): Offset {
  builder.startVector(elementBytes, values.length, alignment);
  for (let i = values.length - 1; i >= 0; i--) add(values[i] as number);
  return builder.endVector();
}
