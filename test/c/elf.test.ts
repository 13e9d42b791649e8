import { execFileSync, spawnSync } from "node:child_process";
import { copyFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, dirname, join } from "node:path";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { bytesOf } from "../../host/dtype.ts";
import { tensorInfos } from "../../host/feeds.ts";
import { compile, openBlob } from "../../host/index.ts";
import { compile as compileProduct, Missing } from "../../scripts/shim.mjs";
import { perChannelModel } from "../host/models.ts";
import { feedsOf } from "../support/feeds.ts";
import { StandIn } from "../support/stand-in.ts";
import { compiledRunner, runBlob } from "./runner.ts";

// What is compiled can be moved, loads nothing from the working folder, and is hardened.

const LIBRARY = "libnolfet.so.0";
const folder = mkdtempSync(join(tmpdir(), "nolfet-elf-"));
test.after(() => rmSync(folder, { recursive: true }));

for (const arch of ["x64", "arm64"]) {
  for (const product of ["addon", "library", "runner"]) {
    test(`the ${product} for linux-${arch} is hardened`, () => {
      const path = compiled(product, arch);
      if (!path) return;
      const told = (option: string) => execFileSync("readelf", [option, "-W", path]).toString();
      assert.match(told("--dynamic"), /\(FLAGS\) +BIND_NOW/);
      assert.match(told("--segments"), /GNU_RELRO/);
      assert.match(told("--segments"), /GNU_STACK.* RW /);
      assert.not.match(told("--segments"), / RWE /);
      assert.match(told("--file-header"), /Type: +DYN/); // at any address, programs, too
      assert.not.match(told("--dynamic"), /TEXTREL/);
      assert.match(told("--dyn-syms"), /__stack_chk_fail/);
      // Only the program calls what has a twin that checks sizes.
      if (product === "runner") assert.match(told("--dyn-syms"), /__snprintf_chk/);
    });
  }

  test(`what the program for linux-${arch} loads is named without a folder`, () => {
    const [library, runner] = [compiled("library", arch), compiled("runner", arch)];
    if (!library || !runner) return;
    const dynamic = (path: string) => execFileSync("readelf", ["-dW", path]).toString();
    assert.match(dynamic(library), `Library soname: [${LIBRARY}]`);
    assert.match(dynamic(runner), "Library runpath: [$ORIGIN:$ORIGIN/../lib]\n");
    const needed = [...dynamic(runner).matchAll(/NEEDED.*\[(.*)\]/g)].map(([, name]) => name);
    assert.ok(needed.includes(LIBRARY));
    assert.not.ok(needed.some((name) => name?.includes("/")));
  });
}

const runner = compiledRunner();
if (runner) {
  const moved = join(folder, "moved", basename(runner));
  mkdirSync(dirname(moved));
  copyFileSync(runner, moved);
  copyFileSync(join(dirname(runner), LIBRARY), join(dirname(moved), LIBRARY));

  test("program and library run where they were moved together", async () => {
    const bytes = await compile(perChannelModel(), { target: "a311d", stopAt: "output" });
    const blob = openBlob(bytes);
    const feeds = Object.values(feedsOf(tensorInfos(blob, blob.inputs, "input"), ""));
    const standIn = await StandIn.create({ renderD128: { cores: ["a311d"] } });
    const there = await runBlob(standIn, runner, bytes, feeds.map(bytesOf));
    const here = await runBlob(standIn, moved, bytes, feeds.map(bytesOf));
    await standIn.close();
    assert.is(here.stderr, "");
    assert.ok(here.outputs.length > 0);
    assert.equal(here.outputs, there.outputs);
  });

  test("the program takes no library from the working folder", () => {
    const elsewhere = join(folder, "elsewhere");
    for (const path of [".", "build/linux-x64"]) {
      const planted = join(elsewhere, path);
      mkdirSync(planted, { recursive: true });
      for (const name of [LIBRARY, "libnolfet.so"]) writeFileSync(join(planted, name), "planted");
    }
    const { status, stdout, stderr } = spawnSync(moved, ["--help"], { cwd: elsewhere });
    assert.is(`${stderr}`, "");
    assert.match(`${stdout}`, "Usage: nolfet-run");
    assert.is(status, 0);
  });
}

function compiled(product: string, arch: string): string | undefined {
  try {
    return compileProduct(product, { arch });
  } catch (error) {
    if (!(error instanceof Missing)) throw error;
    console.log(`skipped: the ${product} for linux-${arch} (${error.message})`);
    return undefined;
  }
}

test.run();
