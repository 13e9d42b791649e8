import { test } from "uvu";
import * as assert from "uvu/assert";
import { relocatedFrom } from "../../host/devices/relocate.ts";
import { typed } from "../../host/errors.ts";
import * as nolfet from "../../host/index.ts";
import { fails } from "./errors.ts";
import { classifierModel, perChannelModel, pixels } from "./models.ts";

// What every public function says to arguments that are wrong: call → code and sentence.

const model = classifierModel();
const blob = await nolfet.compile(model, { target: "a311d" });
const session = await nolfet.Session.create(blob, { device: "emulator" });
const [image] = session.inputs as [nolfet.TensorInfo];
const picture = { ...image, shape: [1, 8, 8, 3] };
const opened = nolfet.openBlob(blob);
const otherStatistics = Uint8Array.of(99, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0);

// Arguments of any type are the point.
// biome-ignore lint/suspicious/noExplicitAny: see above
const anything = nolfet as any;
const { compile, compareModel, calibrate, coreView, explain, findTarget } = anything;
const { Session, listDevices, openBlob, pixelMapping, topScores, toCsv, dequantize } = anything;
const run: (...args: unknown[]) => unknown = session.run.bind(session) as never;
const on = (options: object) => compile(model, { target: "a311d", ...options });
const withStatistics = (options: object) =>
  compile(perChannelModel(), { target: "a311d", statistics: otherStatistics, ...options });
const feeds = { pixels: pixels(1) };

type Case = [call: string, work: () => unknown, code: nolfet.ErrorCode, sentence: string];

