import { OperatorSlot } from "../../tflite/slots";
import { Graph, Operator } from "../graph";
import { FlatBuffer, Table } from "../read/flatbuffer";
import { Builder } from "./builder";

/** Types of options whose tables hold vectors of 4-byte elements, and in which slot. */
class VectorField {
  constructor(
    public type: u8,
    public slot: u32,
  ) {}
}

const VECTORS: VectorField[] = [
  new VectorField(3, 1), // ConcatEmbeddingsOptions
  new VectorField(3, 2),
  new VectorField(17, 0), // ReshapeOptions
  new VectorField(30, 0), // SqueezeOptions
  new VectorField(115, 0), // BucketizeOptions
];
/** VarHandleOptions names state that other operators share. */
const SHARED_STATE: u8 = 111;
/** The last type of options that is known to hold nothing else. */
const LAST_KNOWN: u8 = 126;
/** Slots of a second union of options, for StableHLO's operators. */
const SECOND_OPTIONS_TYPE: u32 = 11;

/** An operator's builtin options as they stand in another file. */
export class CopiedOptions {
  constructor(
    public isKnown: bool,
    public type: u8 = 0,
    public position: u32 = 0,
  ) {}
}

/**
 * Copies the options' table as it is: the bytes of its fields and its vtable, and what the few
 * fields that are no scalars refer to. Needs no knowledge of what the scalars mean.
 */
export function copyOptions(builder: Builder, graph: Graph, operator: Operator): CopiedOptions {
  const file = new FlatBuffer(graph.model.pointer, graph.model.bytes);
  const table = Table.at(file, operator.at);
  if (table == null || table.byte(SECOND_OPTIONS_TYPE) != 0) return new CopiedOptions(false);
  const type = table.byte(OperatorSlot.OPTIONS_TYPE);
  if (type == 0) return new CopiedOptions(true);
  const options = table.table(OperatorSlot.OPTIONS);
  if (options == null) return new CopiedOptions(true);
  if (type > LAST_KNOWN || type == SHARED_STATE || !staysInside(options)) {
    return new CopiedOptions(false);
  }
  return new CopiedOptions(true, type, copyTable(builder, options, type));
}

/** Whether all fields that the vtable tells of lie in the table. */
function staysInside(options: Table): bool {
  const vtable = options.vtableSpan;
  for (let i: u32 = 4; i < vtable.bytes; i += 2) {
    if ((load<u16>(vtable.pointer + i) as u32) >= options.inline.bytes) return false;
  }
  return true;
}

function copyTable(builder: Builder, options: Table, type: u8): u32 {
  const offsets: u32[] = [];
  const positions: u32[] = [];
  for (let i = 0; i < VECTORS.length; i++) {
    if (VECTORS[i].type != type) continue;
    const offset = options.offsetOf(VECTORS[i].slot);
    if (offset == 0) continue;
    const vector = options.vector(VECTORS[i].slot, 4);
    offsets.push(offset);
    positions.push(builder.vector(vector.pointer, vector.count, 4));
  }
  const inline = options.inline;
  const vtable = options.vtableSpan;
  // Fields keep their alignment, of which 8 bytes is the greatest there is.
  builder.align(8, inline.bytes + (options.at & 7));
  const start = builder.append(inline.bytes);
  memory.copy(start, inline.pointer, inline.bytes);
  const position = builder.size;
  for (let i = 0; i < offsets.length; i++) {
    store<u32>(start + offsets[i], position - offsets[i] - positions[i]);
  }
  const list = builder.append(vtable.bytes);
  memory.copy(list, vtable.pointer, vtable.bytes);
  store<i32>(builder.pointer + vtable.bytes, (builder.size - position) as i32);
  return position;
}
