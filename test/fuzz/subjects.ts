/** The sound models that mutants are made of. */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { basename } from "node:path";
import { fileURLToPath } from "node:url";
import { BufferSlot, ModelSlot } from "../../assembly/tflite/slots.ts";
import { buildModel } from "../../host/tflite/builder.ts";
import { convolutionModel } from "../../host/tflite/convolution.ts";
import { TableCursor } from "../compiler/read.cursor.ts";
import { soundModel } from "../compiler/read.edits.ts";
import { FOLDS, foldModel } from "../support/folds.ts";
import { Random } from "../support/random.ts";
import { MAKERS } from "../support/random-models.ts";
import { SHARED } from "../support/shared.ts";
import { streamingModel } from "../support/streaming-model.ts";

export interface Subject {
  name: string;
  bytes: Uint8Array;
  /** What is no weights: tables, vtables, shapes, names, in ascending order. */
  metadata: Range[];
  /** How often it is taken, relative to others. */
  weight: number;
}

export interface Range {
  start: number;
  end: number;
}

const MODELS = `${SHARED}/models/`;
const DIGITS = fileURLToPath(new URL("../../models/digits/", import.meta.url));

/** Constants below this stay among the metadata: shapes, paddings, a few biases. */
const SMALL_CONSTANT = 64;
/** A model of so many bytes is taken half as often as a tiny one, one of twice as many a third. */
const HALF_WEIGHT_BYTES = 50_000;
/** Whole networks have more to break than single operators. */
const NETWORK_WEIGHT = 8;
/** 12 MB of weights for one operator. */
const SKIPPED = new Set(["fully_connected.tflite"]);

/** Models built here, and whatever real ones are there, in an order that does not vary. */
export function loadSubjects(): Subject[] {
  const depthwise = convolutionModel({ height: 12, width: 9, channels: 8, depthwise: true });
  const size = { height: 11, width: 11, channels: 3, outputChannels: 9 };
  const strided = convolutionModel({ ...size, stride: 2 });
  const copied = convolutionModel({ ...size, kernel: [11, 7], stride: [3, 1], dilation: 1 });
  return [
    subject("built", buildModel(soundModel()), 1),
    subject("depthwise", depthwise, 1),
    subject("strided", strided, 1),
    subject("copied", copied, 1),
    subject("variables", streamingModel(), NETWORK_WEIGHT),
    subject("known values", foldModel(FOLDS), NETWORK_WEIGHT),
    ...Object.entries(MAKERS).map(([name, make]) => {
      return subject(name, make(new Random(1), "uint8").model, 1);
    }),
    ...loadFolder(DIGITS, NETWORK_WEIGHT),
    ...loadFolder(MODELS, NETWORK_WEIGHT),
    ...loadFolder(`${MODELS}layers/`, 1),
  ];
}

function loadFolder(folder: string, weight: number): Subject[] {
  if (!existsSync(folder)) return [];
  const files = readdirSync(folder)
    .filter((name) => name.endsWith(".tflite"))
    .sort();
  return files
    .filter((name) => !SKIPPED.has(name))
    .map((name) => subject(basename(name, ".tflite"), readFileSync(folder + name), weight));
}

function subject(name: string, model: Uint8Array, weight: number): Subject {
  const bytes = new Uint8Array(model);
  const share = weight / (1 + bytes.length / HALF_WEIGHT_BYTES);
  return { name, bytes, metadata: metadataOf(bytes), weight: share };
}

function metadataOf(bytes: Uint8Array): Range[] {
  const buffers = TableCursor.root(bytes).vector(ModelSlot.BUFFERS);
  const constants: Range[] = [];
  for (let i = 0; i < buffers.count; i++) {
    const buffer = buffers.table(i);
    if (buffer.field(BufferSlot.DATA) === 0) continue;
    const { first, count } = buffer.vector(BufferSlot.DATA);
    if (count >= SMALL_CONSTANT) constants.push({ start: first, end: first + count });
  }
  constants.sort((a, b) => a.start - b.start);
  const starts = [0, ...constants.map(({ end }) => end)];
  const ends = [...constants.map(({ start }) => start), bytes.length];
  return starts
    .map((start, i) => ({ start, end: ends[i] ?? start }))
    .filter(({ start, end }) => end > start);
}

/** One of the subjects, each as often as its weight says. */
export function pickSubject(subjects: readonly Subject[], random: Random): Subject {
  const total = subjects.reduce((sum, { weight }) => sum + weight, 0);
  let left = (random.bits() / 2 ** 32) * total;
  for (const candidate of subjects) {
    left -= candidate.weight;
    if (left < 0) return candidate;
  }
  return subjects[0] as Subject;
}