const CASES: Case[] = [
  [
    "compile(text)",
    () => compile("m", { target: "a311d" }),
    "BAD_INPUT",
    'expected the model as Uint8Array, found "m"',
  ],
  [
    "compile(nothing)",
    () => compile(),
    "BAD_INPUT",
    "expected the model as Uint8Array, found undefined",
  ],
  [
    "compile(ArrayBuffer)",
    () => compile(model.buffer, {}),
    "BAD_INPUT",
    "expected the model as Uint8Array, found ArrayBuffer",
  ],
  [
    "compile without options",
    () => compile(model),
    "BAD_OPTION",
    "the options are undefined; expected an object",
  ],
  [
    "compile with null",
    () => compile(model, null),
    "BAD_OPTION",
    "the options are null; expected an object",
  ],
  [
    "compile with a name alone",
    () => compile(model, "a311d"),
    "BAD_OPTION",
    'the options are "a311d"; expected an object',
  ],
  [
    "compile without target",
    () => compile(model, {}),
    "BAD_OPTION",
    "the target is undefined; expected the name of a core",
  ],
  [
    "a target that is a number",
    () => on({ target: 5 }),
    "BAD_OPTION",
    "target is 5; expected the name of a core",
  ],
  [
    "a target without a name",
    () => on({ target: "" }),
    "BAD_OPTION",
    'target is ""; expected the name of a core',
  ],
  [
    "an unknown target",
    () => on({ target: "a311" }),
    "UNSUPPORTED_TARGET",
    'no target "a311"; expected one such as a311d, ',
  ],
  [
    "a misspelt option",
    () => on({ stopat: "x" }),
    "BAD_OPTION",
    'no option "stopat"; expected stopAt, ',
  ],
  ["a strange option", () => on({ fast: true }), "BAD_OPTION", 'no option "fast"; expected '],
  ["another driver", () => on({ compat: "vsi" }), "BAD_OPTION", 'compat is "vsi"; expected "mesa"'],
  [
    "a flag in words",
    () => on({ strict: "no" }),
    "BAD_OPTION",
    'strict is "no"; expected true or false',
  ],
  [
    "a flag as a number",
    () => on({ allowUnproven: 1 }),
    "BAD_OPTION",
    "allowUnproven is 1; expected true or false",
  ],
  [
    "contradicting flags",
    () => on({ strict: true, allowUnproven: true }),
    "BAD_OPTION",
    "both strict and allowUnproven; expected one of them at most",
  ],
  [
    "no tensor to stop at",
    () => on({ stopAt: "" }),
    "BAD_OPTION",
    'stopAt is ""; expected the name of a tensor',
  ],
  [
    "an unknown tensor to stop at",
    () => on({ stopAt: "feature" }),
    "BAD_OPTION",
    'stopAt is "feature"; expected a computed tensor such as features',
  ],
  [
    "jobs in words",
    () => on({ jobBudget: "8" }),
    "BAD_OPTION",
    'jobBudget is "8"; expected a whole number of jobs from 1 to 1000000',
  ],
  [
    "statistics as a list",
    () => on({ statistics: [1] }),
    "BAD_OPTION",
    "statistics is Array; expected a Uint8Array",
  ],
  [
    "statistics of another model",
    () => withStatistics({}),
    "BAD_OPTION",
    "statistics of another model at byte 0; expected statistics of this model's tensors",
  ],
  [
    "the same, with a tensor to stop at",
    () => withStatistics({ stopAt: "output" }),
    "BAD_OPTION",
    "statistics of another model at byte 0; ",
  ],

  [
    "create(text)",
    () => Session.create("b"),
    "BAD_INPUT",
    'expected the blob as Uint8Array, found "b"',
  ],
  [
    "create(nothing)",
    () => Session.create(),
    "BAD_INPUT",
    "expected the blob as Uint8Array, found undefined",
  ],
  [
    "create with null",
    () => Session.create(blob, null),
    "BAD_OPTION",
    "the options are null; expected an object",
  ],
  [
    "a timeout in words",
    () => Session.create(blob, { timeout: "5" }),
    "BAD_OPTION",
    'timeout is "5"; expected milliseconds above 0, up to 2147483647',
  ],
  [
    "a timeout of 0",
    () => Session.create(blob, { timeout: 0 }),
    "BAD_OPTION",
    "timeout is 0; expected milliseconds above 0",
  ],
  [
    "a timeout that is no number",
    () => Session.create(blob, { timeout: Number.NaN }),
    "BAD_OPTION",
    "timeout is NaN; expected milliseconds above 0",
  ],
  [
    "a timeout without end",
    () => Session.create(blob, { timeout: 2 ** 31 }),
    "BAD_OPTION",
    "timeout is 2147483648; expected milliseconds above 0",
  ],
  [
    "a device by number",
    () => Session.create(blob, { device: 128 }),
    "BAD_OPTION",
    "device is 128; expected auto, emulator, or a path such as /dev/dri/renderD128",
  ],
  [
    "a device without name",
    () => Session.create(blob, { device: "" }),
    "BAD_OPTION",
    'device is ""; expected auto, emulator, ',
  ],
  [
    "an unknown device",
    () => Session.create(blob, { device: "npu0" }),
    "NO_DEVICE",
    'found "npu0"',
  ],
  [
    "an unknown session option",
    () => Session.create(blob, { timout: 5 }),
    "BAD_OPTION",
    'no option "timout"; expected timeout',
  ],

  [
    "run(nothing)",
    () => run(),
    "BAD_INPUT",
    'expected an input "pixels" (the model has "pixels"), found none',
  ],
  ["run with a number", () => run(feeds, 1), "BAD_OPTION", "the options are 1; expected an object"],
  [
    "run with null",
    () => run(feeds, null),
    "BAD_OPTION",
    "the options are null; expected an object",
  ],
  [
    "run with a flag in words",
    () => run(feeds, { copyOutputs: "yes" }),
    "BAD_OPTION",
    'copyOutputs is "yes"; expected true or false',
  ],
  [
    "run with an unknown option",
    () => run(feeds, { copyOutput: false }),
    "BAD_OPTION",
    'no option "copyOutput"; expected copyOutputs',
  ],

  [
    "openBlob(text)",
    () => openBlob("b"),
    "BAD_INPUT",
    'expected the blob as Uint8Array, found "b"',
  ],
  [
    "openBlob(null)",
    () => openBlob(null),
    "BAD_INPUT",
    "expected the blob as Uint8Array, found null",
  ],
  [
    "openBlob of nothing",
    () => openBlob(new Uint8Array()),
    "BAD_BLOB",
    "the root offset and the identifier inside 0 bytes",
  ],
  [
    "listDevices(text)",
    () => listDevices("b"),
    "BAD_INPUT",
    'expected the blob as Uint8Array, found "b"',
  ],
  [
    "findTarget(nothing)",
    () => findTarget(),
    "BAD_OPTION",
    "the target is undefined; expected the name of a core",
  ],
  [
    "findTarget with a long name",
    () => findTarget("x".repeat(99)),
    "UNSUPPORTED_TARGET",
    `no target "${"x".repeat(40)}…"; expected one such as `,
  ],

  [
    "calibrate(text)",
    () => calibrate("m", () => []),
    "BAD_INPUT",
    'expected the model as Uint8Array, found "m"',
  ],
  [
    "calibrate without a function",
    () => calibrate(model, [feeds]),
    "BAD_INPUT",
    "expected a function that gives the values of inputs, found Array",
  ],
  [
    "calibrate by no list",
    () => calibrate(model, () => 5),
    "BAD_INPUT",
    "expected a list, or a generator, of the values of inputs, found 5",
  ],
  [
    "calibrate by nothing",
    () => calibrate(model, () => []),
    "BAD_INPUT",
    "expected inputs to calibrate by, found none",
  ],
  [
    "compareModel(nothing)",
    () => compareModel(),
    "BAD_INPUT",
    "expected the model as Uint8Array, found undefined",
  ],
  [
    "compareModel without feeds",
    () => compareModel(model, { target: "a311d" }),
    "BAD_INPUT",
    "expected a function that gives the values of inputs, found undefined",
  ],
  [
    "compareModel with a misspelt option",
    () => compareModel(model, { traget: "a311d" }, () => feeds),
    "BAD_OPTION",
    'no option "traget"; expected target',
  ],
  [
    "coreView of a name",
    () => coreView(model, "a311d"),
    "BAD_INPUT",
    'expected one of TARGETS, found "a311d"',
  ],
  [
    "explain of a file",
    () => explain(blob, blob.length),
    "BAD_INPUT",
    "expected a blob that `openBlob` gave, found Uint8Array",
  ],
  [
    "explain without its size",
    () => explain(opened),
    "BAD_INPUT",
    "expected the size of the blob's file, found undefined",
  ],
  ["toCsv(nothing)", () => toCsv(), "BAD_INPUT", "expected what `explain` gave, found undefined"],

  [
    "pixels with a number for means",
    () => pixelMapping(picture, { mean: 5 }),
    "BAD_OPTION",
    "mean is 5; expected an array of numbers",
  ],
  [
    "pixels with too few means",
    () => pixelMapping(picture, { mean: [1, 2] }),
    "BAD_OPTION",
    "the mean is 1,2; expected one number, or 3 of them",
  ],
  [
    "pixels with a deviation of 0",
    () => pixelMapping(picture, { std: [0] }),
    "BAD_OPTION",
    "a deviation of 0; expected another one",
  ],
  [
    "pixels with an unknown option",
    () => pixelMapping(picture, { means: [1] }),
    "BAD_OPTION",
    'no option "means"; expected mean',
  ],
  [
    "scores of nothing",
    () => topScores(),
    "BAD_INPUT",
    "expected a tensor's values, found undefined",
  ],
  [
    "real values without an info",
    () => dequantize(pixels(1)),
    "BAD_INPUT",
    "expected the tensor's info, found undefined",
  ],

  [
    "relocation beyond 4 GiB",
    () => relocatedFrom(opened, 2 ** 32 - 4096),
    "DEVICE_MEMORY",
    "bytes from 0xfffff000 on, found the end of the address space",
  ],
];

