import { DESCRIPTOR_WORDS } from "../../../host/blob/blob.ts";
import * as nolf from "../../../host/blob/nolf.generated.ts";
import { type DescriptorFormat, decodeFields, encodeFields } from "../../../host/inspect/fields.ts";
import { NN_DESCRIPTOR } from "../../../host/inspect/nn-descriptor.ts";
import { TP_DESCRIPTOR } from "../../../host/inspect/tp-descriptor.ts";
import { BlobEditor } from "../../host/blob-editor.ts";
import { mutate } from "../mutate.ts";
import type { Random } from "../random.ts";
import type { Subject } from "../subjects.ts";

// Mutants that get past the first check: each changes what a reader of blobs looks at as a whole, a
// field of a descriptor, a packet of a stream, a number in a coefficient header.

export interface BlobMutant {
  bytes: Uint8Array;
  changes: string[];
}

/** Changes the bytes in the editor; says what it did, or nothing where there is nothing to change. */
type Mutation = (editor: BlobEditor, random: Random) => string | undefined;

/** Most mutants have one change, so that a verdict is about one thing. */
const MORE_CHANGES = 0.25;
/** Of all mutants, those of the file as such: its tables, offsets and length. */
const FILE_SHARE = 0.15;

// biome-ignore format: a table
const EXTREMES = [0, 1, 2, 3, 63, 64, 65, 127, 255, 0x7fff, 0x8000, 0xffff, 0x3ffffff, 0x7fffffff, 0x80000000, 0xffffffff];

/** Fields that known jobs hold at the same value: changed together, they get past that check. */
const TIED: Record<string, string> = {
  in_tile_x_size: "in_tile_x_inc",
  in_tile_y_size: "in_tile_y_inc",
  in_image_x_size: "in_image_x_stride",
  in_image_y_size: "in_image_y_stride",
  out_image_x_size: "out_image_x_stride",
  out_image_y_size: "out_image_y_stride",
  kernel_cache_end: "image_cache_start",
};

const MUTATIONS: [weight: number, mutation: Mutation][] = [
  [8, changeField],
  [3, changeTiedFields],
  [2, changeStreamWord],
  [2, changeState],
  [1, exchangePackets],
  [1, dropPacket],
  [3, changeCoefficients],
  [1, changeMetadata],
  [1, flipBit],
];

/** The mutant that belongs to these random numbers; its checksum is right where it has a place. */
export function blobMutant(subject: Subject, random: Random): BlobMutant {
  if (random.chance(FILE_SHARE)) {
    const { bytes, changes } = mutate([subject], random);
    return { bytes: sealed(bytes), changes };
  }
  const editor = new BlobEditor(subject.bytes);
  const changes: string[] = [];
  do {
    const change = pickMutation(random)(editor, random);
    if (change !== undefined) changes.push(change);
  } while (changes.length === 0 || random.chance(MORE_CHANGES));
  return { bytes: sealed(editor.bytes), changes };
}

function sealed(bytes: Uint8Array): Uint8Array {
  try {
    return new BlobEditor(bytes).sealed();
  } catch {
    // There is no place left for a checksum.
    return bytes;
  }
}

function pickMutation(random: Random): Mutation {
  let left = random.below(MUTATIONS.reduce((sum, [weight]) => sum + weight, 0));
  for (const [weight, mutation] of MUTATIONS) {
    left -= weight;
    if (left < 0) return mutation;
  }
  return changeField;
}

function changed(value: number, random: Random): number {
  const ways = [
    () => value + 1,
    () => value - 1,
    () => value + (random.below(9) - 4) * 64,
    () => value * 2,
    () => Math.floor(value / 2),
    () => value ^ (1 << random.below(32)),
    () => random.pick(EXTREMES),
    () => random.below(300),
    () => random.bits(),
  ];
  return random.pick(ways)() >>> 0;
}

/** A segment's job, and where the words of its descriptor lie in the file. */
interface PlacedJob {
  name: string;
  format: DescriptorFormat;
  words: Uint32Array;
  coefficients: { start: number; bytes: number };
}

function jobOf(editor: BlobEditor, random: Random): PlacedJob | undefined {
  const segment = segmentOf(editor, random);
  const count = segment?.jobsLength() ?? 0;
  if (!segment || count === 0) return undefined;
  const index = random.below(count);
  const job = segment.jobs(index) as nolf.Job;
  const kind = job.kind() === nolf.JobKind.NN ? "NN" : "TP";
  const constants = editor.elements(editor.root, "Blob", "constants");
  const start = constants + job.descriptor();
  return {
    name: `job ${index}`,
    format: kind === "NN" ? NN_DESCRIPTOR : TP_DESCRIPTOR,
    words: new Uint32Array(editor.bytes.buffer, start, DESCRIPTOR_WORDS[kind]),
    coefficients: { start: constants + job.coefficients(), bytes: job.coefficientBytes() },
  };
}

function segmentOf({ root }: BlobEditor, random: Random): nolf.Segment | undefined {
  return root.segmentsLength() === 0
    ? undefined
    : (root.segments(random.below(root.segmentsLength())) ?? undefined);
}

function changeField(editor: BlobEditor, random: Random): string | undefined {
  const job = jobOf(editor, random);
  return job && changeFields(job, [random.pick(job.format.fields).name], random);
}

