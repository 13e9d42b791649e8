import { test } from "uvu";
import * as assert from "uvu/assert";
import { compile, openBlob, Session, type TypedArray } from "../../host/index.ts";
import { BlobEditor, seal } from "./blob-editor.ts";
import { fails } from "./errors.ts";
import { classifierModel, pixels } from "./models.ts";

const blob = await compile(classifierModel(), { target: "a311d" });
const otherBlob = await compile(classifierModel({ seed: 9 }), { target: "a311d" });

async function probabilities(session: Session, seed: number): Promise<TypedArray | undefined> {
  const outputs = await session.run({ pixels: pixels(seed) });
  return outputs.probabilities;
}

test("tells inputs, outputs and device", async () => {
  const session = await Session.create(blob);
  assert.equal(session.inputs, [
    {
      name: "pixels",
      shape: [1, 8, 8, 8],
      dtype: "uint8",
      quantization: { scale: 1 / 128, zeroPoint: 128 },
    },
  ]);
  assert.equal(session.outputs, [
    {
      name: "probabilities",
      shape: [1, 8],
      dtype: "uint8",
      quantization: { scale: 1 / 256, zeroPoint: 0 },
    },
  ]);
  assert.is(session.device.name, "emulator");
  assert.match(session.device.reason, /no device/);
  assert.is(session.report.operators.length, 4);
});

test("runs: probabilities that add up to one", async () => {
  const session = await Session.create(blob, { device: "emulator" });
  const values = await probabilities(session, 5);
  assert.instance(values, Uint8Array);
  const sum = [...(values as Uint8Array)].reduce((a, b) => a + b);
  assert.ok(Math.abs(sum - 256) <= 4, `${sum}`);
});

test("a run does not depend on the runs before", async () => {
  const used = await Session.create(blob);
  const first = await probabilities(used, 1);
  await probabilities(used, 2);
  assert.equal(await probabilities(used, 1), first);
  assert.equal(await probabilities(await Session.create(blob), 1), first);
});

test("outputs belong to the caller", async () => {
  const session = await Session.create(blob);
  const first = (await probabilities(session, 1)) as Uint8Array;
  const copy = first.slice();
  await probabilities(session, 2);
  assert.equal(first, copy);
  first.fill(77);
  assert.equal(await probabilities(session, 1), copy);
});

test("a run takes what its feeds hold when it is called", async () => {
  const session = await Session.create(blob);
  const expected = [await probabilities(session, 1), await probabilities(session, 2)];
  const values = pixels(1);
  const first = session.run({ pixels: values });
  values.set(pixels(2));
  const second = session.run({ pixels: values });
  values.fill(0);
  assert.equal([(await first).probabilities, (await second).probabilities], expected);
});

test("a session keeps what it was created from, whatever becomes of the bytes", async () => {
  const expected = await probabilities(await Session.create(blob), 1);
  const bytes = blob.slice();
  const creation = Session.create(bytes);
  bytes.fill(0);
  const session = await creation;
  assert.equal(await probabilities(session, 1), expected);
});

test("bytes that threads share, or that lie anywhere in a Buffer, do as well", async () => {
  const shared = new Uint8Array(new SharedArrayBuffer(blob.length));
  shared.set(blob);
  const buffer = Buffer.alloc(blob.length + 1).subarray(1);
  buffer.set(blob);
  const values = new Uint8Array(new SharedArrayBuffer(512));
  values.set(pixels(1));
  const expected = await probabilities(await Session.create(blob), 1);
  for (const bytes of [shared, buffer]) {
    assert.equal(openBlob(bytes).outputs, openBlob(blob).outputs);
    const session = await Session.create(bytes);
    assert.equal((await session.run({ pixels: values })).probabilities, expected);
  }
});

test("sessions do not know of each other, and runs wait for each other", async () => {
  const [one, other] = await Promise.all([Session.create(blob), Session.create(otherBlob)]);
  const alone = await probabilities(await Session.create(blob), 3);
  const otherAlone = await probabilities(await Session.create(otherBlob), 4);
  assert.not.equal(alone, otherAlone);
  const results = await Promise.all([
    probabilities(one, 3),
    probabilities(other, 4),
    probabilities(one, 8),
    probabilities(one, 3),
  ]);
  assert.equal(results[0], alone);
  assert.equal(results[1], otherAlone);
  assert.equal(results[3], alone);
});

