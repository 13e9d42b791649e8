import { readdirSync, readFileSync } from "node:fs";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { CORES } from "../../assembly/targets/cores.ts";

const FOLDERS = ["assembly/compiler/generations", "assembly/emulator/nn/generations"];

/** A comparison of an architecture's number, which belongs to a generation's file alone. */
const COMPARISON = /architecture\s*(?:[=!]=|[<>])|[=<>]\s*\w*\.?architecture\b(?!\w)/;

test("compiler and emulator know the generation of every core, each in a file of its own", () => {
  const architectures = [...new Set(CORES.map((core) => core.architecture))];
  for (const folder of FOLDERS) {
    const list = readFileSync(`${folder}/generations.ts`, "utf8");
    for (const version of architectures) {
      assert.ok(readdirSync(folder).includes(`v${version}.ts`), `${folder}/v${version}.ts`);
      assert.ok(list.includes(`new V${version}()`), `V${version} in ${folder}/generations.ts`);
    }
  }
});

test("nothing else asks which architecture a core has", () => {
  const asking = ["assembly/compiler", "assembly/emulator"].flatMap((folder) =>
    readdirSync(folder, { recursive: true, encoding: "utf8" })
      .map((name) => `${folder}/${name}`)
      .filter((file) => file.endsWith(".ts") && !FOLDERS.some((own) => file.startsWith(own)))
      .filter((file) => COMPARISON.test(readFileSync(file, "utf8"))),
  );
  // A field's known values are a table by architecture.
  assert.equal(asking, ["assembly/emulator/layout.ts"]);
  assert.ok(COMPARISON.test("if (core.architecture >= 8) {"));
});

test.run();
