import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { deflateRawSync } from "node:zlib";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { labelsInside } from "../../host/cli/labels-inside.ts";
import { classifierModel, pixels } from "../host/models.ts";
import { nolfet, temporaryFolder } from "./nolfet.ts";

// Class names that a .tflite brings along, as TFLite's metadata does.

const NAMES = ["hen", "egg", "nest", "ox", "cow", "elk", "bee", "ant"];

/** The model with one text file of names behind it, in a ZIP archive. */
function withLabels(model: Uint8Array, names: string[], isPacked: boolean): Uint8Array {
  const path = Buffer.from("labels.txt");
  const text = Buffer.from(`${names.join("\n")}\n`);
  const bytes = isPacked ? deflateRawSync(text) : text;
  const method = isPacked ? 8 : 0;
  const entry = Buffer.alloc(30);
  entry.writeUInt32LE(0x04034b50, 0);
  entry.writeUInt16LE(path.length, 26);
  const record = Buffer.alloc(46);
  record.writeUInt32LE(0x02014b50, 0);
  record.writeUInt16LE(method, 10);
  record.writeUInt32LE(bytes.length, 20);
  record.writeUInt32LE(text.length, 24);
  record.writeUInt16LE(path.length, 28);
  record.writeUInt32LE(model.length, 42);
  const end = Buffer.alloc(22);
  end.writeUInt32LE(0x06054b50, 0);
  end.writeUInt16LE(1, 10);
  end.writeUInt32LE(model.length + entry.length + path.length + bytes.length, 16);
  return new Uint8Array(Buffer.concat([model, entry, path, bytes, record, path, end]));
}

const model = classifierModel();

test("finds names, packed or not", () => {
  assert.equal(labelsInside(withLabels(model, NAMES, true)), NAMES);
  assert.equal(labelsInside(withLabels(model, NAMES, false)), NAMES);
  assert.is(labelsInside(model), undefined);
  assert.is(labelsInside(new Uint8Array()), undefined);
});

test("takes a damaged archive for none, whichever byte is damaged", () => {
  const whole = withLabels(model, NAMES, true);
  for (let at = model.length; at < whole.length; at++) {
    const damaged = whole.slice();
    damaged[at] = 0xff;
    const labels = labelsInside(damaged);
    assert.ok(labels === undefined || Array.isArray(labels), `${at}`);
  }
});

test("run uses them where their count fits, and --labels wins", async () => {
  const { folder, remove } = temporaryFolder();
  writeFileSync(join(folder, "named.tflite"), withLabels(model, NAMES, true));
  writeFileSync(join(folder, "other.tflite"), withLabels(model, NAMES.slice(1), true));
  writeFileSync(join(folder, "pixels.bin"), pixels(5));
  writeFileSync(join(folder, "own.txt"), NAMES.map((name) => `my ${name}`).join("\n"));
  const labelsOf = async (command: string) => {
    const { stdout } = await nolfet(`${command} --input pixels.bin --json`.split(" "), folder);
    return JSON.parse(stdout).top.map(({ label }: { label: string }) => label);
  };
  const named = await labelsOf("run named.tflite -t a311d");
  assert.ok(named.every((label: string) => NAMES.includes(label)));
  const own = await labelsOf("run named.tflite -t a311d --labels own.txt");
  assert.equal(
    own,
    named.map((label: string) => `my ${label}`),
  );
  for (const label of await labelsOf("run other.tflite -t a311d"))
    assert.match(label, /^class \d$/);
  remove();
});

test.run();
