import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { compile } from "../../host/index.ts";
import { classifierModel, pixels } from "../host/models.ts";
import { nolfet, temporaryFolder } from "./nolfet.ts";

// `bench` and `diff`, and options that take several values or only one.

const { folder, remove } = temporaryFolder();
const model = classifierModel();
const a311d = await compile(model, { target: "a311d" });
const imx8mp = await compile(model, { target: "imx8mp" });
writeFileSync(join(folder, "model.tflite"), model);
writeFileSync(join(folder, "a.nolf"), a311d);
writeFileSync(join(folder, "b.nolf"), imx8mp);
writeFileSync(join(folder, "pixels.bin"), pixels(5));

async function document(command: string) {
  const { code, stdout, stderr } = await nolfet([...command.split(" "), "--json"], folder);
  assert.is(code, 0, stderr);
  return JSON.parse(stdout);
}

test("bench tells each segment, the NPU, the CPU and the whole, in order", async () => {
  const { runs, device, milliseconds, segments, cpuMilliseconds } =
    await document("bench a.nolf --runs 7");
  assert.is(runs, 7);
  assert.is(device.name, "emulator");
  assert.equal(
    segments.map(({ placement, jobs }: { placement: string; jobs: number }) => [
      placement,
      jobs > 0,
    ]),
    a311d.report.segments.map(({ placement }) => [placement, placement === "NPU"]),
  );
  for (const spread of [
    milliseconds,
    ...segments.map((one: { milliseconds: object }) => one.milliseconds),
  ]) {
    const { minimum, median, percentile95 } = spread;
    assert.ok(0 < minimum && minimum <= median && median <= percentile95, JSON.stringify(spread));
  }
  assert.ok(cpuMilliseconds.median < milliseconds.median);
  const { stdout } = await nolfet(["bench", "model.tflite", "-n", "2", "-t", "imx8mp"], folder);
  assert.match(stdout, /for vipnano-si\+\.imx8mp, 2 runs on emulator/);
  assert.match(stdout, /nothing of an NPU's speed/);
});

test("diff of a blob with itself finds nothing", async () => {
  const same = await document("diff a.nolf a.nolf");
  assert.is(same.identical, true);
  assert.equal(same.layers, []);
  assert.equal(same.a, same.b);
});

test("diff names the layers that differ, of two blobs and of two cores", async () => {
  const { identical, layers } = await document("diff a.nolf b.nolf");
  assert.is(identical, false);
  const [{ name, a, b }] = layers;
  const ofCores = [a311d, imx8mp].map(({ report }) => report.operators[0]);
  assert.is(name, ofCores[0]?.name);
  assert.equal(
    [a.coefficientBytes, b.coefficientBytes],
    ofCores.map((operator) => operator?.coefficientBytes),
  );
  const cores = await document("diff model.tflite --target a311d,imx8mp");
  assert.equal([cores.a.target, cores.b.target], ["vipnano-qi.a311d", "vipnano-si+.imx8mp"]);
  assert.equal(cores.a.fileBytes, a311d.length);
  assert.ok(cores.layers.length > 0);
  const { stdout } = await nolfet(["diff", "model.tflite", "-t", "a311d,imx8mp"], folder);
  assert.match(stdout, /time, estimated/);
});

test("wrong usage is refused in a line", async () => {
  for (const [command, message] of [
    [
      "run a.nolf --input pixels.bin --device emulator --device auto",
      /'--device' is given more than once/,
    ],
    ["bench a.nolf --runs 0", /whole number/],
    ["diff a.nolf", /one file/],
    ["diff a.nolf model.tflite", /a model: model.tflite/],
    ["diff a.nolf --target a311d", /1 cores/],
    ["run --input pixels.bin pixels.bin", /model/],
  ] as const) {
    const { code, stderr, stdout } = await nolfet(command.split(" "), folder);
    assert.ok(code === 2 || code === 1, `${command}: ${stdout}`);
    assert.match(stderr, message);
    assert.is(stderr.trim().split("\n").length, 1, stderr);
  }
});

test("--input does not swallow the model, and takes commas or repetition", async () => {
  for (const command of ["run --input pixels.bin a.nolf", "run a.nolf --input pixels.bin"]) {
    assert.ok((await document(command)).top.length > 0);
  }
  for (const command of [
    "run a.nolf --input pixels.bin,pixels.bin",
    "run a.nolf --input pixels.bin --input pixels.bin",
  ]) {
    const { code, stderr } = await nolfet(command.split(" "), folder);
    assert.is(code, 1, stderr);
    assert.match(stderr, /1 files? with --input/);
  }
});

test.after(remove);
test.run();
