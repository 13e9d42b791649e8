import { readdirSync, readFileSync } from "node:fs";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { CORES, NETWORK_CORES } from "../../assembly/targets/cores.ts";
import { generationOf } from "../../host/generations.ts";

/** Where each generation is a file. */
const FOLDERS = ["assembly/compiler/generations", "assembly/emulator/nn/generations"];

/** What may ask for an architecture: these, and the tables of the host and of the C library. */
const TABLES = [
  ...FOLDERS,
  "assembly/emulator/layout.ts", // a field's known values, by architecture
  "host/generations.ts",
  "shim/c/verify/generation.cc",
];

/** A comparison of an architecture's number with another, or an index by it. */
const COMPARISON =
  /\barchitecture\s*(?:[=!]=|[<>])|[=<>]\s*\w*(?:\.|->)?architecture\b(?!\w)|\[\w*\.?architecture\]/;

const versions = [...new Set([...CORES, ...NETWORK_CORES].map((core) => core.architecture))];

test("compiler and emulator know the generation of every core, each in a file of its own", () => {
  for (const folder of FOLDERS) {
    const list = readFileSync(`${folder}/generations.ts`, "utf8");
    for (const version of versions) {
      assert.ok(readdirSync(folder).includes(`v${version}.ts`), `${folder}/v${version}.ts`);
      assert.ok(list.includes(`new V${version}()`), `V${version} in ${folder}/generations.ts`);
    }
  }
});

test("the host knows the generation of every core", () => {
  for (const core of [...CORES, ...NETWORK_CORES]) assert.ok(generationOf(core), core.name);
});

test("nothing else asks which architecture a core has", () => {
  const asking = ["assembly", "host", "shim", "web"].flatMap((folder) =>
    readdirSync(folder, { recursive: true, encoding: "utf8" })
      .map((name) => `${folder}/${name}`)
      .filter((file) => /\.(?:tsx?|cc|h|c)$/.test(file) && !file.includes(".generated."))
      .filter((file) => !TABLES.some((own) => file.startsWith(own)))
      .filter((file) => COMPARISON.test(readFileSync(file, "utf8"))),
  );
  // It compares a file's core with the core of that name.
  assert.equal(asking, ["shim/c/blob.cc"]);
  for (const question of [
    "if (core.architecture >= 8) {",
    "both = core.architecture == 8 && x",
    "if (8 == core->architecture) {",
    "TABLE[core.architecture]",
  ]) {
    assert.ok(COMPARISON.test(question), question);
  }
});

test.run();
