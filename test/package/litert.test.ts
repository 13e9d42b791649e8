import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { PACKAGE } from "../../host/litert/module.ts";
import { buildModel } from "../../host/tflite/builder.ts";
import { ROOT, read } from "./documents.ts";
import { installPacked } from "./packed.ts";

// Where the installed command finds LiteRT: beside itself or in a folder that is named to it, and
// never in the folder that it happens to be run in.

const folder = mkdtempSync(join(tmpdir(), "nolfet-litert-"));
test.after(() => rmSync(folder, { recursive: true }));

// nolfet with all that it needs, but without LiteRT.
const home = join(folder, "home");
installPacked(home);
for (const name of Object.keys(JSON.parse(read("package.json")).dependencies)) {
  symlinkSync(join(ROOT, "node_modules", name), join(home, "node_modules", name));
}
const CLI = join(home, "node_modules/nolfet/dist/cli.js");

// A folder with a model, and with a package that leaves a trace where any of it is run.
const work = join(folder, "work");
const trace = join(folder, "trace");
const planted = join(work, "node_modules", PACKAGE);
const GLUE = `require("node:fs").writeFileSync(${JSON.stringify(trace)}, "planted");`;
mkdirSync(join(planted, "wasm"), { recursive: true });
writeFileSync(join(planted, "package.json"), JSON.stringify({ name: PACKAGE, main: "index.js" }));
writeFileSync(join(planted, "index.js"), GLUE);
writeFileSync(join(planted, "wasm/litert_wasm_compat_internal.js"), GLUE);
writeFileSync(join(planted, "wasm/litert_wasm_compat_internal.wasm"), "");
writeFileSync(join(work, "model.tflite"), normalizingModel());
writeFileSync(join(work, "input.bin"), new Uint8Array(16));

const RUN = ["run", "model.tflite", "--target", "a311d", "--input", "input.bin"];

function nolfet(args: string[]) {
  const { status, stdout, stderr } = spawnSync(process.execPath, [CLI, ...args], { cwd: work });
  return { code: status, stdout: `${stdout}`, stderr: `${stderr}` };
}

test("runs nothing of what is in the working folder", () => {
  const { code, stderr } = nolfet(RUN);
  assert.not(existsSync(trace));
  assert.match(stderr, /found L2_NORMALIZATION \(it is not installed beside nolfet: npm install/);
  assert.match(stderr, /\[UNSUPPORTED_OPERATOR\]\n$/);
  assert.is(code, 1);
});

for (const [what, named] of [
  ["the package's own folder", join(ROOT, "node_modules", PACKAGE)],
  ["the folder where it is installed", ROOT],
]) {
  test(`takes it from a folder that is named: ${what}`, () => {
    const { code, stdout, stderr } = nolfet([...RUN, "--litert", named as string]);
    assert.is(stderr, "");
    assert.match(stdout, /L2_NORMALIZATION/);
    assert.is(code, 0);
    assert.not(existsSync(trace));
  });
}

test("tells that a named folder has no such package", () => {
  const { code, stderr } = nolfet([...RUN, "--litert", dirname(trace)]);
  assert.match(stderr, `found L2_NORMALIZATION (it is not in ${dirname(trace)})`);
  assert.is(code, 1);
});

test("compare takes it from a named folder as well", () => {
  const { code, stderr } = nolfet(["compare", "model.tflite", "-t", "a311d", "--litert", ROOT]);
  assert.is(stderr, "");
  assert.is(code, 0);
});

/** One operator that nolfet has no kernel for. */
function normalizingModel(): Uint8Array {
  const quantization = { scale: 1 / 128, zeroPoint: 0 };
  return buildModel({
    inputs: ["x"],
    outputs: ["y"],
    tensors: ["x", "y"].map((name) => ({ name, shape: [1, 16], dtype: "int8", quantization })),
    operators: [{ operator: "L2_NORMALIZATION", inputs: ["x"], outputs: ["y"] }],
  });
}

test.run();