function changeTiedFields(editor: BlobEditor, random: Random): string | undefined {
  const job = jobOf(editor, random);
  const pairs = Object.entries(TIED).filter(([name]) => {
    return job?.format.fields.some((field) => field.name === name);
  });
  return job && changeFields(job, random.pick(pairs), random);
}

/** Gives fields one new value: a change of the first one's, or what another field holds. */
function changeFields({ name, format, words }: PlacedJob, names: string[], random: Random) {
  const { fields } = decodeFields(words, format);
  const [first = ""] = names;
  const before = fields[first] ?? 0;
  const other = fields[random.pick(format.fields).name] ?? 0;
  const after = random.chance(0.2) ? other : changed(before, random);
  for (const one of names) fields[one] = after;
  words.set(encodeFields(fields, format));
  return `${name}: ${names.join(" and ")} from ${before} to ${after}`;
}

/** A segment's words, or now and then those that set the NPU up. */
function streamOf(editor: BlobEditor, random: Random): Uint32Array {
  const segment = random.chance(0.1) ? undefined : segmentOf(editor, random);
  const [table, owner, field] = segment
    ? ([segment, "Segment", "stream"] as const)
    : ([editor.root, "Blob", "init"] as const);
  const length = segment ? segment.streamLength() : editor.root.initLength();
  if (length === 0) return new Uint32Array();
  return new Uint32Array(editor.bytes.buffer, editor.elements(table, owner, field), length);
}

function changeStreamWord(editor: BlobEditor, random: Random): string | undefined {
  const words = streamOf(editor, random);
  if (words.length === 0) return undefined;
  const at = random.below(words.length);
  const before = words[at] as number;
  words[at] = random.chance(0.3)
    ? random.pick(words as unknown as number[])
    : changed(before, random);
  return `word ${at}: ${hex(before)} to ${hex(words[at] as number)}`;
}

/** Where packets of one state begin. */
function packetsOf(words: Uint32Array): number[] {
  const places = Array.from({ length: words.length >> 1 }, (_, i) => 2 * i);
  return places.filter((at) => (words[at] as number) >>> 16 === 0x0801);
}

/** Lets a packet load another's state, its own value or the other's. */
function changeState(editor: BlobEditor, random: Random): string | undefined {
  const words = streamOf(editor, random);
  const packets = packetsOf(words);
  if (packets.length === 0) return undefined;
  const [at, other] = [random.pick(packets), random.pick(packets)];
  words[at] = words[other] as number;
  if (random.chance(0.5)) words[at + 1] = words[other + 1] as number;
  return `packet at word ${at} like that at ${other}`;
}

function exchangePackets(editor: BlobEditor, random: Random): string | undefined {
  const words = streamOf(editor, random);
  const packets = packetsOf(words);
  if (packets.length === 0) return undefined;
  const [at, other] = [random.pick(packets), random.pick(packets)];
  const packet = words.slice(at, at + 2);
  words.copyWithin(at, other, other + 2);
  words.set(packet, other);
  return `packets at words ${at} and ${other} exchanged`;
}

function dropPacket(editor: BlobEditor, random: Random): string | undefined {
  const words = streamOf(editor, random);
  const packets = packetsOf(words);
  if (packets.length === 0) return undefined;
  const at = random.pick(packets);
  words.set([random.chance(0.5) ? 0 : 0x18000000, 0], at);
  return `packet at word ${at} dropped`;
}

/** Half of the time in the header or the first bytes behind it, where numbers are. */
function changeCoefficients(editor: BlobEditor, random: Random): string | undefined {
  const job = jobOf(editor, random);
  if (!job || job.coefficients.bytes === 0) return undefined;
  const { start, bytes } = job.coefficients;
  const at = start + random.below(random.chance(0.5) ? Math.min(bytes, 80) : bytes);
  const whole = at & ~3;
  const before = editor.view.getUint32(whole, true);
  if (random.chance(0.5)) editor.view.setUint32(whole, changed(before, random), true);
  else editor.bytes[at] = (editor.bytes[at] as number) ^ (1 << random.below(8));
  const after = editor.view.getUint32(whole, true);
  return `coefficients of ${job.name}, byte ${whole - start}: ${hex(before)} to ${hex(after)}`;
}

/** A word of what is said around the constants. */
function changeMetadata(editor: BlobEditor, random: Random): string | undefined {
  const { root, view } = editor;
  const start = editor.elements(root, "Blob", "constants");
  const words = (editor.bytes.length - root.constantsLength()) >> 2;
  const place = 4 * random.below(words);
  const at = (place < start ? place : place + root.constantsLength()) & ~3;
  if (at + 4 > editor.bytes.length) return undefined;
  const before = view.getUint32(at, true);
  view.setUint32(at, changed(before, random), true);
  return `word at byte ${at}: ${hex(before)} to ${hex(view.getUint32(at, true))}`;
}

function flipBit({ bytes }: BlobEditor, random: Random): string {
  const at = random.below(bytes.length);
  const bit = random.below(8);
  bytes[at] = (bytes[at] as number) ^ (1 << bit);
  return `bit ${bit} of byte ${at}`;
}

function hex(word: number): string {
  return `0x${word.toString(16)}`;
}
