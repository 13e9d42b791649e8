import { DESCRIPTOR_WORDS } from "../../../host/blob/blob.ts";
import * as nolf from "../../../host/blob/nolf.generated.ts";
import { DESCRIPTORS } from "../../../host/inspect/descriptors.ts";
import { type DescriptorFormat, decodeFields, encodeFields } from "../../../host/inspect/fields.ts";
import { BlobEditor } from "../../host/blob-editor.ts";
import type { Random } from "../../support/random.ts";
import { mutate } from "../mutate.ts";
import type { Subject } from "../subjects.ts";

// Mutants that get past the first check: each changes what a reader of blobs looks at as a whole, a
// field of a descriptor, a packet of a stream, a number in a coefficient header.

export interface BlobMutant {
  bytes: Uint8Array;
  changes: string[];
}

/** The bytes of a mutant in the making, and the sound blob, which tells where its parts lie. */
interface Draft {
  sound: BlobEditor;
  bytes: Uint8Array;
  view: DataView;
}

/** Changes the draft; says what it did, or nothing where there is nothing to change. */
type Mutation = (draft: Draft, random: Random) => string | undefined;

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

/** The mutant that belongs to these random numbers; its checksum is right where it has a position. */
export function blobMutant(subject: Subject, random: Random): BlobMutant {
  if (random.chance(FILE_SHARE)) {
    const { bytes, changes } = mutate([subject], random);
    return { bytes: sealed(bytes), changes };
  }
  const { bytes, view } = new BlobEditor(subject.bytes);
  const draft = { sound: new BlobEditor(subject.bytes), bytes, view };
  const changes: string[] = [];
  do {
    const change = pickMutation(random)(draft, random);
    if (change !== undefined) changes.push(change);
  } while (changes.length === 0 || random.chance(MORE_CHANGES));
  return { bytes: sealed(draft.bytes), changes };
}

function sealed(bytes: Uint8Array): Uint8Array {
  try {
    return new BlobEditor(bytes).sealed();
  } catch {
    // There is no position left for a checksum.
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

function jobOf(draft: Draft, random: Random): PlacedJob | undefined {
  const segment = segmentOf(draft, random);
  const count = segment?.jobsLength() ?? 0;
  if (!segment || count === 0) return undefined;
  const index = random.below(count);
  const job = segment.jobs(index) as nolf.Job;
  const kind = job.kind() === nolf.JobKind.NN ? "NN" : "TP";
  const constants = draft.sound.elements(draft.sound.root, "Blob", "constants");
  const start = constants + job.descriptor();
  return {
    name: `job ${index}`,
    format: kind === "NN" ? DESCRIPTORS.NN : DESCRIPTORS.TP,
    words: new Uint32Array(draft.bytes.buffer, start, DESCRIPTOR_WORDS[kind]),
    coefficients: { start: constants + job.coefficients(), bytes: job.coefficientBytes() },
  };
}

function segmentOf({ sound: { root } }: Draft, random: Random): nolf.Segment | undefined {
  return root.segmentsLength() === 0
    ? undefined
    : (root.segments(random.below(root.segmentsLength())) ?? undefined);
}

function changeField(draft: Draft, random: Random): string | undefined {
  const job = jobOf(draft, random);
  return job && changeFields(job, [random.pick(job.format.fields).name], random);
}

function changeTiedFields(draft: Draft, random: Random): string | undefined {
  const job = jobOf(draft, random);
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
function streamOf(draft: Draft, random: Random): Uint32Array {
  const segment = random.chance(0.1) ? undefined : segmentOf(draft, random);
  const [table, owner, field] = segment
    ? ([segment, "Segment", "stream"] as const)
    : ([draft.sound.root, "Blob", "init"] as const);
  const length = segment ? segment.streamLength() : draft.sound.root.initLength();
  if (length === 0) return new Uint32Array();
  return new Uint32Array(draft.bytes.buffer, draft.sound.elements(table, owner, field), length);
}

function changeStreamWord(draft: Draft, random: Random): string | undefined {
  const words = streamOf(draft, random);
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
  const loads = Array.from({ length: words.length >> 1 }, (_, i) => 2 * i);
  return loads.filter((at) => (words[at] as number) >>> 16 === 0x0801);
}

/** Lets a packet load another's state, its own value or the other's. */
function changeState(draft: Draft, random: Random): string | undefined {
  const words = streamOf(draft, random);
  const packets = packetsOf(words);
  if (packets.length === 0) return undefined;
  const [at, other] = [random.pick(packets), random.pick(packets)];
  words[at] = words[other] as number;
  if (random.chance(0.5)) words[at + 1] = words[other + 1] as number;
  return `packet at word ${at} like that at ${other}`;
}

function exchangePackets(draft: Draft, random: Random): string | undefined {
  const words = streamOf(draft, random);
  const packets = packetsOf(words);
  if (packets.length === 0) return undefined;
  const [at, other] = [random.pick(packets), random.pick(packets)];
  const packet = words.slice(at, at + 2);
  words.copyWithin(at, other, other + 2);
  words.set(packet, other);
  return `packets at words ${at} and ${other} exchanged`;
}

function dropPacket(draft: Draft, random: Random): string | undefined {
  const words = streamOf(draft, random);
  const packets = packetsOf(words);
  if (packets.length === 0) return undefined;
  const at = random.pick(packets);
  words.set([random.chance(0.5) ? 0 : 0x18000000, 0], at);
  return `packet at word ${at} dropped`;
}

/** Half of the time in the header or the first bytes after it, where numbers are. */
function changeCoefficients(draft: Draft, random: Random): string | undefined {
  const job = jobOf(draft, random);
  if (!job || job.coefficients.bytes === 0) return undefined;
  const { start, bytes } = job.coefficients;
  const at = start + random.below(random.chance(0.5) ? Math.min(bytes, 80) : bytes);
  const whole = at & ~3;
  const before = draft.view.getUint32(whole, true);
  if (random.chance(0.5)) draft.view.setUint32(whole, changed(before, random), true);
  else draft.bytes[at] = (draft.bytes[at] as number) ^ (1 << random.below(8));
  const after = draft.view.getUint32(whole, true);
  return `coefficients of ${job.name}, byte ${whole - start}: ${hex(before)} to ${hex(after)}`;
}

/** A word of what is said around the constants. */
function changeMetadata(draft: Draft, random: Random): string | undefined {
  const { view } = draft;
  const { root } = draft.sound;
  const start = draft.sound.elements(root, "Blob", "constants");
  const words = (draft.bytes.length - root.constantsLength()) >> 2;
  const position = 4 * random.below(words);
  const at = (position < start ? position : position + root.constantsLength()) & ~3;
  if (at + 4 > draft.bytes.length) return undefined;
  const before = view.getUint32(at, true);
  view.setUint32(at, changed(before, random), true);
  return `word at byte ${at}: ${hex(before)} to ${hex(view.getUint32(at, true))}`;
}

function flipBit({ bytes }: Draft, random: Random): string {
  const at = random.below(bytes.length);
  const bit = random.below(8);
  bytes[at] = (bytes[at] as number) ^ (1 << bit);
  return `bit ${bit} of byte ${at}`;
}

function hex(word: number): string {
  return `0x${word.toString(16)}`;
}
