import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { TARGETS } from "../../host/index.ts";
import { classifierModel } from "../host/models.ts";
import { ROOT } from "../package/documents.ts";
import { nolfet, temporaryFolder } from "./nolfet.ts";

const { folder, remove } = temporaryFolder();
writeFileSync(join(folder, "model.tflite"), classifierModel());

async function report(...options: string[]) {
  const result = await nolfet(["report", "model.tflite", "-t", "a311d", ...options], folder);
  assert.is(result.stderr, "");
  assert.is(result.code, 0);
  return result.stdout;
}

/** What the page has in itself. */
function documentOf(page: string) {
  const [, text = ""] = page.match(/id="document">(.*)<\/script>/) ?? [];
  return JSON.parse(text);
}

test("writes the page under the model's name, with the document in it", async () => {
  assert.match(await report(), /^written +model\.html \(\d+\.\d kB\)\n$/);
  const page = readFileSync(join(folder, "model.html"), "utf8");
  const { name, explanation } = documentOf(page);
  assert.is(name, "model.tflite");
  assert.equal(explanation, JSON.parse(await report("--json")));
  assert.is(explanation.cores.length, TARGETS.length);
  // Nothing is fetched from anywhere.
  assert.not.match(page, /<link|<script src|@import|url\(/);
});

test("prints a document alone, unless a file is named, too", async () => {
  mkdirSync(join(folder, "here"));
  await nolfet(["report", "../model.tflite", "-t", "a311d", "--json"], join(folder, "here"));
  assert.not(existsSync(join(folder, "here/model.html")));
  const { target } = JSON.parse(await report("--json", "--csv", "-o", "named.csv"));
  assert.is(target, "vipnano-qi.a311d");
  assert.match(readFileSync(join(folder, "named.csv"), "utf8"), /^index,operator,/);
});

test("writes the layers as comma-separated values", async () => {
  await report("--csv");
  const lines = readFileSync(join(folder, "model.csv"), "utf8").trimEnd().split("\r\n");
  const { operators } = JSON.parse(await report("--json"));
  assert.is(lines.length, operators.length + 1);
  for (const { index, name } of operators)
    assert.match(lines[index + 1] ?? "", `${index},${name},`);
});

test("tells the groups of channels, residuals and errors, where there are any", async () => {
  const model = join(ROOT, "models/digits/digits_int8.tflite");
  const args = ["report", model, "-t", "a311d", "-o", "digits.csv"];
  const { operators, channels } = JSON.parse(
    (await nolfet([...args, "--csv", "--json"], folder)).stdout,
  );
  const [head = "", ...rows] = readFileSync(join(folder, "digits.csv"), "utf8").split("\r\n");
  const cells = (name: string) => rows.map((row) => row.split(",")[head.split(",").indexOf(name)]);
  assert.ok(channels.groups > channels.layers);
  assert.ok(channels.residuals > 0 && channels.residuals < channels.layers);
  for (const { index, groups = "", inputCopies = "", error = "" } of operators) {
    assert.is(cells("channel_groups")[index], `${groups}`);
    assert.is(cells("channel_input_copies")[index], `${inputCopies}`);
    assert.is(cells("channel_error")[index], `${error}`);
  }
});

test("compiles other cores with the same options", async () => {
  const { cores } = JSON.parse(await report("--json", "--allow-unproven"));
  for (const { result } of cores) assert.ok(result);
});

test("does not write over the model", async () => {
  const same = ["report", "model.tflite", "-t", "a311d", "-o", "./model.tflite"];
  const { code, stderr } = await nolfet(same, folder);
  assert.is(code, 2);
  assert.match(stderr, "expected an output other than what is read");
});

test.after(remove);
test.run();
