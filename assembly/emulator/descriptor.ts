import { Code, LocationKind } from "../diagnostics/codes";
import { fail } from "../diagnostics/failure";
import { decimal, hex, phrase } from "../diagnostics/text";
import { currentJob } from "./jobs";
import { DescriptorLayout, Field, Known, KnownKind } from "./layout";

/** Takes the fields' values out of the words at `pointer`; false where one is not understood. */
export function readDescriptor(layout: DescriptorLayout, pointer: usize, architecture: u32): bool {
  for (let i: u32 = 0; i < layout.words; i++) {
    const stray = load<u32>(pointer + (i << 2)) & ~layout.used[i];
    if (stray != 0) return strayBits(i, stray);
  }
  readFields(layout, pointer);
  for (let i = 0; i < layout.fields.length; i++) {
    const field = layout.fields[i];
    const known = field.knownOn(architecture);
    if (!known.has(field.value)) return refuse(field, describe(known));
  }
  return true;
}

/** The same whatever the words hold. */
export function readFields(layout: DescriptorLayout, pointer: usize): void {
  for (let i = 0; i < layout.fields.length; i++) {
    const field = layout.fields[i];
    field.value = (load<u32>(pointer + (field.word << 2)) & field.mask) >> field.low;
  }
}

/** Records a field's value that is not understood. */
export function refuse(field: Field, expected: string): bool {
  const found = field.value < 1024 ? decimal(field.value) : hex(field.value);
  const name = phrase(field.name, " (word ", decimal(field.word), ") ");
  return badDescriptor(phrase(name, expected), found);
}

function strayBits(word: u32, bits: u32): bool {
  return badDescriptor(phrase("zero bits around the fields of word ", decimal(word)), hex(bits));
}

/** Records what the current job's descriptor, or a table that it points to, should not hold. */
export function badDescriptor(expected: string, found: string): bool {
  return fail(Code.BAD_DESCRIPTOR, LocationKind.JOB, currentJob(), expected, found);
}

/** The known values in words. */
function describe(known: Known): string {
  if (known.kind == KnownKind.ONLY) return hex(known.bits);
  let text = "";
  for (let value: u32 = 0; value < 32; value++) {
    if (!known.has(value)) continue;
    text = phrase(text, text.length > 0 ? " or " : "", decimal(value));
  }
  return text;
}
