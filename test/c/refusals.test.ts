import { test } from "uvu";
import * as assert from "uvu/assert";
import * as nolf from "../../host/blob/nolf.generated.ts";
import { compile } from "../../host/index.ts";
import { convolutionModel } from "../../host/tflite/convolution.ts";
import { BlobEditor } from "../host/blob-editor.ts";
import { BUILDS } from "../support/stand-in.ts";
import { everyJobModel } from "./every-job.ts";
import { compiledVerdicts, hostVerdict, libraryVerdicts } from "./verdicts.ts";

// Words that no known stream has are refused by both readers of blobs, each in its own words.

const CORE = "vipnano-qi.a311d";
const blob = await compile(everyJobModel(), { target: CORE });
const WILD = 0xdeadbe00;

/** Words of a blob's first segment. */
class Words extends BlobEditor {
  readonly segment = this.root.segments(0) as nolf.Segment;
  private readonly constants = this.elements(this.root, "Blob", "constants");

  /** Words of the first job's descriptor that is of a kind and for a purpose. */
  job(kind: nolf.JobKind, purpose?: nolf.Purpose): (word: number) => number {
    const jobs = Array.from({ length: this.segment.jobsLength() }, (_, i) => this.segment.jobs(i));
    const job = jobs.find((one) => {
      return one?.kind() === kind && (purpose === undefined || one.purpose() === purpose);
    });
    if (!job) throw new Error("no such job");
    return (word) => this.constants + job.descriptor() + 4 * word;
  }

  set(at: number, value: number): void {
    this.view.setUint32(at, value, true);
  }

  /** Changes some bits of the word at a position. */
  bits(at: number, high: number, low: number, value: number): void {
    const mask = ((2 ** (high - low + 1) - 1) * 2 ** low) >>> 0;
    this.set(at, ((this.view.getUint32(at, true) & ~mask) | (value << low)) >>> 0);
  }

  /** The position of a word of the stream; from the end if below 0. */
  stream(word: number): number {
    const length = this.segment.streamLength();
    return this.elements(this.segment, "Segment", "stream") + 4 * (word < 0 ? length + word : word);
  }

  /** Exchanges the last 32 bits among the constants that hold a number, wherever they begin. */
  exchange(from: number, to: number): void {
    const bits = (value: number) => [...value.toString(2).padStart(32, "0")].reverse().join("");
    const bytes = this.bytes.subarray(this.constants, this.constants + this.root.constantsLength());
    const text = Array.from(bytes, (byte) => bits(byte).slice(0, 8)).join("");
    const at = text.lastIndexOf(bits(from));
    if (at < 0) throw new Error(`no ${from}`);
    const changed = text.slice(0, at) + bits(to) + text.slice(at + 32);
    for (let i = 0; i < bytes.length; i++) {
      const byte = [...changed.slice(8 * i, 8 * i + 8)].reverse().join("");
      bytes[i] = Number.parseInt(byte, 2);
    }
  }
}

const { NN, TP } = nolf.JobKind;

type Case = [what: string, edit: (words: Words) => void, host: RegExp, library: RegExp];

/** Edits of descriptors: a kind of job, and its words. */
function nn(edit: (words: Words, at: (word: number) => number) => void) {
  return (words: Words) => edit(words, words.job(NN));
}

function tp(edit: (words: Words, at: (word: number) => number) => void) {
  return (words: Words) => edit(words, words.job(TP, nolf.Purpose.TRANSPOSE));
}

