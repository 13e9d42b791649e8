import { type DescriptorLayout, Form } from "../../assembly/emulator/layout.ts";
import { layout as nn } from "../../assembly/emulator/nn/fields.ts";
import { layout as tp } from "../../assembly/emulator/tp/fields.ts";
import type { DescriptorFormat, Field } from "./fields.ts";

const FORMS: Record<Form, Field["form"]> = {
  [Form.PLAIN]: undefined,
  [Form.SIGNED]: "signed",
  [Form.HEX]: "hex",
  [Form.HEX64]: "hex64",
};

/** The two kinds of descriptors, by the kind of their job: as the emulator reads them. */
export const DESCRIPTORS = { NN: formatOf(nn), TP: formatOf(tp) } as const;

/** Puts the parts of a field together, which have its name. */
function formatOf(layout: DescriptorLayout): DescriptorFormat {
  const fields = new Map<string, Field>();
  for (const { name, word, high, low, form } of layout.fields) {
    const part = { word, low, width: high - low + 1 };
    const field = fields.get(name);
    if (field) field.parts.push(part);
    else fields.set(name, { name, parts: [part], form: FORMS[form] });
  }
  return { words: layout.words, fields: [...fields.values()] };
}
