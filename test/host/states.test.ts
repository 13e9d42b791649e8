import { test } from "uvu";
import * as assert from "uvu/assert";
import type { State } from "../../host/blob/nolf.generated.ts";
import {
  type CompileOptions,
  compareModel,
  compile,
  type NolfetError,
  openBlob,
  Session,
} from "../../host/index.ts";
import { hasShared, readShared } from "../support/shared.ts";
import {
  CHANNELS,
  FIRST,
  ROWS,
  type StreamingOptions,
  streamingModel,
} from "../support/streaming-model.ts";
import { BlobEditor } from "./blob-editor.ts";

// Variables, which a session keeps from run to run.

const WAYS: CompileOptions[] = [
  { target: "a311d" },
  { target: "imx8mp" },
  { target: "a311d", cpuOnly: true },
];

async function streaming(options: CompileOptions, model: StreamingOptions = {}): Promise<Session> {
  return Session.create(await compile(streamingModel(model), options), { device: "emulator" });
}

/** One value of each row, after feeding a row of `value`s. */
async function feed(session: Session, value: number, output = "joined"): Promise<number[]> {
  const outputs = await session.run({ row: new Int8Array(CHANNELS).fill(value) });
  const rows = outputs[output] as Int8Array;
  return Array.from({ length: rows.length / CHANNELS }, (_, i) => rows[i * CHANNELS] as number);
}

for (const options of WAYS) {
  const way = `${options.target}${options.cpuOnly ? ", on the CPU" : ""}`;

  test(`each run begins with what the last one ended with (${way})`, async () => {
    const session = await streaming(options);
    assert.equal(await feed(session, 1), [FIRST, FIRST, FIRST, FIRST, 1]);
    assert.equal(await feed(session, -2), [FIRST, FIRST, FIRST, 1, -2]);
    assert.equal(await feed(session, 3), [FIRST, FIRST, 1, -2, 3]);
    await session.reset();
    assert.equal(await feed(session, 4), [FIRST, FIRST, FIRST, FIRST, 4]);
    await session.release();
  });

  test(`sessions of one blob keep values of their own (${way})`, async () => {
    const [one, other] = [await streaming(options), await streaming(options)];
    await feed(one, 1);
    assert.equal(await feed(other, 2), [FIRST, FIRST, FIRST, FIRST, 2]);
    assert.equal(await feed(one, 3), [FIRST, FIRST, FIRST, 1, 3]);
    await one.release();
    await other.release();
  });

  test(`a variable that nothing sets up begins with zeros (${way})`, async () => {
    const session = await streaming(options, { withoutInitializer: true });
    assert.equal(await feed(session, 1), [0, 0, 0, 0, 1]);
    await session.release();
  });

  test(`what a run began with can be an output (${way})`, async () => {
    const session = await streaming(options, { showsState: true });
    await feed(session, 1);
    assert.equal(await feed(session, 2, "kept"), [FIRST, FIRST, FIRST, 1]);
    await session.release();
  });
}

test("runs that are queued follow each other, and so does a reset", async () => {
  const session = await streaming({ target: "a311d" });
  const results = [feed(session, 1), feed(session, 2)];
  const done = session.reset();
  results.push(feed(session, 3));
  await done;
  const last = (await Promise.all(results)).map((rows) => rows.slice(ROWS - 1));
  assert.equal(last, [
    [FIRST, 1],
    [1, 2],
    [FIRST, 3],
  ]);
  await session.release();
  try {
    await session.reset();
    assert.unreachable();
  } catch (error) {
    assert.is((error as NolfetError).code, "RELEASED");
  }
});

test("the operators on variables are no part of the blob", async () => {
  const { report } = await compile(streamingModel(), { target: "a311d" });
  assert.equal(
    report.operators.map(({ name }) => name),
    ["CONCATENATION", "STRIDED_SLICE"],
  );
});

test("compare feeds what a run begins with", async () => {
  const { operators, firstOff } = await compareModel(
    streamingModel(),
    { target: "a311d" },
    async () => ({ row: new Int8Array(CHANNELS).fill(7) }),
  );
  assert.is(operators.length, 2);
  assert.is(firstOff, undefined);
});

/** What a blob says of what is kept, made wrong, by what it is refused for. */
const WRONG: Record<string, (editor: BlobEditor, state: State) => void> = {
  "a tensor that is kept between runs below": (editor, state) => {
    editor.view.setUint32(editor.position(state, "State", "output"), 1000, true);
  },
  "to be computed before": (editor, state) => {
    editor.view.setUint32(editor.position(state, "State", "input"), state.output(), true);
  },
  "32 bytes of int8 to keep": (editor, state) => {
    editor.view.setUint32(editor.position(state, "State", "output"), state.input() + 1, true);
  },
  "32 bytes of a first value": (editor, state) => {
    editor.view.setUint32(editor.elements(state, "State", "initial") - 4, 16, true);
  },
};

for (const [reason, edit] of Object.entries(WRONG)) {
  test(`refused: ${reason}`, async () => {
    const editor = new BlobEditor(await compile(streamingModel(), { target: "a311d" }));
    edit(editor, editor.root.states(0) as State);
    try {
      openBlob(editor.sealed());
      assert.unreachable();
    } catch (error) {
      assert.is((error as NolfetError).code, "BAD_BLOB");
      assert.match((error as NolfetError).message, reason);
    }
  });
}

if (hasShared("networks that keep variables")) {
  for (const name of ["cases/stateful_vad_call_once", "zoo/esphome-alexa"]) {
    for (const options of WAYS.slice(0, 2)) {
      test(`${name} runs, and begins anew after a reset (${options.target})`, async () => {
        const blob = await compile(readShared(`${name}.tflite`), { ...options, exposeAll: true });
        const session = await Session.create(blob, { device: "emulator" });
        const [info] = session.inputs;
        const feeds = { [info?.name ?? ""]: new Int8Array(120).map((_, i) => (37 * i) % 256) };
        const first = await session.run(feeds);
        const second = await session.run(feeds);
        assert.not.equal(second, first);
        await session.reset();
        assert.equal(await session.run(feeds), first);
        await session.release();
      });
    }
  }
}

test.run();
