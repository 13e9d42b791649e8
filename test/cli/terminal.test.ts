import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { compile } from "../../host/index.ts";
import { classifierModel, pixels } from "../host/models.ts";
import { nolfet, temporaryFolder } from "./nolfet.ts";

// Names from a model, a blob, a list of labels or a folder reach a terminal as text, whatever
// they hold: the characters that would steer it are escaped, and a name stays in its line.

/** What an input, an output and a custom operator are named here; as long as their own names. */
const NAMES = [
  ["pixels", "\u001b[2Jx\n"],
  ["probabilities", "p\u009b31m\u202ero\rx"],
  ["FancyPool", "F\u001b[31mo\nl"],
] as const;
/** A refused operator's name is quoted by the compiler, with a mark for what cannot be printed. */
const SHOWN = ["\\u001b[2Jx\\u000a", "p\\u009b31m\\u202ero\\u000dx", "F?[31mo?l"];
const [INPUT, OUTPUT, OPERATOR] = SHOWN as [string, string, string];

const { folder, remove } = temporaryFolder();
const model = renamed(classifierModel());
const FILE = "m\u001b[5m\n.nolf";
writeFileSync(join(folder, "model.tflite"), model);
writeFileSync(join(folder, "custom.tflite"), renamed(classifierModel({ pool: "FancyPool" })));
writeFileSync(join(folder, FILE), await compile(model, { target: "a311d" }));
writeFileSync(join(folder, "pixels.bin"), pixels(1));
writeFileSync(join(folder, "short.bin"), "short");
const label = (i: number) => `\u001b]0;title\u0007${i}\u009b\u2066`;
writeFileSync(join(folder, "labels.txt"), Array.from({ length: 8 }, (_, i) => label(i)).join("\n"));

const TARGET = ["-t", "a311d"];
const CASES: [what: string, args: string[], shown: string][] = [
  ["check", ["check", "custom.tflite", ...TARGET], OPERATOR],
  ["compile", ["compile", "custom.tflite", ...TARGET, "-o", FILE.replace("m", "c")], OPERATOR],
  ["a written file", ["compile", "model.tflite", ...TARGET, "-o", FILE], "m\\u001b[5m\\u000a.nolf"],
  ["report", ["report", "model.tflite", ...TARGET, "-o", `${FILE}.html`], "\\u001b[5m\\u000a.nolf"],
  ["inspect", ["inspect", FILE], INPUT],
  ["inspect --disassemble", ["inspect", FILE, "--disassemble"], OUTPUT],
  [
    "run with labels",
    ["run", FILE, "--input", "pixels.bin", "--labels", "labels.txt"],
    "\\u001b]0;",
  ],
  ["compare", ["compare", "model.tflite", ...TARGET], "CONV_2D"],
  ["an error about a tensor", ["run", FILE, "--input", "short.bin"], "u001b[2Jx"],
  ["an error about an operator", ["run", "custom.tflite", "--input", "pixels.bin"], OPERATOR],
  ["an error about a file", ["inspect", "none\u001b[1m\u0085"], "none\\u001b[1m\\u0085"],
  ["wrong usage", ["inspect", "--\u001b[1m\u009b"], "--\\u001b[1m\\u009b"],
  ["a document", ["inspect", FILE, "--json"], "p\\u009b31m\\u202ero\\rx"],
  ["the document of an error", ["inspect", "none\u009b", "--json"], "none\\u009b"],
];

for (const [what, args, shown] of CASES) {
  test(`escapes what would steer the terminal: ${what}`, async () => {
    const { stdout, stderr } = await nolfet(args, folder);
    for (const text of [stdout, stderr]) {
      const steering = [...text].filter((c) => c !== "\n" && /[\p{Cc}\p{Bidi_C}]/u.test(c));
      assert.equal(steering, []);
      // No name has broken its line.
      assert.not.match(text, /^(x|l|\.nolf)\b/m);
    }
    assert.ok(`${stdout}${stderr}`.includes(shown), `${stdout}${stderr}`);
  });
}

test("a document holds the names themselves", async () => {
  const { stdout } = await nolfet(["inspect", FILE, "--json"], folder);
  const { inputs, outputs } = JSON.parse(stdout);
  assert.is(inputs[0].name, NAMES[0][1]);
  assert.is(outputs[0].name, NAMES[1][1]);
});

test("a table of layers has each operator in its line", async () => {
  const command = ["report", "model.tflite", ...TARGET, "--csv", "-o", "layers.csv"];
  assert.is((await nolfet(command, folder)).code, 0);
  const [, ...lines] = readFileSync(join(folder, "layers.csv"), "utf8").trimEnd().split(/\r?\n/);
  assert.ok(lines.length > 1);
  for (const [i, line] of lines.entries()) assert.match(line, new RegExp(`^${i},[A-Z0-9_]+,`));
});

function renamed(bytes: Uint8Array): Uint8Array {
  let text = Buffer.from(bytes).toString("latin1");
  for (const [name, hostile] of NAMES) {
    const replacement = Buffer.from(hostile).toString("latin1");
    assert.is(replacement.length, name.length);
    text = text.replaceAll(name, replacement);
  }
  return new Uint8Array(Buffer.from(text, "latin1"));
}

test.after(remove);
test.run();
