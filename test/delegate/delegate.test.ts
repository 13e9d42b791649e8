import { execFileSync, spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
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
    const { status, stderr } = spawnSync(program, argumentsOf(path, options), { encoding: "utf8" });
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
      const outcome = await standIn.run(program, argumentsOf(delegate, ["target=a311d"]));
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

  test("says why it is not there", () => {
    writeFileSync(fileOf("model"), (MODELS.digits as () => Uint8Array)());
    assert.match(run(delegate).stderr, "the option target is missing");
    assert.match(run(delegate, "target=a311d", "core=1").stderr, "no option is named core");
    assert.match(run(delegate, "target=a311d", "job_budget=-1").stderr, 'not "-1"');
  });
}

test.run();
