import type { Range } from "../fuzz/subjects.ts";

/** What a small file of the vendor's format is made of. */
export interface FileParts {
  version?: number;
  target?: number;
  features?: number;
  /** Further sections after the twelve that every version has. */
  laterSections?: number;
}

export interface NetworkFile {
  bytes: Uint8Array;
  /** Where each section begins, by its index in the table. */
  sections: Range[];
}

const HEADER_BYTES = 376;

/**
 * A file with one input, one output, a layer, a start, one NN and one TP operation: the least that
 * has a record of every described kind.
 */
export function networkFile(parts: FileParts = {}): NetworkFile {
  const { version = 0x1000f, target = 0x88, features = 3, laterSections = 5 } = parts;
  const states = [words(0x08010e4e, 0), words(0x08010428, 0), words(0x0801042e, 0)];
  const coefficients = new Uint8Array(576);
  for (let core = 0; core < 8; core++) coefficients[4 * core] = 64; // eight streams of 64 bytes
  coefficients.set([3, 2, 0], 64); // the first one: runs of 3 bits, 2 kernels
  const { table, data } = dataSection([...states, coefficients]);
  const sections = [
    tensor("input", 2, 0.5, 10),
    tensor("output", 0, 0, 0),
    concatenated(text("ConvolutionLayer", 64), words(0, 2, 7)),
    words(
      ...[0xffff, 0xffff, 0xffff, 0, 0, 0], // start
      ...[2, 0, 0, 1, 0, 2], // NN record 0 of layer 0 with two patches
      ...[3, 0, 0, 2, 2, 1], // TP record 0 of layer 0 with one
    ),
    table,
    data,
    record(128, { 0: 0x20000004, 16: 0x00080008 }),
    record(128, { 0: 8, 1: 0x00010008, 6: 0x20000018 }),
    new Uint8Array(0),
    words(
      ...[1, 20, 5, 3, 0, 1, 0], // word 5 of the NN record: data 3, ÷ 64
      ...[1, 24, 1, 0, 0, 0, 0], // word 6: input 0
      ...[0, 4, 0, 0, 0, 0, 0], // word 1 of the TP operation's states: its record
    ),
    ...Array.from({ length: 2 + laterSections }, () => new Uint8Array(0)),
  ];
  return assembled(sections, { version, target, features });
}

function assembled(
  sections: Uint8Array[],
  { version, target, features }: Required<Omit<FileParts, "laterSections">>,
): NetworkFile {
  const first = HEADER_BYTES + 8 * sections.length;
  let at = first;
  const ranges = sections.map(({ length }) => {
    const start = at;
    at += length;
    return { start, end: at };
  });
  const header = new Uint8Array(first);
  const view = new DataView(header.buffer);
  header.set(text("VPMN", 4));
  header.set(text("small", 64), 12);
  const fields = { 4: version, 8: target, 76: 1, 80: 3, 84: 1, 88: 1, 92: features, 352: 64 };
  for (const [offset, value] of Object.entries(fields)) view.setUint32(Number(offset), value, true);
  ranges.forEach(({ start, end }, i) => {
    view.setUint32(HEADER_BYTES + 8 * i, start, true);
    view.setUint32(HEADER_BYTES + 8 * i + 4, end - start, true);
  });
  return { bytes: concatenated(header, ...sections), sections: ranges };
}

function tensor(name: string, quantization: number, scale: number, zeroPoint: number): Uint8Array {
  const shape = words(4, 8, 8, 1, 1, 0, 0, 2, 0, quantization, 0);
  const tail = new Uint8Array(8);
  new DataView(tail.buffer).setFloat32(0, scale, true);
  new DataView(tail.buffer).setInt32(4, zeroPoint, true);
  return concatenated(shape, tail, text(name, 64));
}

function dataSection(entries: Uint8Array[]): { table: Uint8Array; data: Uint8Array } {
  let at = 0;
  const table = entries.flatMap(({ length }) => {
    at += length;
    return [at - length, length];
  });
  return { table: words(...table), data: concatenated(...entries) };
}

function record(bytes: number, values: Record<number, number>): Uint8Array {
  return words(...Array.from({ length: bytes / 4 }, (_, i) => values[i] ?? 0));
}

function words(...values: number[]): Uint8Array {
  return new Uint8Array(Uint32Array.from(values).buffer);
}

function text(value: string, bytes: number): Uint8Array {
  const field = new Uint8Array(bytes);
  field.set(new TextEncoder().encode(value));
  return field;
}

function concatenated(...parts: Uint8Array[]): Uint8Array {
  return Uint8Array.from(parts.flatMap((part) => [...part]));
}
