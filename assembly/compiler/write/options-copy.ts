import { Builder } from "../../flatbuffers/builder";
import { StoredOptions } from "../graph";

/** Copies the table of an operator's options to another file; gives its position, 0 for none. */
export function copyOptions(builder: Builder, options: StoredOptions): u32 {
  if (options.type == 0) return 0;
  const vectors = options.vectors;
  const positions: u32[] = [];
  for (let i = 0; i < vectors.length; i++) {
    const elements = vectors[i].elements;
    positions.push(builder.vector(elements.pointer, elements.bytes >> 2, 4));
  }
  const fields = options.fields;
  const vtable = options.vtable;
  // Fields keep their alignment, of which 8 bytes is the greatest there is.
  builder.align(8, fields.bytes + (options.at & 7));
  const start = builder.append(fields.bytes);
  memory.copy(start, fields.pointer, fields.bytes);
  const position = builder.size;
  for (let i = 0; i < vectors.length; i++) {
    const offset = vectors[i].offset;
    store<u32>(start + offset, position - offset - positions[i]);
  }
  const list = builder.append(vtable.bytes);
  memory.copy(list, vtable.pointer, vtable.bytes);
  store<i32>(builder.pointer + vtable.bytes, (builder.size - position) as i32);
  return position;
}
