import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { isBuiltin } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { build } from "esbuild";
import { test } from "uvu";
import * as assert from "uvu/assert";
import type * as Browser from "../../host/browser.ts";
import { compile, Session } from "../../host/index.ts";
import { classifierModel, pixels } from "./models.ts";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));
const folder = mkdtempSync(join(tmpdir(), "nolfet-bundle-"));
const outfile = join(folder, "browser.js");

const { metafile } = await build({
  absWorkingDir: ROOT,
  entryPoints: ["host/browser.ts"],
  bundle: true,
  format: "esm",
  platform: "browser",
  metafile: true,
  outfile,
  logLevel: "silent",
});
const browser = (await import(pathToFileURL(outfile).href)) as typeof Browser;

test("bundles for a browser without anything of Node's", () => {
  const imports = Object.values(metafile.inputs).flatMap(({ imports }) => imports);
  assert.ok(imports.length > 10);
  assert.equal(
    imports.filter(({ path, external }) => external || isBuiltin(path)),
    [],
  );
  const text = readFileSync(outfile, "utf8");
  assert.not.match(text, /\bprocess\.|\brequire\(|\bBuffer\./);
});

test("leaves the Wasm modules outside, where other bundlers find them", () => {
  const text = readFileSync(outfile, "utf8");
  for (const name of ["compiler", "emulator", "cpu"]) {
    assert.match(text, `new URL("./${name}.wasm", import.meta.url)`);
  }
});

test("says which module it cannot fetch", async () => {
  browser.locateModules({ compiler: "data:,", emulator: "data:," });
  // The bundle has an error class of its own.
  const error = await browser
    .compile(classifierModel(), { target: "a311d" })
    .catch((error: unknown) => error);
  assert.instance(error, browser.NolfetError);
  const { code, expected } = error as Browser.NolfetError;
  assert.equal({ code, expected }, { code: "FILE", expected: "compiler.wasm" });
});

test("compiles and runs as in Node, to the same bytes", async () => {
  const inline = (name: string) => {
    const bytes = readFileSync(join(ROOT, "dist", `${name}.wasm`));
    return `data:application/wasm;base64,${bytes.toString("base64")}`;
  };
  browser.locateModules({
    compiler: inline("compiler"),
    emulator: inline("emulator"),
    cpu: inline("cpu"),
  });
  const model = classifierModel();
  const blob = await browser.compile(model, { target: "a311d" });
  assert.equal(blob, await compile(model, { target: "a311d" }));
  const feeds = { pixels: pixels(3) };
  const there = await (await browser.Session.create(blob)).run(feeds);
  assert.equal(there, await (await Session.create(blob)).run(feeds));
});

test.after(() => rmSync(folder, { recursive: true }));
test.run();