const CASES: Case[] = [
  [
    "a window without columns, and any output",
    tp((words, at) => {
      words.bits(at(4), 15, 0, 5);
      words.bits(at(5), 15, 0, 4);
      words.set(at(13), WILD);
    }),
    /BAD_DESCRIPTOR.*in_window_x_end \(word 5\) from the window's start on, found 4/,
    /a window with elements, found none/,
  ],
  [
    "a window without rows",
    tp((words, at) => words.bits(at(5), 31, 16, 0xffff)),
    /BAD_DESCRIPTOR.*in_window_y_end \(word 5\) from the window's start on/,
    /a window with elements, found none/,
  ],
  [
    "no slices, and any input",
    tp((words, at) => {
      words.bits(at(1), 31, 16, 0);
      words.set(at(10), 0xfffff000);
    }),
    /OUT_OF_BOUNDS at address 0xfffff000: expected 0 mapped bytes for the input image/,
    /an input inside one of the buffers, found 0 bytes from 0xfffff000 on/,
  ],
  [
    "no slices, and any output",
    tp((words, at) => {
      words.bits(at(1), 31, 16, 0);
      words.set(at(13), 0);
    }),
    /OUT_OF_BOUNDS at address 0x0: expected 0 mapped bytes for the output image/,
    /an input inside one of the buffers, found 0 bytes from 0x0 on/,
  ],
  [
    "nothing but border, and any input",
    tp((words, at) => {
      words.bits(at(1), 15, 0, 0);
      words.set(at(10), 0);
    }),
    /OUT_OF_BOUNDS at address 0x0: expected 0 mapped bytes for the input image/,
    /an input inside one of the buffers, found 0 bytes from 0x0 on/,
  ],
  [
    "no columns, and any input",
    tp((words, at) => {
      words.bits(at(0), 15, 0, 0);
      words.set(at(10), WILD);
    }),
    /OUT_OF_BOUNDS at address 0xdeadbe00: expected 0 mapped bytes for the input image/,
    /an input inside one of the buffers, found 0 bytes from 0xdeadbe00 on/,
  ],
  [
    "a job that nothing follows, and that does not flush",
    tp((words, at) => words.bits(at(12), 30, 30, 1)),
    /BAD_DESCRIPTOR.*no_flush \(word 12\) 0 in a last job, found 1/,
    /a flush with the last job of an operation alone/,
  ],
  [
    "a positive offset of the image",
    nn((words, at) => {
      words.bits(at(2), 2, 0, 7);
      words.bits(at(4), 16, 16, 0);
    }),
    /BAD_DESCRIPTOR.*in_image_x_offset \(word 2\) 0, or with its sign below 0, found 7/,
    /an offset of 0 or below, found 7/,
  ],
  [
    "a cached image across the kernels",
    nn((words, at) => {
      words.bits(at(8), 1, 0, 1);
      words.set(at(12), 0x4000);
      words.set(at(14), 0x8000);
    }),
    /BAD_DESCRIPTOR.*image_cache_start \(word 13\) a place outside the kernels' region/,
    /an image cached outside the kernels' region, found 0/,
  ],
  [
    "a cached image that ends before it starts",
    nn((words, at) => {
      words.bits(at(8), 1, 0, 1);
      words.set(at(12), 0x8000);
      words.set(at(13), 0x8000);
      words.set(at(14), 0);
    }),
    /BAD_DESCRIPTOR.*image_cache_end \(word 14\) a place behind the image's start, found 0/,
    /a region that ends behind its start, found 0/,
  ],
  [
    "cached kernels that end before they start",
    nn((words, at) => words.set(at(12), 0)),
    /BAD_DESCRIPTOR.*kernel_cache_end \(word 12\) a place behind the kernels' start, found 0/,
    /a region that ends behind its start, found 0/,
  ],
  [
    "cached kernels beyond the SRAM",
    nn((words, at) => words.set(at(12), 0x80080)),
    /BAD_DESCRIPTOR.*kernel_cache_end \(word 12\) up to 0x80000, found 0x80080/,
    /a place in an SRAM of 524288 bytes, found 524416/,
  ],
  [
    "the pattern of kernels cached in part where all are",
    nn((words, at) => {
      words.bits(at(8), 11, 6, 0x3f);
      words.set(at(9), 0xfffffffe);
      words.set(at(10), 0xffffffff);
    }),
    /BAD_DESCRIPTOR.*kernel_pattern_low \(word 9\) 0 with all kernels cached/,
    /a kernel pattern with kernels cached in part alone, found 4294967294/,
  ],
  [
    "the pattern of another number of kernels",
    nn((words, at) => {
      words.bits(at(8), 11, 6, 0x13);
      words.set(at(9), 0x00080000);
    }),
    /BAD_DESCRIPTOR.*kernel_pattern_low \(word 9\) 0 with all kernels cached/,
    /a kernel pattern with kernels cached in part alone, found 524288/,
  ],
  [
    "a tile wider than the buffers",
    nn((words, at) => words.bits(at(4), 24, 18, 127)),
    /BAD_DESCRIPTOR.*out_image_tile_x_size \(word 4\) up to 64/,
    /tiles up to 64, found 127/,
  ],
  [
    "a tile higher than the buffers",
    nn((words, at) => words.bits(at(4), 31, 25, 127)),
    /BAD_DESCRIPTOR.*out_image_tile_y_size \(word 4\) up to \d+, which the buffers hold/,
    /tiles up to \d+ rows, found 127/,
  ],
  [
    "more kernels than the accumulators hold",
    nn((words, at) => words.bits(at(0), 26, 20, 127)),
    /BAD_DESCRIPTOR.*kernels_per_core \(word 0\) up to \d+, which the buffers hold, found 127/,
    /up to \d+ kernels at a time, found 127/,
  ],
  [
    "no flush at the end",
    (words) => {
      words.set(words.stream(-6), 0x18000000);
      words.set(words.stream(-5), 0);
      words.set(words.stream(-4), 0x18000000);
      words.set(words.stream(-3), 0);
    },
    /BAD_STREAM.*GL_FLUSH_CACHE loaded twice behind the last job/,
    /the caches flushed twice behind the last job/,
  ],
  [
    "a mode set in a stream with jobs",
    (words) => {
      words.set(words.stream(0), 0x08010000 | (0x384c >> 2));
      words.set(words.stream(1), 2);
    },
    /BAD_STREAM.*a stream that sets modes or starts jobs, found one that does both/,
    /a stream that sets modes or starts jobs, found one that does both/,
  ],
  [
    "a packet hidden behind NOP",
    (words) => {
      words.set(words.stream(0), 0x18000000);
      words.set(words.stream(1), 0x48000001);
    },
    /BAD_STREAM at word 1: expected 0 behind a packet's words, found 0x48000001/,
    /0 behind a packet's words, found 1207959553/,
  ],
  [
    "a packet at an odd word",
    (words) => words.set(words.stream(1), 0x40000004),
    /BAD_STREAM at word 1: expected packets at even words/,
    /packets at even words/,
  ],
];

