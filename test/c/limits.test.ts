import { test } from "uvu";
import * as assert from "uvu/assert";
import * as limits from "../../assembly/targets/limits.ts";
import * as nolf from "../../host/blob/nolf.generated.ts";
import { compile } from "../../host/index.ts";
import { type TpSpec, tpWords } from "../emulator/descriptors.ts";
import { bytesOf, streamFor, write } from "../emulator/rig.ts";
import { BlobEditor } from "../host/blob-editor.ts";
import { type HandmadeBlob, handmadeBlob } from "../host/handmade-blob.ts";
import { classifierModel } from "../host/models.ts";
import { BUILDS } from "../support/stand-in.ts";
import { compiledVerdicts, hostVerdict, libraryVerdicts } from "./verdicts.ts";

// What a blob may ask for is limited, by the same numbers for sessions and the C library.

const CORE = "vipnano-qi.a311d";
/** Of a process, opening and verifying: what a slow machine may take as well. */
const MOST_MILLISECONDS = 2000;

const ROWS = 32_000;
const ARENA = { arenaAddress: 0x40000000, arenaBytes: 0x100000 };

/** A job whose bounds do not show that its cut-off tiles fit: it has to be walked over. */
const WALKED: TpSpec = {
  image: { width: 3, height: ROWS, channels: 2 },
  tile: { width: 2, height: 1 },
  resets: [1],
  loops: [
    [1, 2],
    [0, 1],
    [2, 2],
    [3, ROWS],
    [3 * ROWS, 2],
  ],
  input: ARENA.arenaAddress,
  output: ARENA.arenaAddress + ARENA.arenaBytes - 6 * ROWS,
};

/** Constants that the segments below do not use, so that they may share as much. */
const SPARE = 1 << 19;

/** Segments that each run this job once. */
function walked(segments: number, spec: Partial<HandmadeBlob> = {}): Uint8Array {
  const constantsAddress = 0x400000; // where the rig's streams have their descriptors
  const constants = new Uint8Array(SPARE);
  constants.set(bytesOf(tpWords(WALKED)));
  return handmadeBlob({
    core: CORE,
    constants,
    constantsAddress,
    ...ARENA,
    jobs: [{ kind: "TP", descriptor: 0 }],
    stream: streamFor([{ kind: "TP", words: tpWords(WALKED) }]),
    init: Uint32Array.of(...write(0xa28, 0x11), ...write(0x384c, 2)),
    segments,
    ...spec,
  });
}

const blob = await compile(classifierModel({ dtype: "int8" }), {
  target: CORE,
  stopAt: "features",
});

function edited(edit: (editor: BlobEditor) => void): Uint8Array {
  const editor = new BlobEditor(blob);
  edit(editor);
  return editor.sealed();
}

/** The type of the model's first input, by its number. */
function withDtype(dtype: number): Uint8Array {
  return edited((e) => {
    const input = e.root.tensors(e.root.inputs(0) as number) as nolf.Tensor;
    e.view.setUint8(e.position(input, "Tensor", "dtype"), dtype);
  });
}

/** The root table's vtable, made so many bytes long. */
function withVtable(bytes: number): Uint8Array {
  const longer = new Uint8Array(blob.length + 0x10000);
  longer.set(blob);
  const editor = new BlobEditor(longer);
  const { bb_pos: table } = editor.root;
  const old = table - editor.view.getInt32(table, true);
  const vtable = blob.length;
  editor.bytes.copyWithin(vtable, old, old + editor.view.getUint16(old, true));
  editor.view.setUint16(vtable, bytes, true);
  editor.view.setInt32(table, table - vtable, true);
  return editor.sealed();
}

/** The first operator's list of outputs, at an address where no offset may lie. */
function withOddOffset(): Uint8Array {
  return edited((e) => {
    const { bb_pos: table } = e.root.operators(0) as nolf.Operator & { bb_pos: number };
    const field = e.position({ bb_pos: table }, "Operator", "outputs");
    const vtable = table - e.view.getInt32(table, true);
    for (let at = vtable + 4; at < vtable + e.view.getUint16(vtable, true); at += 2) {
      if (e.view.getUint16(at, true) === field - table)
        e.view.setUint16(at, field - table - 1, true);
    }
    e.view.setUint32(field - 1, e.view.getUint32(field, true) + 1, true);
  });
}

const WORK = limits.WORK_OF_BLOB + limits.WORK_OF_BYTE * SPARE;
const ENOUGH = Math.ceil(WORK / (4 * ROWS * limits.WORK_OF_RUN)) + 1;

/** Blobs, and what sessions and the C library say of them: nothing where they take them. */
const CASES: [what: string, blob: () => Uint8Array, host?: RegExp, library?: RegExp][] = [
  ["one job that is walked over", () => walked(1)],
  [
    "many segments that share one job to be walked over",
    () => walked(ENOUGH),
    /^TOO_LARGE.*a blob that is verified with the work allowed for its size/,
    /a blob that is verified with the work allowed for its size/,
  ],
  [
    "a thousand of them",
    () => walked(1000),
    /^TOO_LARGE.*a blob that is verified with the work allowed for its size/,
    /a blob that is verified with the work allowed for its size/,
  ],
  [
    "a million words that many segments share",
    () => walked(1000, { stream: new Uint32Array(1 << 20) }),
    /^BAD_BLOB.*expected parts that do not overlap/,
    /parts that do not overlap/,
  ],
  ["the largest arena", () => walked(1, { arenaBytes: limits.MOST_ARENA_BYTES })],
  [
    "a larger arena",
    () => walked(1, { arenaBytes: limits.MOST_ARENA_BYTES + 4096 }),
    /^BAD_BLOB.*an arena of at most 536870912 bytes, found 536875008/,
    /the arena: expected at most 536870912 bytes, found 536875008/,
  ],
  [
    "an input of texts",
    () => withDtype(nolf.Dtype.STRING),
    /^BAD_BLOB.*an input of the model of a type whose values are known, found string/,
    /an input: expected a type whose values are known, found 9/,
  ],
  [
    "an input of another type",
    () => withDtype(nolf.Dtype.OTHER),
    /^BAD_BLOB.*an input of the model of a type whose values are known, found other/,
    /an input: expected a type whose values are known, found 10/,
  ],
  ["a vtable of nearly 32 KiB", () => withVtable(0x7ffe)],
  [
    "a vtable of 32 KiB",
    () => withVtable(0x8000),
    /^BAD_BLOB.*expected a vtable of Blob, found one of 32768 bytes/,
    /a .nolf file with a vtable, found a damaged one/,
  ],
  [
    "an offset at an odd address",
    withOddOffset,
    /^BAD_BLOB.*expected the offset of Operator\.outputs aligned to 4 bytes/,
    /a .nolf file with a part aligned to 4 bytes, found a damaged one/,
  ],
];

const program = compiledVerdicts(BUILDS.plain);
for (const [what, make, host, library] of CASES) {
  test(what, async () => {
    const bytes = make();
    const begin = process.cpuUsage();
    const verdict = await hostVerdict(bytes, CORE);
    const { user, system } = process.cpuUsage(begin);
    if (host) assert.match(verdict.replace(": ", " "), host);
    else assert.is(verdict, "");
    assert.ok((user + system) / 1000 < MOST_MILLISECONDS, `${user + system} microseconds`);
    if (!program) return;
    const [found = ""] = await libraryVerdicts(program, [bytes]);
    if (library) assert.match(found, library);
    else assert.is(found, "");
  });
}

test.run();
