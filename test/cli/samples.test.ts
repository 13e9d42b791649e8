import { cpSync } from "node:fs";
import { join } from "node:path";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { ROOT } from "../package/documents.ts";
import { nolfet, temporaryFolder } from "./nolfet.ts";

// Options that take several files, and how pictures become numbers in every command that reads one.

const { folder, remove } = temporaryFolder();
for (const file of ["digits_int8.tflite", "samples/7.png", "samples/3.png"]) {
  cpSync(join(ROOT, "models/digits", file), join(folder, file.replace("samples/", "")));
}

async function document(command: string) {
  const { code, stdout, stderr } = await nolfet(`${command} --json`.split(" "), folder);
  assert.is(code, 0, stderr);
  return JSON.parse(stdout);
}

test("--calibrate takes commas, spaces or repetition, and leaves the model alone", async () => {
  const check = "check -t a311d";
  const expected = await document(`${check} digits_int8.tflite --calibrate 7.png 3.png`);
  const uncalibrated = await document(`${check} digits_int8.tflite`);
  assert.not.equal(expected.summary.channels, uncalibrated.summary.channels);
  for (const command of [
    `${check} --calibrate 7.png,3.png digits_int8.tflite`,
    `${check} --calibrate 7.png --calibrate 3.png digits_int8.tflite`,
  ]) {
    assert.equal(await document(command), expected, command);
  }
});

test("compare takes a picture as run does", async () => {
  const compare = "compare digits_int8.tflite -t a311d --image 7.png";
  const { input } = await document(`${compare} --fit letterbox --range 0,1`);
  const { preprocessing } = await document(
    "run digits_int8.tflite -t a311d --image 7.png --fit letterbox --range 0,1",
  );
  assert.is(input, preprocessing);
});

test.after(remove);
test.run();