test("int8 is the same network shifted by 128", async () => {
  const int8 = await compile(classifierModel({ dtype: "int8" }), { target: "a311d" });
  assert.is(int8.report.operators[0]?.placement, "NPU");
  const session = await Session.create(int8);
  const shifted = Int8Array.from(pixels(6), (byte) => byte - 128);
  const { probabilities: found } = await session.run({ pixels: shifted });
  const expected = (await probabilities(await Session.create(blob), 6)) as Uint8Array;
  assert.equal(
    Uint8Array.from(found as Int8Array, (value) => value + 128),
    expected,
  );
});

test("release ends a session after the runs under way, and once is enough", async () => {
  const session = await Session.create(blob);
  const expected = await probabilities(session, 1);
  const running = probabilities(session, 1);
  await session.release();
  assert.equal(await running, expected);
  await fails("RELEASED", () => session.run({ pixels: pixels(1) }));
  await session.release();
});

const FEEDS: [name: string, feeds: unknown, message: RegExp][] = [
  ["nothing", undefined, /an input "pixels" .*found none/],
  ["null", null, /an input "pixels"/],
  ["no inputs", {}, /an input "pixels" \(the model has "pixels"\), found none/],
  ["another name", { image: pixels(1) }, /an input "pixels" .*found "image"/],
  ["one input too many", { pixels: pixels(1), image: pixels(1) }, /only the model's inputs/],
  ["another type", { pixels: new Int8Array(512) }, /512 values of Uint8Array .* found Int8Array/],
  ["no array", { pixels: 5 }, /512 values of Uint8Array for "pixels", found Number/],
  ["an inherited name", { __proto__: { pixels: pixels(1) } }, /an input "pixels"/],
  ["another length", { pixels: new Uint8Array(511) }, /512 values .*, found 511/],
];

for (const [name, feeds, message] of FEEDS) {
  test(`refuses to run on ${name}`, async () => {
    const session = await Session.create(blob);
    const error = await fails("BAD_INPUT", () => session.run(feeds as Record<string, TypedArray>));
    assert.match(error.message, message);
  });
}

test("refuses unknown devices and what is no blob", async () => {
  await fails("NO_DEVICE", () => Session.create(blob, { device: "gpu" as "auto" }));
  await fails("BAD_INPUT", () => Session.create("blob" as unknown as Uint8Array));
  await fails("BAD_BLOB", () => Session.create(new Uint8Array()));
});

test("a stream that is not understood is refused when the session is created", async () => {
  const editor = new BlobEditor(blob);
  const segment = editor.root.segments(0);
  if (!segment) throw new Error("no segment");
  // The first word that is no padding becomes an END packet.
  const words = editor.elements(segment, "Segment", "stream");
  editor.view.setUint32(words + 4 * 8, 2 << 27, true);
  const error = await fails("BAD_STREAM", () => Session.create(editor.sealed()));
  assert.equal(error.location, { kind: "STREAM_WORD", at: 8 });
});

test("what fails in a run is a typed error, and the session lives on", async () => {
  const { bytes } = new BlobEditor(await compile(classifierModel(), { target: "imx8mp" }));
  const { constants, segments } = openBlob(bytes);
  const job = segments[0]?.jobs.find(({ coefficientBytes }) => coefficientBytes > 0);
  if (!job) throw new Error("no coefficients");
  // Weights of the first core, which move no address, become others with codes of other lengths.
  constants.fill(0xff, job.coefficients + 72, job.coefficients + 80);
  const session = await Session.create(seal(bytes));
  const error = await fails("BAD_COEFFICIENTS", () => probabilities(session, 1));
  assert.equal(error.location, { kind: "JOB", at: segments[0]?.jobs.indexOf(job) });
  await fails("BAD_COEFFICIENTS", () => probabilities(session, 1));
  await session.release();
});

test("gives each input and output a name of its own", async () => {
  const editor = new BlobEditor(blob);
  for (const index of [editor.root.inputs(0), editor.root.outputs(0)]) {
    const tensor = editor.root.tensors(index as number);
    if (!tensor) throw new Error("no tensor");
    // An empty string: its length is the word before its bytes.
    const string = editor.elements(tensor, "Tensor", "name");
    editor.view.setUint32(string - 4, 0, true);
    editor.view.setUint8(string, 0);
  }
  const session = await Session.create(editor.sealed());
  assert.is(session.inputs[0]?.name, "input0");
  assert.is(session.outputs[0]?.name, "output0");
  const { output0 } = await session.run({ input0: pixels(1) });
  assert.equal(output0, await probabilities(await Session.create(blob), 1));
});

test.run();
