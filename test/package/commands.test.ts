import { execFileSync } from "node:child_process";
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { allPass } from "../selftest/all-pass.ts";
import { ROOT } from "./documents.ts";
import { installPacked } from "./packed.ts";

// The package as it is installed, in an empty folder, with nothing to compile by: only Node is found.

const folder = mkdtempSync(join(tmpdir(), "nolfet-commands-"));
installPacked(folder);
symlinkSync(join(ROOT, "node_modules"), join(folder, "node_modules/nolfet/node_modules"));
cpSync(join(ROOT, "models/digits/digits_uint8.tflite"), join(folder, "digits.tflite"));
cpSync(join(ROOT, "models/digits/samples/7.png"), join(folder, "7.png"));
const cli = join(folder, "node_modules/nolfet/dist/cli.js");

function nolfet(...args: string[]): string {
  const env = { PATH: dirname(process.execPath), NO_COLOR: "1" };
  return execFileSync(process.execPath, [cli, ...args], { cwd: folder, env, encoding: "utf8" });
}

test("compiles, looks into the blob, and runs it", () => {
  nolfet("compile", "digits.tflite", "--target", "a311d", "-o", "digits.nolf");
  assert.match(nolfet("inspect", "digits.nolf"), /^vipnano-qi\.a311d, compiled by nolfet/);
  assert.match(nolfet("run", "digits.nolf", "--image", "7.png"), /\n0\.\d+: class 7\n/);
});

test("tests the emulator, and writes the report", () => {
  const text = nolfet("selftest", "--device", "emulator", "--report", "report.json");
  const report = JSON.parse(readFileSync(join(folder, "report.json"), "utf8"));
  const passing = allPass(report);
  assert.match(text, `${passing} of ${passing} patterns pass on emulator`);
});

test("says what devices there are, or why there are none", () => {
  const { nodes, reason } = JSON.parse(nolfet("devices", "--json"));
  assert.ok(nodes.length > 0 || /^no device/.test(reason), reason);
});

test.after(() => rmSync(folder, { recursive: true }));
test.run();
