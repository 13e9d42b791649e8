import { type Bytes, bad } from "./bytes.ts";
import type { Section } from "./network.ts";

/** Where the table of sections begins: it runs up to the first section. */
const TABLE = 376;
const ENTRY = 8;
/** More than any version is known to have. */
const MOST_SECTIONS = 64;

/** The sections in the order of the table. Later versions append to it. */
const NAMES = [
  "inputs",
  "outputs",
  "layers",
  "operations",
  "data table",
  "data",
  "NN records",
  "TP records",
  "shader records",
  "patches",
  "layer parameters",
  "software records",
  // From 0x1000c on:
  "start-up operations",
  "start-up data table",
  "start-up data",
  // From 0x1000e on:
  "PPU parameters",
];

/** How many sections every file has. */
export const LEAST_SECTIONS = 12;

/** Reads the table of sections; each lies inside the file. */
export function readSections(bytes: Bytes): Section[] {
  const first = bytes.u32(TABLE);
  const count = (first - TABLE) / ENTRY;
  if (!Number.isInteger(count) || count < LEAST_SECTIONS || count > MOST_SECTIONS) {
    const expected = `${LEAST_SECTIONS} to ${MOST_SECTIONS} sections before the first one's offset`;
    throw bad(expected, `an offset of ${first}`, TABLE);
  }
  return Array.from({ length: count }, (_, i): Section => {
    const at = TABLE + ENTRY * i;
    const section = {
      name: NAMES[i] ?? `section ${i}`,
      offset: bytes.u32(at),
      bytes: bytes.u32(at + 4),
    };
    if (section.offset + section.bytes > bytes.length) {
      const found = `${section.bytes} bytes at ${section.offset} of ${bytes.length}`;
      throw bad(`the ${section.name} inside the file`, found, at);
    }
    return section;
  });
}

/** Byte offsets of a section's records, all of one size. */
export function recordsOf(section: Section, size: number): number[] {
  if (section.bytes % size !== 0) {
    const found = `${section.bytes} bytes`;
    throw bad(`whole ${section.name} of ${size} bytes`, found, section.offset);
  }
  return Array.from({ length: section.bytes / size }, (_, i) => section.offset + size * i);
}
