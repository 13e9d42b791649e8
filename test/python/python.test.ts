import { execFileSync, spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { bytesOf } from "../../host/dtype.ts";
import { readPicture } from "../../host/images/decode.ts";
import { compile, Session } from "../../host/index.ts";
import { Missing } from "../../scripts/shim.mjs";
import { packWheel } from "../../scripts/wheel.mjs";
import { feedsOf } from "../support/feeds.ts";
import { MODELS } from "../support/models.ts";

// The wheel, unpacked as pip does, in Debian's Python: what it gives is what a session gives.

const PYTHON = "/usr/bin/python3";
const ROOT = fileURLToPath(new URL("../..", import.meta.url));
const folder = mkdtempSync(join(tmpdir(), "nolfet-python-"));
test.after(() => rmSync(folder, { recursive: true }));
const file = (name: string) => join(folder, name);

if (spawnSync(PYTHON, ["-c", "import numpy"]).status !== 0) {
  console.log("skipped: the package for Python (no python3 with numpy)");
} else {
  const wheel = packed();
  if (wheel) {
    execFileSync(PYTHON, ["-m", "zipfile", "-e", wheel, file("site")], { cwd: ROOT });
    await prepare();
    const python = (args: string[]) => {
      const env = { ...process.env, PYTHONPATH: file("site"), PYTHONDONTWRITEBYTECODE: "1" };
      return spawnSync(PYTHON, ["-W", "error", ...args], { cwd: folder, env, encoding: "utf8" });
    };

    test("sessions, interpreter and errors", () => {
      const { status, stderr } = python([join(ROOT, "test/python/check.py"), folder]);
      assert.is(status, 0, stderr);
      assert.match(stderr, /Ran 8 tests/);
    });

    test("the example finds the digit", () => {
      const labels = "zero one two three four five six seven eight nine".split(" ");
      writeFileSync(file("labels.txt"), labels.join("\n"));
      const example = join(ROOT, "python/examples/classify.py");
      const options = ["--model", "model.tflite", "--labels", "labels.txt", "--device", "emulator"];
      const { status, stdout, stderr } = python([example, ...options, "seven.pgm"]);
      assert.is(stderr, "");
      assert.is(status, 0);
      assert.match(stdout, /^0\.\d+ {2}seven\n(0\.\d+ {2}\w+\n){4}\d+\.\d ms\n$/);
    });

    test("packed again, the wheel is the same", () => {
      const before = readFileSync(join(ROOT, wheel));
      assert.ok(before.equals(readFileSync(join(ROOT, packed() as string))));
    });
  }
}

function packed(): string | undefined {
  try {
    return packWheel(process.arch);
  } catch (error) {
    if (!(error instanceof Missing)) throw error;
    console.log(`skipped: the package for Python (${error.message})`);
    return undefined;
  }
}

/** A model, its blob, and what a session makes of inputs; and a picture of a seven. */
async function prepare(): Promise<void> {
  const model = (MODELS.digits as () => Uint8Array)();
  const blob = await compile(model, { target: "a311d" });
  const session = await Session.create(blob, { device: "emulator" });
  const feeds = feedsOf(session.inputs, "");
  const outputs = await session.run(feeds);
  writeFileSync(file("model.tflite"), model);
  writeFileSync(file("blob.nolf"), blob);
  Object.values(feeds).forEach((values, i) => {
    writeFileSync(file(`in${i}`), bytesOf(values));
  });
  Object.values(outputs).forEach((values, i) => {
    writeFileSync(file(`out${i}`), bytesOf(values));
  });
  const known = {
    version: JSON.parse(readFileSync(join(ROOT, "package.json"), "utf8")).version,
    inputs: session.inputs.map(({ name }) => name),
    outputs: session.outputs.map(({ name }) => name),
    operators: session.report.operators.map(({ name }) => name),
  };
  writeFileSync(file("known.json"), JSON.stringify(known));
  await session.release();
  const sample = readFileSync(join(ROOT, "models/digits/samples/7.png"));
  const { data } = await readPicture(sample, { width: 28, height: 28, channels: 1 });
  writeFileSync(file("seven.pgm"), Buffer.concat([Buffer.from("P5\n28 28\n255\n"), data]));
}

test.run();
