import { readFileSync } from "node:fs";
import { DESCRIPTOR_WORDS } from "../../../host/blob/blob.ts";
import { compile, openBlob } from "../../../host/index.ts";
import { PATTERNS } from "../../../host/selftest/patterns.ts";
import { BlobEditor } from "../../host/blob-editor.ts";
import { streamingModel } from "../../support/streaming-model.ts";
import type { Range, Subject } from "../subjects.ts";

/** The sound blobs that mutants are made of: one of every pattern of job, and a whole network. */

const TARGETS = ["a311d", "imx8mp"];
const DIGITS = new URL("../../../models/digits/digits_uint8.tflite", import.meta.url);
/** Larger ones take their time, and have nothing to break that others have not. */
const MOST_BYTES = 100_000;
const NETWORK_WEIGHT = 4;
/** Of what a device would see, more is to be broken than of the file around it. */
const DEVICE_WEIGHT = 3;

export async function blobSubjects(): Promise<Subject[]> {
  const models = PATTERNS.map(({ name, model }) => ({ name, weight: 1, bytes: model() }));
  models.push({ name: "digits", weight: NETWORK_WEIGHT, bytes: readFileSync(DIGITS) });
  models.push({ name: "variables", weight: 1, bytes: streamingModel({ showsState: true }) });
  const subjects: Subject[] = [];
  for (const target of TARGETS) {
    for (const { name, weight, bytes: model } of models) {
      const bytes: Uint8Array = await compile(model, { target });
      if (bytes.length > MOST_BYTES) continue;
      const { file, device } = rangesOf(bytes);
      const metadata = [...file, ...device].sort((a, b) => a.start - b.start);
      subjects.push({ name: `${name} on ${target}`, bytes, metadata, weight });
      // A pattern may be for the other core.
      if (device.length === 0) continue;
      const words = `words of ${name} on ${target}`;
      subjects.push({ name: words, bytes, metadata: device, weight: DEVICE_WEIGHT * weight });
    }
  }
  return subjects;
}

/** What the file says of itself, and what tells a device what to do: descriptors and streams. */
function rangesOf(bytes: Uint8Array): { file: Range[]; device: Range[] } {
  const { constants, segments } = openBlob(bytes);
  const first = constants.byteOffset - bytes.byteOffset;
  const descriptors = segments.flatMap(({ jobs }) =>
    jobs.map(({ kind, descriptor }): Range => {
      const start = first + descriptor;
      return { start, end: start + 4 * DESCRIPTOR_WORDS[kind] };
    }),
  );
  const editor = new BlobEditor(bytes);
  const streams = segments.flatMap(({ stream }, i): Range[] => {
    const segment = editor.root.segments(i);
    if (!segment || stream.length === 0) return [];
    const start = editor.elements(segment, "Segment", "stream");
    return [{ start, end: start + stream.byteLength }];
  });
  const file = [
    { start: 0, end: first },
    { start: first + constants.length, end: bytes.length },
  ];
  const device = [...descriptors, ...streams].sort((a, b) => a.start - b.start);
  return { file: file.filter(({ start, end }) => end > start), device };
}
