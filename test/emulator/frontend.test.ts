import { test } from "uvu";
import * as assert from "uvu/assert";
import { nnWords, tpWords } from "./descriptors.ts";
import { AT, bytesOf, Rig, type RigJob, streamFor, write } from "./rig.ts";
import { errorOf, NN, TP } from "./small-jobs.ts";

// What the front end does not understand stops it, named by its word.

const rig = await Rig.create();

const OTHER_WORDS: [string, number[], RegExp][] = [
  ["END", [2 << 27, 0], /word 0: .*found END/],
  ["WAIT", [7 << 27, 0], /word 0: .*found WAIT/],
  ["LINK", [8 << 27, 0], /word 0: .*found LINK/],
  ["STALL", [9 << 27, 0], /word 0: .*found STALL/],
  ["CALL", [10 << 27, 0], /word 0: .*found CALL/],
  ["RETURN", [11 << 27, 0], /word 0: .*found RETURN/],
  ["an unknown opcode", [20 << 27, 0], /word 0/],
  ["a stray word", [1, 0], /word 0/],
  ["a packet at an odd word", [0, ...write(0x393c, 0)], /word 1: expected packets at even words/],
  ["values that are missing", [0x08050000, 0], /word 0: expected 5 values/],
  ["no values", [0x08000000, 0], /word 0: expected one state/],
  ["fixed-point values", [0x0c010000, 0], /word 0/],
  ["an unknown state", write(0x3934, 0), /word 1: .*0x3934/],
  ["an unknown value", write(0x3930, 0x11), /word 1: expected GL_NN_CONFIG 0x10 or .* found 0x11/],
  ["parallel mode", write(0x380c, 0x403), /word 1: expected GL_FLUSH_CACHE/],
  ["an event", write(0x10a4, 1), /word 1: expected state 0x10a4/],
  ["a word behind NOP", [0x18000000, 0x40000001], /word 1: expected 0 behind a packet's words/],
  ["a word behind two states", [0x08020e4f, 0, 0, 1], /word 3: expected 0 behind a packet's words/],
  ["half a NOP", [0x18000000], /word 1: expected a packet of whole 64 bits/],
];

test("what the front end does not know is named by its word", () => {
  for (const [name, words, expected] of OTHER_WORDS) {
    const error = errorOf(() => rig.emulator.submit(Uint32Array.from(words)));
    assert.match(error, /^BAD_STREAM/, name);
    assert.match(error, expected, name);
  }
});

test("padding, NOP and several states in a packet are understood", () => {
  const stream = [0, 0, 0x18000000, 0, 0x08020000 | (0x393c >> 2), 0, 0, 0, 0];
  assert.is(
    errorOf(() => rig.emulator.submit(Uint32Array.from(stream))),
    "none",
  );
});

test("low bits of addresses and split operations are checked", async () => {
  const job: RigJob = { kind: "TP", words: tpWords({ ...TP, noFlush: true }), continued: true };
  assert.match(
    errorOf(() => rig.run(job)),
    /BAD_STREAM.*last job of a split TP operation/,
  );
  assert.match(
    errorOf(() => rig.run(job, job, job, job, job)),
    /BAD_STREAM.*at most 4 TP jobs/,
  );
  const nn: RigJob = { kind: "NN", words: nnWords(NN) };
  assert.match(
    errorOf(() => rig.run(job, nn)),
    /BAD_STREAM.*NN job/,
  );
  const low = streamFor([nn]).map((word) => (word === AT.descriptors ? word + 1 : word));
  assert.match(
    errorOf(() => rig.emulator.submit(low)),
    /BAD_STREAM.*low bits/,
  );
});

test("state 0x3950 is 0 for the last job of an operation", () => {
  const part = tpWords({ ...TP, noFlush: true });
  const first: RigJob = { kind: "TP", words: part, continued: true, state3950: 8 };
  const last: RigJob = { kind: "TP", words: tpWords(TP) };
  assert.is(
    errorOf(() => rig.run(first, last)),
    "none",
  );
  assert.match(
    errorOf(() => rig.run(first, { ...last, state3950: 8 })),
    /BAD_STREAM.*state 0x3950 0 .*found 0x8/,
  );
  assert.match(
    errorOf(() => rig.run({ ...first, state3950: 4 }, last)),
    /BAD_STREAM.*expected state 0x3950 0x0 or 0x8, found 0x4/,
  );
});

test("a stream flushes the caches twice behind its last job", async () => {
  const stream = streamFor([{ kind: "TP", words: tpWords(TP) }]);
  rig.put(AT.descriptors, bytesOf(tpWords(TP)));
  assert.is(
    errorOf(() => rig.emulator.submit(stream)),
    "none",
  );
  const flush = stream.indexOf(write(0x380c, 0)[0] as number);
  for (const missing of [flush, flush + 2]) {
    const less = stream.slice();
    less.set([0x18000000, 0], missing);
    assert.match(
      errorOf(() => rig.emulator.submit(less)),
      /BAD_STREAM.*GL_FLUSH_CACHE loaded twice behind the last job/,
    );
  }
  const before = [...write(0x380c, 0xc23), ...write(0x380c, 0xc23)];
  assert.match(
    errorOf(() => rig.emulator.submit(Uint32Array.of(...before, ...stream.subarray(0, flush)))),
    /BAD_STREAM.*GL_FLUSH_CACHE loaded twice behind the last job/,
  );
});

test("modes are set in a stream without jobs", async () => {
  const stream = streamFor([{ kind: "TP", words: tpWords(TP) }]);
  rig.put(AT.descriptors, bytesOf(tpWords(TP)));
  for (const mode of [write(0xa28, 0x11), write(0x384c, 2)]) {
    assert.is(
      errorOf(() => rig.emulator.submit(Uint32Array.from(mode))),
      "none",
    );
    for (const both of [
      [...mode, ...stream],
      [...stream, ...mode],
    ]) {
      assert.match(
        errorOf(() => rig.emulator.submit(Uint32Array.from(both))),
        /BAD_STREAM.*a stream that sets modes or starts jobs, found one that does both/,
      );
    }
  }
});

test("a stream of no words does nothing, from the first on", async () => {
  const fresh = await Rig.create();
  assert.is(
    errorOf(() => fresh.emulator.submit(new Uint32Array(0))),
    "none",
  );
  assert.is(fresh.emulator.jobs, 0);
});

test("a job needs its states loaded before", async () => {
  const fresh = await Rig.create();
  const stream = Uint32Array.from(write(0x10a0, AT.descriptors));
  assert.match(
    errorOf(() => fresh.emulator.submit(stream)),
    /BAD_STREAM.*GL_OCB_REMAP_START/,
  );
});

test.run();
