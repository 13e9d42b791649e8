import { Table } from "../../flatbuffers/reader";
import { OperatorSlot, OptionsType, VarHandleSlot } from "../../tflite/slots";
import { Operator, Span, StoredOptions, StoredVector } from "../graph";

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
/** The last type of options that is known to hold nothing else. */
const LAST_KNOWN: u8 = 126;
/** Slots of a second union of options, for StableHLO's operators. */
const SECOND_OPTIONS_TYPE: u32 = 11;

/**
 * Keeps the table of an operator's options as it stands in the file, for operators that go to
 * another file: its fields, its vtable, and what the few fields that are no scalars refer to.
 * Needs no knowledge of what the scalars mean. A fault of the file is recorded.
 */
export function keepOptions(operator: Operator, table: Table): void {
  const stored = operator.storedOptions;
  stored.isKnown = table.byte(SECOND_OPTIONS_TYPE) == 0;
  const type = table.byte(OperatorSlot.OPTIONS_TYPE);
  if (!stored.isKnown || type == 0) return;
  const options = table.table(OperatorSlot.OPTIONS);
  if (options == null) return;
  // A variable's names are state that other operators share.
  if (type == OptionsType.VAR_HANDLE) keepNames(operator, options);
  stored.isKnown = type <= LAST_KNOWN && type != OptionsType.VAR_HANDLE && staysInside(options);
  if (!stored.isKnown) return;
  stored.type = type;
  stored.fields = options.inline;
  stored.vtable = options.vtableSpan;
  stored.at = options.at;
  for (let i = 0; i < VECTORS.length; i++) {
    if (VECTORS[i].type == type) keepVector(stored, options, VECTORS[i].slot);
  }
}

function keepNames(operator: Operator, options: Table): void {
  operator.options.container = options.span(VarHandleSlot.CONTAINER);
  operator.options.sharedName = options.span(VarHandleSlot.SHARED_NAME);
}

function keepVector(stored: StoredOptions, options: Table, slot: u32): void {
  const offset = options.offsetOf(slot);
  if (offset == 0) return;
  const vector = options.vector(slot, 4);
  stored.vectors.push(new StoredVector(offset, new Span(vector.pointer, vector.count << 2)));
}

/** Whether all fields of the vtable lie in the table. */
function staysInside(options: Table): bool {
  const vtable = options.vtableSpan;
  for (let i: u32 = 4; i < vtable.bytes; i += 2) {
    if ((load<u16>(vtable.pointer + i) as u32) >= options.inline.bytes) return false;
  }
  return true;
}
