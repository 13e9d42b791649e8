import { createHash } from "node:crypto";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { compile, openBlob } from "../../host/index.ts";
import { decodeStream, encodeStream } from "../../host/inspect/command-stream.ts";
import { DESCRIPTORS } from "../../host/inspect/descriptors.ts";
import {
  blobDocument,
  descriptorWords,
  type NpuSegmentDocument,
} from "../../host/inspect/document.ts";
import { coverage, decodeFields, encodeFields } from "../../host/inspect/fields.ts";
import { describeBlob } from "../../host/inspect/text.ts";
import { recordingNames } from "../support/recordings.ts";
import { hasShared, readShared } from "../support/shared.ts";
import { classifierModel } from "./models.ts";

const blob = openBlob(await compile(classifierModel(), { target: "a311d" }));
const sha256 = (bytes: Uint8Array) => createHash("sha256").update(bytes).digest("hex");

for (const [kind, format] of Object.entries(DESCRIPTORS)) {
  test(`fields of a ${kind} descriptor do not overlap, and have names of their own`, () => {
    coverage(format);
    const names = format.fields.map(({ name }) => name);
    assert.is(new Set(names).size, names.length);
  });

  test(`every bit of a ${kind} descriptor is either a field's or unlisted`, () => {
    const masks = coverage(format);
    for (let bit = 0; bit < 32 * format.words; bit++) {
      const words = new Uint32Array(format.words);
      const word = bit >>> 5;
      words[word] = 1 << (bit % 32);
      const { fields, unlisted } = decodeFields(words, format);
      const listed = ((masks[word] as number) >>> (bit % 32)) & 1;
      assert.equal(unlisted, listed ? {} : { [word]: words[word] });
      if (listed) assert.equal(encodeFields(fields, format), words);
    }
  });
}

test("fields of several parts are put together", () => {
  // Multiplier and shift for a factor of 0.0012 on v7, and an offset of -1.
  const words = new Uint32Array(34);
  words[2] = 0xcc00003f;
  words[4] = 0x00030000;
  words[15] = 0x09000190;
  words[17] = 0x3a000000;
  const { fields, unlisted } = decodeFields(words, DESCRIPTORS.NN);
  assert.equal(unlisted, {});
  assert.is(fields.post_multiplier, 0x1d49);
  assert.is(fields.post_shift, 25);
  assert.is(fields.in_image_border_const, 100);
  assert.is(fields.in_image_x_offset, -1);
  assert.is(fields.in_image_y_offset, -1);
});

test("a stream falls into packets and is put together again", () => {
  const words = Uint32Array.of(
    ...[0, 0],
    // Two states, then a word to make the packet even.
    ...[0x08020e4f, 5, 6, 7],
    ...[0x0801042e, 0x10000041],
    // END, and a header whose values are cut off.
    0x10000000,
    0x08050000,
  );
  const packets = decodeStream(words);
  assert.equal(
    packets.map(({ at, kind }) => [at, kind]),
    [
      [0, "padding"],
      [2, "states"],
      [6, "states"],
      [8, "word"],
      [9, "word"],
    ],
  );
  assert.equal(encodeStream(packets), words);
});

