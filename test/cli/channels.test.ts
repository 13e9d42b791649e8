import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { nolfet, temporaryFolder } from "./nolfet.ts";

// What the commands say of weights that are quantized per channel.

const DIGITS = fileURLToPath(new URL("../../models/digits", import.meta.url));
const MODEL = join(DIGITS, "digits_int8.tflite");
const { folder, remove } = temporaryFolder();

async function check(...options: string[]) {
  const { stdout, stderr } = await nolfet(
    ["check", MODEL, "--target", "imx8mp", "--json", ...options],
    folder,
  );
  assert.is(stderr, "");
  return JSON.parse(stdout);
}

test("a budget of jobs is spent on groups", async () => {
  const { summary, operators } = await check();
  const { layers, groups, error } = summary.channels;
  assert.ok(groups > layers && groups <= 4 * layers && error > 0);
  const ofLayers = operators.filter((one: { groups?: number }) => one.groups !== undefined);
  assert.is(ofLayers.length, layers);
  const few = await check("--job-budget", `${layers}`);
  assert.is(few.summary.channels.groups, layers);
  assert.ok(few.summary.channels.error > error);
});

test("pictures change what is expected of the error, not the budget", async () => {
  const picture = join(DIGITS, "samples/7.png");
  const usual = (await check()).summary.channels;
  const { groups, error } = (await check("--calibrate", picture)).summary.channels;
  assert.ok(groups <= 4 * usual.layers);
  assert.ok(error > 0 && error !== usual.error);
});

test("a summary tells of the channels, and a wrong budget is refused", async () => {
  const args = ["compile", MODEL, "--target", "a311d", "-o", "digits.nolf"];
  const { stdout } = await nolfet(args, folder);
  assert.match(
    stdout,
    /channels +\d+ layers in \d+ groups of channels; expected error [\d.]+ steps/,
  );
  const wrong = await nolfet([...args, "--job-budget", "none"], folder);
  assert.is(wrong.code, 2);
});

test("a comparison tells by what it judges", async () => {
  const { stdout } = await nolfet(["compare", MODEL, "--target", "imx8mp"], folder);
  assert.match(stdout, "a mean beyond 0.3 and 2 times the error that is expected");
  assert.match(stdout, "none goes astray");
});

test.after(remove);
test.run();
