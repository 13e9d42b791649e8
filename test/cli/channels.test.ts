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

interface Layer {
  groups: number;
  inputCopies?: number;
}

/** What of the budget a layer took. */
const jobsOf = ({ groups, inputCopies }: Layer) =>
  inputCopies === undefined ? groups : 2 * groups + Math.log2(inputCopies);

test("a budget of jobs is spent on groups and residual weights", async () => {
  const { summary, operators } = await check();
  const { layers, groups, residuals, error } = summary.channels;
  assert.ok(groups > layers && residuals > 0 && error > 0);
  const ofLayers: Layer[] = operators.filter((one: Partial<Layer>) => one.groups !== undefined);
  assert.is(ofLayers.length, layers);
  assert.is(ofLayers.filter(({ inputCopies }) => inputCopies !== undefined).length, residuals);
  const jobs = ofLayers.reduce((sum, layer) => sum + jobsOf(layer), 0);
  assert.ok(Number.isInteger(jobs) && jobs <= 4 * layers, `${jobs} jobs`);
  const few = await check("--job-budget", `${layers}`);
  assert.is(few.summary.channels.groups, layers);
  assert.is(few.summary.channels.residuals, 0);
  assert.ok(few.summary.channels.error > error);
});

test("a table tells of each layer the groups and the residual weights", async () => {
  const args = ["check", MODEL, "--target", "imx8mp"];
  const { stdout } = await nolfet(args, folder);
  assert.match(stdout, /MACs +groups +residual +error$/m);
  const { operators, summary } = await check();
  for (const { name, index, groups, inputCopies } of operators.slice(0, 9)) {
    const words = inputCopies ? ` +${inputCopies} inputs? ` : "";
    const row = new RegExp(`^ *${index} +${name} .* ${groups}${words} +\\d\\.\\d{4}$`, "m");
    assert.match(stdout, row);
  }
  const { layers, groups, residuals } = summary.channels;
  assert.match(
    stdout,
    `${layers} layers in ${groups} groups of channels, ${residuals} layers with residual weights; `,
  );
  const few = await nolfet([...args, "--job-budget", `${layers}`], folder);
  assert.match(few.stdout, `${layers} layers in ${layers} groups of channels; `);
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
    /channels +\d+ layers in \d+ groups of channels, \d+ layers with residual weights; expected error [\d.]+ steps/,
  );
  const wrong = await nolfet([...args, "--job-budget", "none"], folder);
  assert.is(wrong.code, 2);
});

test("a comparison tells by what it judges", async () => {
  const { stdout } = await nolfet(["compare", MODEL, "--target", "imx8mp"], folder);
  assert.match(stdout, "a mean beyond 0.3 and 2 times the expected one");
  assert.match(stdout, "no operator is off");
});

test.after(remove);
test.run();
