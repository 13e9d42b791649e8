/** Makes a broken model of a sound one. All that is done follows from the random numbers. */
import type { Random } from "../support/random.ts";
import { pickSubject, type Subject } from "./subjects.ts";

export interface Mutant {
  subject: string;
  bytes: Uint8Array;
  /** What was done, in order. */
  changes: string[];
}

/** Everything that a mutation may look at. */
interface Context {
  subject: Subject;
  subjects: readonly Subject[];
  random: Random;
}

/** Changes the bytes themselves or gives others; says what it did. */
type Mutation = (bytes: Uint8Array, context: Context) => [bytes: Uint8Array, change: string];

/** Most mutants break at their first change; a few have more, to get past one check. */
const MOST_CHANGES = 4;
const METADATA_SHARE = 0.85;

const EXTREME_BYTES = [0, 1, 2, 0x7f, 0x80, 0xfe, 0xff];
const EXTREME_HALVES = [0, 1, 2, 3, 4, 6, 0x7fff, 0x8000, 0xfffe, 0xffff];
// biome-ignore format: a table
const EXTREME_WORDS = [
  0, 1, 2, 3, 4, 5, 7, 8, 16, 17, 255, 256, 8191, 8192, 65535, 65536, 0x00ffffff, 0x3fffffff,
  0x40000000, 0x7fffffff, 0x80000000, 0xfffffff0, 0xfffffffe, 0xffffffff,
];
// biome-ignore format: a table
const EXTREME_FLOATS = [
  0, -0, -1, 1e-45, 1e-38, 1e-30, 1e-7, 1, 2, 255, 1e7, 1e30, 3e38,
  Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, Number.NaN,
];

const MUTATIONS: Mutation[] = [
  changeByte,
  changeHalf,
  changeWord,
  nudgeWord,
  changeFloat,
  redirectOffset,
  breakOffset,
  swapWords,
  truncate,
  fill,
  copyWithin,
  insertCopy,
  remove,
  splice,
];

/** The mutant that belongs to these random numbers. */
export function mutate(subjects: readonly Subject[], random: Random): Mutant {
  const subject = pickSubject(subjects, random);
  const context = { subject, subjects, random };
  let bytes: Uint8Array = subject.bytes.slice();
  const changes: string[] = [];
  do {
    const [changed, change] = random.pick(MUTATIONS)(bytes, context);
    bytes = changed;
    changes.push(change);
  } while (changes.length < MOST_CHANGES && bytes.length >= 16 && random.chance(0.4));
  return { subject: subject.name, bytes, changes };
}

/** A position for `width` bytes, aligned to them, mostly among the metadata. */
function position(bytes: Uint8Array, { subject, random }: Context, width: number): number {
  let at = random.below(bytes.length);
  if (random.chance(METADATA_SHARE)) {
    const sizes = subject.metadata.map(({ start, end }) => end - start);
    let left = random.below(sizes.reduce((sum, size) => sum + size));
    const index = sizes.findIndex((size) => {
      left -= size;
      return left < 0;
    });
    at = (subject.metadata[index]?.end ?? 0) + left;
  }
  const last = bytes.length - width;
  return Math.max(0, Math.min(at - (at % width), last - (last % width)));
}

/** A word that may well be a FlatBuffers offset: it leads forwards to an aligned offset. */
function offsetPosition(bytes: Uint8Array, context: Context): number {
  const view = viewOf(bytes);
  let at = 0;
  for (let attempt = 0; attempt < 64; attempt++) {
    at = position(bytes, context, 4);
    const offset = view.getUint32(at, true);
    if (offset >= 4 && offset % 4 === 0 && at + offset < bytes.length) break;
  }
  return at;
}

function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

function setWord(bytes: Uint8Array, at: number, value: number): [Uint8Array, string] {
  const view = viewOf(bytes);
  const before = view.getUint32(at, true);
  view.setUint32(at, value, true);
  return [bytes, `word at ${at}: ${before} to ${value >>> 0}`];
}

function changeByte(bytes: Uint8Array, context: Context): [Uint8Array, string] {
  const { random } = context;
  const at = position(bytes, context, 1);
  const before = bytes[at] ?? 0;
  const flipped = before ^ (1 << random.below(8));
  bytes[at] = random.pick([flipped, random.below(256), random.pick(EXTREME_BYTES)]);
  return [bytes, `byte at ${at}: ${before} to ${bytes[at]}`];
}

function changeHalf(bytes: Uint8Array, context: Context): [Uint8Array, string] {
  const { random } = context;
  const at = position(bytes, context, 2);
  const view = viewOf(bytes);
  const before = view.getUint16(at, true);
  const nudged = before + 2 * (random.below(9) - 4);
  view.setUint16(at, random.pick([nudged, random.pick(EXTREME_HALVES)]), true);
  return [bytes, `half at ${at}: ${before} to ${view.getUint16(at, true)}`];
}