for (const [call, work, code, sentence] of CASES) {
  test(call, async () => {
    const { message } = await fails(code, work);
    assert.ok(message.includes(sentence), `${message}\nlacks: ${sentence}`);
  });
}

test("options that are undefined are left out", async () => {
  assert.equal(
    await compile(model, { target: "a311d", stopAt: undefined, strict: undefined }),
    blob,
  );
  await (await Session.create(blob, { device: "emulator", timeout: undefined })).release();
});

test("a blob may end with the address space", async () => {
  const bytes =
    4096 * Math.ceil(opened.constants.length / 4096) + 4096 * Math.ceil(opened.arenaBytes / 4096);
  const { arenaAddress, arenaBytes } = relocatedFrom(opened, 2 ** 32 - bytes);
  assert.is(arenaAddress + 4096 * Math.ceil(arenaBytes / 4096), 2 ** 32);
});

const SYSTEM: [code: string, message: RegExp][] = [
  ["ENOENT", /^no such file: \/x; expected /],
  ["EACCES", /^no permission: \/x; expected /],
  ["EISDIR", /^a folder, not a file: \/x; expected /],
  ["ENOSPC", /^no space left: \/x; expected /],
  ["EWHATEVER", /^what the system says: \/x; expected /],
];

for (const [code, message] of SYSTEM) {
  test(`${code} is no fault of nolfet`, () => {
    const thrown = Object.assign(new Error("what the system says"), {
      code,
      syscall: "open",
      path: "/x",
    });
    const error = typed(thrown);
    assert.is(error.code, "FILE");
    assert.match(error.message, message);
  });
}

test.run();
