import { readFileSync } from "node:fs";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { VERSION } from "../../assembly/compiler/version.ts";
import { type CompileOptions, compile, findTarget, TARGETS } from "../../host/index.ts";
import { fails } from "./errors.ts";
import { classifierModel } from "./models.ts";

const model = classifierModel();

test("reports what was done", async () => {
  const blob = await compile(model, { target: "a311d" });
  const { report } = blob;
  assert.is(report.compiler, VERSION);
  assert.is(report.target, "vipnano-qi.a311d");
  assert.is(report.memory.fileBytes, blob.length);
  assert.is(report.memory.deviceBytes, report.memory.constantBytes + report.memory.arenaBytes);
  const [convolution, ...others] = report.operators;
  assert.is(convolution?.macs, 8 * 8 * 9 * 8 * 8);
  assert.is(convolution?.weightBytes, 9 * 8 * 8);
  assert.is(convolution?.placement, "NPU");
  assert.ok(convolution?.mark);
  const softmax = others.at(-1);
  assert.is(softmax?.placement, "CPU");
  assert.ok(softmax?.reason);
  assert.ok(report.estimate.milliseconds > report.macs.npu / (8 * 64) / 800_000);
});

test("gives the same bytes again, by name and alias in any case", async () => {
  const blob = await compile(model, { target: "a311d" });
  for (const target of ["A311D", "vim3", "VIPNano-QI.a311d"]) {
    assert.equal(await compile(model, { target }), blob);
  }
  // The report is no part of the bytes.
  assert.equal(Object.keys(blob).includes("report"), false);
});

test("does not keep the model's bytes", async () => {
  const expected = await compile(model, { target: "a311d" });
  const bytes = model.slice();
  const work = compile(bytes, { target: "a311d" });
  bytes.fill(0);
  assert.equal(await work, expected);
});

const REFUSED: [name: string, options: unknown, code: Parameters<typeof fails>[0], text: RegExp][] =
  [
    ["no options", undefined, "BAD_OPTION", /expected an object/],
    ["no target", {}, "BAD_OPTION", /target is undefined; expected the name of a core/],
    [
      "an unknown target",
      { target: "a311" },
      "UNSUPPORTED_TARGET",
      /^no target "a311"; expected one such as a311d, /,
    ],
    ["another driver", { target: "a311d", compat: "vsi" }, "BAD_OPTION", /expected "mesa"/],
    [
      "contradicting options",
      { target: "a311d", strict: true, allowUnproven: true },
      "BAD_OPTION",
      /both strict and allowUnproven/,
    ],
  ];

for (const [name, options, code, text] of REFUSED) {
  test(`refuses ${name}`, async () => {
    const error = await fails(code, () => compile(model, options as CompileOptions));
    assert.match(error.message, text);
  });
}

test("refuses what is no model", async () => {
  await fails("TRUNCATED", () => compile(new Uint8Array(), { target: "a311d" }));
  await fails("NOT_A_MODEL", () => compile(new Uint8Array(64), { target: "a311d" }));
  await fails("BAD_INPUT", () => compile("model" as unknown as Uint8Array, { target: "a311d" }));
});

test("every core is a target by its name and aliases", () => {
  const names = TARGETS.flatMap(({ name, aliases }) => [name, ...aliases]);
  assert.is(new Set(names).size, names.length);
  for (const target of TARGETS) {
    assert.is(findTarget(target.name.toUpperCase()), target);
    for (const alias of target.aliases) assert.is(findTarget(alias), target);
  }
});

test("the version is the package's", () => {
  const file = new URL("../../package.json", import.meta.url);
  assert.is(JSON.parse(readFileSync(file, "utf8")).version, VERSION);
});

test.run();
