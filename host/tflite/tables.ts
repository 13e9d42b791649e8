// What a FlatBuffer consists of, written with the library's builder.

import type { Builder, Offset } from "flatbuffers";

/** Adds a table of references to what was written before, and of whatever `more` adds. */
export function addTable(b: Builder, parts: [slot: number, at: Offset][], more = () => {}): Offset {
  b.startObject(16);
  for (const [slot, at] of parts) if (at) b.addFieldOffset(slot, at, 0);
  more();
  return b.endObject();
}

export function vector<T>(b: Builder, values: T[], width: number, add: (value: T) => void): Offset {
  b.startVector(width, values.length, width);
  for (const value of values.toReversed()) add(value);
  return b.endVector();
}

export function intVector(b: Builder, values: number[]): Offset {
  return vector(b, values, 4, (value) => b.addInt32(value));
}

export function offsetVector(b: Builder, values: Offset[]): Offset {
  return vector(b, values, 4, (value) => b.addOffset(value));
}
