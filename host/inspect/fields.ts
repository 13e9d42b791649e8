/** A named field of a descriptor. */
export interface Field {
  name: string;
  /** Where it lies, its lowest part first. */
  parts: Part[];
  /** How it reads: plain, two's complement, an address or pattern, or an address in units of 64 bytes. */
  form?: "signed" | "hex" | "hex64";
}

/** Words of one kind of descriptor. */
export interface DescriptorFormat {
  words: number;
  fields: Field[];
}

/** Fields by name; addresses are in bytes. */
export type FieldValues = Record<string, number>;

export interface DecodedDescriptor {
  fields: FieldValues;
  /** Bits that are set and belong to no field, by word index. */
  unlisted: Record<number, number>;
}

export interface Part {
  word: number;
  low: number;
  width: number;
}

/** Reads every field of a descriptor. */
export function decodeFields(words: Uint32Array, format: DescriptorFormat): DecodedDescriptor {
  const rest = words.slice();
  const fields: FieldValues = {};
  for (const field of format.fields) {
    let value = 0;
    let width = 0;
    for (const part of field.parts) {
      value += take(rest, part) * 2 ** width;
      width += part.width;
    }
    fields[field.name] = fromStored(value, width, field.form);
  }
  const unlisted = Object.fromEntries([...rest.entries()].filter(([, word]) => word !== 0));
  return { fields, unlisted };
}

/** Writes a descriptor from the values of its fields: the inverse of `decodeFields`. */
export function encodeFields(fields: FieldValues, format: DescriptorFormat): Uint32Array {
  const words = new Uint32Array(format.words);
  for (const field of format.fields) {
    const parts = field.parts;
    let value = toStored(fields[field.name] ?? 0, totalWidth(parts), field.form);
    for (const { word, low, width } of parts) {
      words[word] = (words[word] as number) + (value % 2 ** width) * 2 ** low;
      value = Math.floor(value / 2 ** width);
    }
  }
  return words;
}

/** Bits that the fields cover in each word, to check a table by. */
export function coverage({ words, fields }: DescriptorFormat): Uint32Array {
  const masks = new Uint32Array(words);
  for (const field of fields) {
    for (const { word, low, width } of field.parts) {
      const mask = (2 ** width - 1) * 2 ** low;
      if (((masks[word] as number) & mask) !== 0) throw new Error(`${field.name} overlaps another`);
      masks[word] = (masks[word] as number) + mask;
    }
  }
  return masks;
}

/** Where a field lies: "0[5:2]" is bits 5 to 2 of word 0, "7" all of word 7, "2[2:0] 4[16]" two parts. */
export function bitsOf({ parts }: Field): string {
  return parts.map(bitsOfPart).join(" ");
}

function bitsOfPart({ word, low, width }: Part): string {
  if (width === 32) return `${word}`;
  return width === 1 ? `${word}[${low}]` : `${word}[${low + width - 1}:${low}]`;
}

function totalWidth(parts: Part[]): number {
  return parts.reduce((sum, { width }) => sum + width, 0);
}

/** Reads a part, and clears it. */
function take(words: Uint32Array, { word, low, width }: Part): number {
  const value = Math.floor((words[word] as number) / 2 ** low) % 2 ** width;
  words[word] = (words[word] as number) - value * 2 ** low;
  return value;
}

function fromStored(value: number, width: number, form: Field["form"]): number {
  if (form === "hex64") return value * 64;
  return form === "signed" && value >= 2 ** (width - 1) ? value - 2 ** width : value;
}

function toStored(value: number, width: number, form: Field["form"]): number {
  if (form === "hex64") return value / 64;
  return value < 0 ? value + 2 ** width : value;
}
