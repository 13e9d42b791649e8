import { readdirSync, readFileSync } from "node:fs";
import { basename } from "node:path";
import { test } from "uvu";
import * as assert from "uvu/assert";

// Names of the code are the field's, and no two things share one.

/** Words that once stood for buffer assignment, coalescing, residual weights and others. */
const PRIVATE = [
  ...["homes", "claims", "halves", "lead", "idle", "activity", "workshop"],
  ...["readings", "remainder", "arrangement", "movejob", "stretch"],
];
/** Names that several things had. */
const ONCE = ["Axis", "Image"];

const FOLDERS = ["assembly", "host", "web"];
const files = FOLDERS.flatMap((folder) =>
  readdirSync(folder, { recursive: true, encoding: "utf8" })
    .filter((name) => name.endsWith(".ts"))
    .map((name) => `${folder}/${name}`),
);
const declarations = files.flatMap((file) =>
  [...readFileSync(file, "utf8").matchAll(/^(?:export )?(?:abstract )?(?:class|enum) (\w+)/gm)].map(
    ([, name]) => ({ file, name: name as string }),
  ),
);

test("no file or class has a private word for its name", () => {
  const bare = (name: string) => name.toLowerCase().replace(/[-_]/g, "");
  const found = [
    ...files.filter((file) => PRIVATE.includes(bare(basename(file, ".ts")))),
    ...declarations.map(({ name }) => name).filter((name) => PRIVATE.includes(bare(name))),
  ];
  assert.equal(found, []);
});

test("the schema has no private words", () => {
  const schema = readFileSync("host/blob/nolf.fbs", "utf8");
  const names = [...schema.matchAll(/^\s*(\w+):/gm)].map(([, name]) => name as string);
  assert.ok(names.includes("input_copies"));
  assert.equal(
    names.filter((name) => PRIVATE.includes(name)),
    [],
  );
});

test("names that meant several things mean one", () => {
  for (const name of ONCE) {
    const classes = declarations.filter((one) => one.name === name);
    assert.ok(classes.length <= 1, `${classes.map(({ file }) => file)} declare ${name}`);
  }
  const roundings = files.filter((file) => basename(file) === "rounding.ts");
  assert.ok(roundings.length <= 1, `${roundings}`);
});

test("no folder of the compiler holds 30 % of its lines", () => {
  const lines = new Map<string, number>();
  for (const file of files.filter((name) => name.startsWith("assembly/compiler/"))) {
    const folder = file.split("/").slice(2, -1)[0] ?? ".";
    const count = readFileSync(file, "utf8").split("\n").length;
    lines.set(folder, (lines.get(folder) ?? 0) + count);
  }
  const all = [...lines.values()].reduce((a, b) => a + b, 0);
  for (const [folder, count] of lines) {
    assert.ok(count < 0.3 * all, `${folder}: ${((100 * count) / all).toFixed(1)} %`);
  }
});

test.run();