function changeWord(bytes: Uint8Array, context: Context): [Uint8Array, string] {
  const { random } = context;
  const values = [random.bits(), bytes.length, random.pick(EXTREME_WORDS)];
  return setWord(bytes, position(bytes, context, 4), random.pick(values));
}

function nudgeWord(bytes: Uint8Array, context: Context): [Uint8Array, string] {
  const { random } = context;
  const at = position(bytes, context, 4);
  const value = viewOf(bytes).getInt32(at, true);
  const near = value + random.below(33) - 16;
  return setWord(bytes, at, random.pick([near, value * 2, value >> 1, -value]));
}

function changeFloat(bytes: Uint8Array, context: Context): [Uint8Array, string] {
  const at = position(bytes, context, 4);
  const value = context.random.pick(EXTREME_FLOATS);
  viewOf(bytes).setFloat32(at, value, true);
  return [bytes, `float at ${at}: ${value}`];
}

/** Lets one offset lead where another leads: parts are shared, or of the wrong kind. */
function redirectOffset(bytes: Uint8Array, context: Context): [Uint8Array, string] {
  const at = offsetPosition(bytes, context);
  const other = offsetPosition(bytes, context);
  const target = other + viewOf(bytes).getUint32(other, true);
  return setWord(bytes, at, target - at);
}

function breakOffset(bytes: Uint8Array, context: Context): [Uint8Array, string] {
  const { random } = context;
  const at = offsetPosition(bytes, context);
  const toEnd = bytes.length - at - random.below(9);
  const values = [toEnd, 0x100000000 - at, random.below(bytes.length), random.pick(EXTREME_WORDS)];
  return setWord(bytes, at, random.pick(values));
}

function swapWords(bytes: Uint8Array, context: Context): [Uint8Array, string] {
  const view = viewOf(bytes);
  const [a, b] = [position(bytes, context, 4), position(bytes, context, 4)];
  const [first, second] = [view.getUint32(a, true), view.getUint32(b, true)];
  view.setUint32(a, second, true);
  view.setUint32(b, first, true);
  return [bytes, `words at ${a} and ${b} exchanged`];
}

function truncate(bytes: Uint8Array, { random }: Context): [Uint8Array, string] {
  const length = random.below(bytes.length);
  return [bytes.slice(0, length), `cut to ${length} bytes`];
}

/** Start and end of a part of the file, mostly a short one. */
function part(bytes: Uint8Array, context: Context): [start: number, end: number] {
  const { random } = context;
  const start = position(bytes, context, 4);
  const most = random.chance(0.8) ? 64 : bytes.length;
  return [start, Math.min(bytes.length, start + 4 * (1 + random.below(most >> 2)))];
}

function fill(bytes: Uint8Array, context: Context): [Uint8Array, string] {
  const [start, end] = part(bytes, context);
  const value = context.random.pick(EXTREME_BYTES);
  return [bytes.fill(value, start, end), `bytes ${start} to ${end} filled with ${value}`];
}

function copyWithin(bytes: Uint8Array, context: Context): [Uint8Array, string] {
  const [start, end] = part(bytes, context);
  const to = position(bytes, context, 4);
  return [bytes.copyWithin(to, start, end), `bytes ${start} to ${end} copied to ${to}`];
}

/** Duplicates a part, so that all after it moves. */
function insertCopy(bytes: Uint8Array, context: Context): [Uint8Array, string] {
  const [start, end] = part(bytes, context);
  const inserted = joined(bytes.subarray(0, end), bytes.subarray(start));
  return [inserted, `bytes ${start} to ${end} inserted once more behind`];
}

function remove(bytes: Uint8Array, context: Context): [Uint8Array, string] {
  const [start, end] = part(bytes, context);
  return [
    joined(bytes.subarray(0, start), bytes.subarray(end)),
    `bytes ${start} to ${end} removed`,
  ];
}

/** Overwrites a part with bytes of another model. */
function splice(bytes: Uint8Array, context: Context): [Uint8Array, string] {
  const other = pickSubject(context.subjects, context.random);
  const [start, end] = part(other.bytes, { ...context, subject: other });
  const to = context.random.chance(0.5) ? start : position(bytes, context, 4);
  const room = Math.max(0, bytes.length - to);
  bytes.set(other.bytes.subarray(start, Math.min(end, start + room)), Math.min(to, bytes.length));
  return [bytes, `bytes ${start} to ${end} of ${other.name} written to ${to}`];
}

function joined(head: Uint8Array, tail: Uint8Array): Uint8Array {
  const whole = new Uint8Array(head.length + tail.length);
  whole.set(head);
  whole.set(tail, head.length);
  return whole;
}
