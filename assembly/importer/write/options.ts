import { Builder } from "../../flatbuffers/builder";
import { Node } from "../graph/graph";
import { layoutOf } from "../graph/options";

/** The type of an operator's options; 0 where it has none. */
export function optionsTypeOf(node: Node): i32 {
  const layout = layoutOf(node.code);
  return layout == null ? 0 : layout.type;
}

/** Writes an operator's options; gives where they are, 0 where it has none. */
export function writeOptions(builder: Builder, node: Node): u32 {
  const layout = layoutOf(node.code);
  if (layout == null) return 0;
  builder.table();
  for (let slot = 0; slot < node.options.length; slot++) {
    const value = node.options[slot];
    if (layout.fields.charAt(slot) == "b") builder.field8(slot, value);
    else builder.field32(slot, value);
  }
  return builder.endTable();
}