/** What is odd, but has a meaning: constants and descriptors read as an image. */
const ALLOWED: [what: string, edit: (words: Words) => void][] = [
  ["nothing changed", () => {}],
  ["an image of constants", nn((words, at) => words.set(at(6), words.root.constantsAddress()))],
  ["no slices, inside the buffers", tp((words, at) => words.bits(at(1), 31, 16, 0))],
  ["nothing but border", tp((words, at) => words.bits(at(1), 15, 0, 0))],
];

function edited(edit: (words: Words) => void): Uint8Array {
  const words = new Words(blob);
  edit(words);
  return words.sealed();
}

for (const [what, edit, expected] of CASES) {
  test(`a session refuses ${what}`, async () => {
    assert.match((await hostVerdict(edited(edit), CORE)).replace(": ", " "), expected);
  });
}

for (const [what, edit] of ALLOWED) {
  test(`a session takes ${what}`, async () => {
    assert.is(await hostVerdict(edited(edit), CORE), "");
  });
}

// Nine kernels on eight cores: two each, so that those of the last core only fill it up.
const filledUp = await compile(
  convolutionModel({ height: 37, width: 41, channels: 3, outputChannels: 9 }),
  { target: CORE },
);
const PLANE = 37 * 41;
type Move = [from: number, to: number, expected: string];

/** Those that fill up stay at their number; the others may be exchanged. */
const OFFSETS: Move[] = [
  [14 * PLANE, 15 * PLANE, `the output offset ${14 * PLANE}`],
  [15 * PLANE, 15 * PLANE + 1, `the output offset ${15 * PLANE}`],
  [15 * PLANE, 0xffffffff, `the output offset ${15 * PLANE}`],
  [8 * PLANE, 7 * PLANE, "an output offset of a plane without a kernel"],
  [8 * PLANE, 9 * PLANE, "an output offset of a plane without a kernel"],
  [8 * PLANE, 8 * PLANE + 1, "an output offset of a plane without a kernel"],
];

function withOffset([from, to]: Move): Uint8Array {
  const words = new Words(filledUp);
  words.exchange(from, to);
  return words.sealed();
}

test("a session refuses kernels at other positions than theirs", async () => {
  assert.is(await hostVerdict(filledUp, CORE), "");
  for (const move of OFFSETS) {
    const expected = `BAD_COEFFICIENTS.*expected ${move[2]} .*found ${move[1]}$`;
    assert.match(await hostVerdict(withOffset(move), CORE), new RegExp(expected));
  }
});

const program = compiledVerdicts(BUILDS.plain);
if (program) {
  test("the C library refuses kernels at other positions than theirs", async () => {
    const found = await libraryVerdicts(program, OFFSETS.map(withOffset));
    for (const [i, [, to, expected]] of OFFSETS.entries()) {
      assert.match(found[i] ?? "", `expected ${expected}, found ${to}`);
    }
  });

  test("the C library refuses and takes the same", async () => {
    const blobs = [...CASES, ...ALLOWED].map(([, edit]) => edited(edit));
    const found = await libraryVerdicts(program, blobs);
    for (const [i, [what, , , expected]] of CASES.entries()) {
      assert.match(found[i] ?? "", expected, what);
    }
    for (const [i, [what]] of ALLOWED.entries()) assert.is(found[CASES.length + i], "", what);
  });
}

test.run();