test("the document holds what a conformance check needs", () => {
  const document = blobDocument(blob, { disassemble: false, sha256 });
  const segment = document.segments[0] as NpuSegmentDocument;
  const source = blob.segments[0];
  if (!source) throw new Error("no segment");
  assert.equal(segment.memory, {
    constantBytes: blob.constants.length,
    arenaBytes: blob.arenaBytes,
  });
  assert.equal(
    Uint32Array.from(segment.stream, (word) => Number.parseInt(word, 16)),
    source.stream,
  );
  segment.jobs.forEach((job, i) => {
    const expected = source.jobs[i];
    if (!expected) throw new Error("no job");
    assert.is(job.words.length, job.kind === "NN" ? 34 : 31);
    assert.ok(job.words.every((word) => /^[0-9a-f]{8}$/.test(word)));
    assert.equal(
      Uint32Array.from(job.words, (word) => Number.parseInt(word, 16)),
      descriptorWords(blob, expected),
    );
    if (job.kind === "TP") {
      assert.is(job.coefficients, undefined);
      return;
    }
    // The descriptor itself says where the coefficients begin.
    const { fields } = decodeFields(descriptorWords(blob, expected), DESCRIPTORS.NN);
    const start = (fields.kernel_address ?? 0) - blob.constantsAddress;
    const bytes = job.coefficients?.bytes ?? 0;
    assert.is(job.coefficients?.sha256, sha256(blob.constants.slice(start, start + bytes)));
    assert.is((fields.in_image_address ?? 0) - blob.arenaAddress, job.input.offset);
    assert.is((fields.out_image_address ?? 0) - blob.arenaAddress, job.output.offset);
  });
  assert.ok(segment.jobs.some(({ kind }) => kind === "NN"));
  assert.ok(segment.jobs.some(({ kind }) => kind === "TP"));
});

test("the text names fields, states and which job is started", () => {
  const document = blobDocument(blob, { disassemble: true, sha256 });
  const plain = (text: string) => text;
  const text = describeBlob(blob, document, {
    table: (head, rows) => [head, ...rows].map((row) => row.join(" ")).join("\n"),
    heading: plain,
    aside: plain,
  });
  for (const expected of [
    /segment 0 on the NPU: 0 CONV_2D/,
    /segment 1 on the CPU: (\d \w+, )*3 SOFTMAX/,
    /in_image_x_size 8 1\[18:6\]/,
    /kernel_xy_size 3 0\[5:2\]/,
    /PS_NN_INST_ADDR 0x[0-9a-f]{8} starts job 1/,
    /GL_FLUSH_CACHE 0x00000c23 DEPTH \| COLOR \| SHADER_L1/,
  ]) {
    assert.match(text, expected);
  }
});

/** Every recording of the driver, whole networks included. */
const FOLDERS = [
  "conformance/vipnano-qi.a311d",
  "conformance/vipnano-si+.imx8mp",
  "conformance-newer/vipnano-qi.a311d",
  "conformance-newer/vipnano-si+.imx8mp",
];

if (hasShared("the disassembler against recordings")) {
  for (const folder of FOLDERS) {
    test(`${folder}: decoded and encoded again, all words are the same`, () => {
      let jobs = 0;
      let streams = 0;
      for (const name of recordingNames(folder)) {
        const recording = readRecorded(`${folder}/${name}/jobs.json.gz`);
        for (const submission of recording.submits) {
          const stream = parse(submission.stream);
          const packets = decodeStream(stream);
          assert.ok(packets.every(({ kind }) => kind !== "word"));
          assert.equal(encodeStream(packets), stream);
          streams++;
          for (const { kind, words } of submission.jobs) {
            const descriptor = parse(words);
            const { fields, unlisted } = decodeFields(descriptor, DESCRIPTORS[kind]);
            assert.equal(unlisted, {}, `${name}: bits without a field`);
            assert.equal(encodeFields(fields, DESCRIPTORS[kind]), descriptor, name);
            jobs++;
          }
        }
      }
      assert.ok(jobs > 100, `${jobs} jobs`);
      console.log(`${folder}: ${jobs} of ${jobs} descriptors, ${streams} of ${streams} streams`);
    });
  }
}

interface Recorded {
  submits: { stream: string[]; jobs: { kind: "NN" | "TP"; words: string[] }[] }[];
}

function readRecorded(path: string): Recorded {
  return JSON.parse(new TextDecoder().decode(readShared(path))) as Recorded;
}

function parse(words: string[]): Uint32Array {
  return Uint32Array.from(words, (word) => Number.parseInt(word, 16));
}

test.run();
