import { execFileSync, spawnSync } from "node:child_process";
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  truncateSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { bytesOf } from "../../host/dtype.ts";
import { compile, Session } from "../../host/index.ts";
import { compiledProduct } from "../c/runner.ts";
import { feedsOf } from "../support/feeds.ts";
import { MODELS } from "../support/models.ts";
import { StandIn } from "../support/stand-in.ts";

// TensorFlow Lite's own library runs models with the delegate: on the emulator and on a node's
// stand-in the outputs are a session's.

const LIBRARY = fileURLToPath(
  new URL(
    "../tflite/node_modules/tfjs-tflite-node/cc_deps/linux_amd64/libtensorflowlite_c.so",
    import.meta.url,
  ),
);
/** Each with the nodes that are taken, and those that there are. */
const CASES: Record<string, string> = {
  digits: "12 of 13",
  "mobilenet_v1_0.25_128_quant": "30 of 31",
};

const folder = mkdtempSync(join(tmpdir(), "nolfet-delegate-"));
test.after(() => rmSync(folder, { recursive: true }));
const fileOf = (name: string) => join(folder, name);

const delegate =
  existsSync(LIBRARY) && process.arch === "x64"
    ? compiledProduct("delegate", "the delegate")
    : undefined;
if (!existsSync(LIBRARY)) {
  console.log("skipped: the delegate (no TensorFlow Lite: npm ci --prefix test/tflite brings it)");
}

if (delegate) {
  const program = fileOf("run");
  const source = fileURLToPath(new URL("driver/run.c", import.meta.url));
  const strict = ["-std=gnu11", "-Wall", "-Wextra", "-Werror"];
  execFileSync("gcc", [
    ...strict,
    source,
    LIBRARY,
    `-Wl,-rpath,${dirname(LIBRARY)}`,
    "-o",
    program,
  ]);

  const argumentsOf = (path: string, options: string[]) => [
    fileOf("model"),
    fileOf("in"),
    fileOf("out"),
    path,
    ...options,
  ];
  const run = (path: string, ...options: string[]) => {
    const env = { ...process.env, XDG_CACHE_HOME: folder };
    const settings = { encoding: "utf8", env } as const;
    const { status, stderr } = spawnSync(program, argumentsOf(path, options), settings);
    return { status, stderr, output: status === 0 ? readFileSync(fileOf("out")) : undefined };
  };

  for (const [name, counts] of Object.entries(CASES)) {
    const model = MODELS[name];
    if (!model) continue;
    test(`${name}: on the emulator, on a node and without one`, async () => {
      const session = await Session.create(await compile(model(), { target: "a311d" }), {
        device: "emulator",
      });
      const feeds = feedsOf(session.inputs, "");
      const expected = Buffer.concat(Object.values(await session.run(feeds)).map(bytesOf));
      await session.release();
      writeFileSync(fileOf("model"), model());
      writeFileSync(fileOf("in"), Buffer.concat(Object.values(feeds).map(bytesOf)));

      const emulated = run(delegate, "target=a311d", "device=emulator");
      assert.match(emulated.stderr, `takes ${counts} nodes`);
      assert.ok(emulated.output?.equals(expected), "on the emulator: other bytes");

      const standIn = await StandIn.create();
      rmSync(fileOf("out"));
      const outcome = await standIn.run(
        program,
        argumentsOf(delegate, ["target=a311d", "cache=off"]),
      );
      assert.match(outcome.stderr, `takes ${counts} nodes`);
      assert.ok(readFileSync(fileOf("out")).equals(expected), "on a node: other bytes");
      assert.ok(standIn.submissions().length > 0);
      assert.equal(standIn.refusals(), []);
      await standIn.close();

      const alone = run("");
      const without = run(delegate, "target=a311d", "device=/dev/dri/renderD200");
      assert.match(without.stderr, "takes no node: ");
      assert.ok(alone.output && without.output?.equals(alone.output), "not TFLite's bytes");
    });
  }

  test("keeps what it compiled, and compiles anew what is damaged or of other options", () => {
    writeFileSync(fileOf("model"), (MODELS.digits as () => Uint8Array)());
    writeFileSync(fileOf("in"), new Uint8Array(28 * 28).fill(77));
    const cache = fileOf("kept");
    const load = (...options: string[]) =>
      run(delegate, "target=a311d", "device=emulator", "verbose=1", ...options);
    const plain = load("cache=off");
    assert.match(plain.stderr, "nolfet: compiled");
    assert.not(existsSync(cache));
    const same = (outcome: typeof plain, words: string) => {
      assert.match(outcome.stderr, words);
      assert.ok(outcome.output?.equals(plain.output as Buffer), "other bytes");
    };
    same(load(`cache=${cache}`), "nolfet: compiled");
    const names = readdirSync(cache).filter((name) => name.endsWith(".cache"));
    assert.ok(names.length > 0);
    assert.is(readdirSync(cache).length, names.length, "something is left beside");
    same(load(`cache=${cache}`), "nolfet: loaded from the cache");
    same(load(`cache=${cache}`, "job_budget=9"), "nolfet: compiled");
    for (const name of names) {
      const bytes = readFileSync(join(cache, name));
      bytes[bytes.length - 1000] = (bytes[bytes.length - 1000] as number) ^ 1;
      writeFileSync(join(cache, name), bytes);
    }
    same(load(`cache=${cache}`), "nolfet: compiled");
    same(load(`cache=${cache}`), "nolfet: loaded from the cache");
    rmSync(fileOf("nolfet"), { recursive: true, force: true });
    same(load(), "nolfet: compiled");
    same(load(), "nolfet: loaded from the cache");
    assert.ok(readdirSync(fileOf("nolfet")).length > 0, "not in XDG_CACHE_HOME");
    same(load(`cache=${fileOf("model")}/under/a/file`), "nolfet: compiled");
  });

  test("removes the oldest of what it keeps beyond 256 MiB", () => {
    const cache = fileOf("full");
    mkdirSync(cache);
    for (const [age, name] of ["newer", "older"].entries()) {
      const path = join(cache, `${name}.cache`);
      writeFileSync(path, "");
      truncateSync(path, 140 * 2 ** 20);
      utimesSync(path, 1000 - age, 1000 - age);
    }
    writeFileSync(join(cache, "another"), "");
    run(delegate, "target=a311d", "device=emulator", `cache=${cache}`);
    const names = readdirSync(cache);
    assert.ok(names.includes("newer.cache") && names.includes("another"), `${names}`);
    assert.not(names.includes("older.cache"));
  });

  test("says why it is not there", () => {
    writeFileSync(fileOf("model"), (MODELS.digits as () => Uint8Array)());
    assert.match(run(delegate).stderr, "the option target is missing");
    assert.match(run(delegate, "target=a311d", "core=1").stderr, "no option is named core");
    assert.match(run(delegate, "target=a311d", "job_budget=-1").stderr, 'not "-1"');
  });
}

test.run();
