import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { convolutionModel } from "../../host/tflite/convolution.ts";
import { classifierModel, pixels } from "../host/models.ts";
import { nolfet, temporaryFolder } from "./nolfet.ts";

const { folder, remove } = temporaryFolder();
writeFileSync(join(folder, "model.tflite"), classifierModel());
writeFileSync(join(folder, "pixels.bin"), pixels(7));
// In portrait, words as the other driver writes them compute something else.
const portrait = { height: 24, width: 12, channels: 8, padding: "VALID" } as const;
writeFileSync(join(folder, "portrait.tflite"), convolutionModel(portrait));

const run = (command: string) => nolfet(command.split(" "), folder);

test("compare shows how far each operator is off", async () => {
  const { stdout, stderr, code } = await run("compare model.tflite -t a311d --input pixels.bin");
  assert.is(stderr, "");
  assert.is(code, 0);
  assert.match(stdout, /^ *0 +CONV_2D +NPU +\d/m);
  assert.match(stdout, /^ *3 +SOFTMAX +CPU .*(– +){4}–$/m);
  assert.match(stdout, /fed with the given tensors/);
  assert.match(stdout, /: no operator is off$/m);
});

test("compare marks the first operator that is off", async () => {
  const { stdout, code } = await run("compare portrait.tflite -t a311d --compat mesa");
  assert.is(code, 0);
  assert.match(stdout, /^ *0 +CONV_2D .*← first off$/m);
  assert.match(stdout, /operator 0 is the first that is off$/m);
  const json = JSON.parse(
    (await run("compare portrait.tflite -t a311d --compat mesa --json")).stdout,
  );
  assert.is(json.firstOff, 0);
  assert.is(json.input, "pseudo-random bytes");
  assert.ok(json.operators[0].alone.largest > 2);
});

test("compare takes a picture or raw tensors", async () => {
  const { stderr, code } = await run(
    "compare model.tflite -t a311d --image a.png --input pixels.bin",
  );
  assert.is(code, 2);
  assert.match(stderr, /both --image and --input; expected one of them/);
});

test("compile --stop-at ends a blob at a tensor", async () => {
  const compile = "compile model.tflite -t a311d -o short.nolf --json --stop-at";
  const { stdout, code } = await run(`${compile} features`);
  assert.is(code, 0);
  const { operators } = JSON.parse(stdout);
  assert.equal(
    operators.map(({ name }: { name: string }) => name),
    ["CONV_2D"],
  );
  const refused = await run(`${compile} feature`);
  assert.is(refused.code, 2);
  assert.match(
    refused.stderr,
    /stopAt is "feature"; expected a computed tensor such as features, /,
  );
});

test.after(remove);
test.run();
