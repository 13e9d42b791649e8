// Reads a schema in its binary form (a FlatBuffer too: FlatBuffers' reflection.fbs) and writes
// down, for every table, what lies in each slot. Field slots below are those of reflection.fbs.
import { ByteBuffer } from "flatbuffers";

const SCHEMA = { objects: 0, enums: 1, fileIdentifier: 2, rootTable: 4 };
const OBJECT = { name: 0, fields: 1, isStruct: 2, minimalAlignment: 3, bytes: 4 };
const FIELD = { name: 0, type: 1, slot: 2 };
const TYPE = { base: 0, element: 1, index: 2 };
const ENUM = { values: 1 };
const ENUM_VALUE = { unionType: 3 };

// Base types, in the order of reflection.fbs; scalars by their size in bytes.
const [STRING, VECTOR, TABLE, UNION] = [13, 14, 15, 16];
const SCALAR_BYTES = { 1: 1, 2: 1, 3: 1, 4: 1, 5: 2, 6: 2, 7: 4, 8: 4, 9: 8, 10: 8, 11: 4, 12: 8 };

const HEAD = `// Generated from nolf.fbs by scripts/schema.mjs, do not modify.

import type { SchemaLayout } from "./verify.ts";

`;

/** Gives the source of layout.generated.ts for the bytes of a \`.bfbs\` file. */
export function layoutSource(bytes) {
  const schema = root(new ByteBuffer(new Uint8Array(bytes)));
  const objects = schema.tables(SCHEMA.objects);
  const names = objects.map((object) => object.string(OBJECT.name).replace(/^.*\./, ""));
  const context = { objects, names, enums: schema.tables(SCHEMA.enums) };

  const tables = objects.flatMap((object, i) =>
    object.scalar(OBJECT.isStruct, 1)
      ? []
      : [`    ${names[i]}: [\n${slots(object, context).join("")}    ],\n`],
  );
  const identifier = JSON.stringify(schema.string(SCHEMA.fileIdentifier));
  const rootName = JSON.stringify(
    schema.table(SCHEMA.rootTable).string(OBJECT.name).replace(/^.*\./, ""),
  );
  return `${HEAD}export const LAYOUT: SchemaLayout = {
  identifier: ${identifier},
  root: ${rootName},
  tables: {
${tables.join("")}  },
};
`;
}

function slots(object, context) {
  const fields = object.tables(OBJECT.fields);
  const lines = new Array(fields.length);
  for (const field of fields) {
    const name = JSON.stringify(field.string(FIELD.name));
    const kind = kindOf(field.table(FIELD.type), context);
    lines[field.scalar(FIELD.slot, 2)] = `      { name: ${name}, ${kind} },\n`;
  }
  return lines;
}

/** What a slot holds, as the members of a \`Slot\` of host/blob/verify.ts. */
function kindOf(type, context) {
  const base = type.scalar(TYPE.base, 1);
  const index = type.scalar(TYPE.index, 4);
  switch (base) {
    case STRING:
      return `kind: "string"`;
    case TABLE:
      return objectKind("", index, context);
    case UNION:
      return `kind: "union", tables: ${unionTables(index, context)}`;
    case VECTOR: {
      const element = type.scalar(TYPE.element, 1);
      return element === TABLE
        ? objectKind("vector of ", index, context)
        : `kind: "vector", bytes: ${SCALAR_BYTES[element]}`;
    }
    default:
      return `kind: "scalar", bytes: ${SCALAR_BYTES[base]}`;
  }
}

function objectKind(prefix, index, { objects, names }) {
  const object = objects[index];
  if (!object.scalar(OBJECT.isStruct, 1)) {
    return `kind: "${prefix === "" ? "table" : "tables"}", table: "${names[index]}"`;
  }
  const bytes = object.scalar(OBJECT.bytes, 4);
  const align = object.scalar(OBJECT.minimalAlignment, 4);
  return `kind: "${prefix === "" ? "scalar" : "vector"}", bytes: ${bytes}, align: ${align}`;
}

/** The tables of a union by their type number; 0 stands for none. */
function unionTables(index, { enums, names }) {
  const tables = enums[index].tables(ENUM.values).map((value) => {
    const type = value.table(ENUM_VALUE.unionType);
    return type?.scalar(TYPE.base, 1) === TABLE ? `"${names[type.scalar(TYPE.index, 4)]}"` : "null";
  });
  return `[${tables.join(", ")}]`;
}

/** Access to a FlatBuffers table by slot. */
function at(buffer, position) {
  const field = (slot) => {
    const offset = buffer.__offset(position, 4 + 2 * slot);
    return offset ? position + offset : 0;
  };
  const READERS = { 1: "readInt8", 2: "readUint16", 4: "readInt32" };
  return {
    scalar: (slot, bytes) => (field(slot) ? buffer[READERS[bytes]](field(slot)) : 0),
    string: (slot) => buffer.__string(field(slot)),
    table: (slot) => (field(slot) ? at(buffer, buffer.__indirect(field(slot))) : undefined),
    tables: (slot) =>
      Array.from({ length: buffer.__vector_len(field(slot)) }, (_, i) =>
        at(buffer, buffer.__indirect(buffer.__vector(field(slot)) + 4 * i)),
      ),
  };
}

function root(buffer) {
  return at(buffer, buffer.readInt32(0));
}
