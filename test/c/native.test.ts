import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { bytesOf } from "../../host/dtype.ts";
import { type CompileOptions, compile, NolfetError, Session } from "../../host/index.ts";
import { classifierModel } from "../host/models.ts";
import { feedsOf } from "../support/feeds.ts";
import { MODELS } from "../support/models.ts";
import { BUILDS } from "../support/stand-in.ts";
import { streamingModel } from "../support/streaming-model.ts";
import { compiledAgainstLibrary, compiledRunner } from "./runner.ts";

// The Wasm modules as C: the library compiles to the same bytes, and runs to the same values.

const CASES: [name: string, model: () => Uint8Array][] = [
  ["an int8 classifier", () => classifierModel({ dtype: "int8" })],
  ["a network that keeps a variable", streamingModel],
  ...["digits", "mobilenet_v1_0.25_128_quant", "mlperf_tiny_resnet8_int8"].flatMap((name) => {
    const model = MODELS[name];
    return model ? [[name, model] as [string, () => Uint8Array]] : [];
  }),
];
/** Those whose compilation alone is compared on one build: they take seconds. */
const LARGE = ["mobilenet_v1_1.0_224_quant", "mobilenet_v2_1.0_224_quant"];

const folder = mkdtempSync(join(tmpdir(), "nolfet-native-"));
test.after(() => rmSync(folder, { recursive: true }));

for (const [build, tools] of Object.entries(BUILDS)) {
  const [launcher = [], program] = [
    tools.launcher,
    compiledAgainstLibrary("test/c/driver/compile.c", tools),
  ];
  const runner = compiledRunner(tools);
  if (!program || !runner) continue;

  const native = (command: string, args: string[], input?: Uint8Array) => {
    const [first = "", ...rest] = [...launcher, command, ...args];
    return spawnSync(first, rest, { input, maxBuffer: 2 ** 28 });
  };
  const compiled = (model: Uint8Array, target: string) => native(program, [target], model);

  for (const target of ["a311d", "imx8mp"]) {
    for (const [name, model] of CASES) {
      test(`${build}: ${name} for ${target}`, async () => {
        const blob = await compile(model(), { target });
        const { status, stdout } = compiled(model(), target);
        assert.is(status, 0);
        assert.ok(blob.length === stdout.length && stdout.equals(blob), "other bytes");
        const session = await Session.create(blob, { device: "emulator" });
        const feeds = feedsOf(session.inputs, "");
        const expected = Object.values(await session.run(feeds)).map(bytesOf);
        const found = run(Object.values(feeds).map(bytesOf), stdout, expected.length);
        expected.forEach((bytes, i) => {
          assert.ok(found[i]?.equals(bytes), `output ${i} differs`);
        });
        await session.release();
      });
    }
  }

  /** What nolfet-run gives on the emulator. */
  function run(inputs: Uint8Array[], blob: Uint8Array, outputs: number): Buffer[] {
    const write = (name: string, bytes: Uint8Array) => {
      writeFileSync(join(folder, name), bytes);
      return join(folder, name);
    };
    const feeds = inputs.flatMap((bytes, i) => ["--input", write(`in${i}`, bytes)]);
    const args = ["--device", "emulator", ...feeds, "--output-dir", folder, write("blob", blob)];
    const { status, stderr } = native(runner as string, args);
    assert.is(`${stderr}`, "");
    assert.is(status, 0);
    return Array.from({ length: outputs }, (_, i) => readFileSync(join(folder, `out${i}.bin`)));
  }

  if (build === "plain") {
    for (const name of LARGE) {
      const model = MODELS[name];
      if (!model) continue;
      test(`the same bytes of ${name}`, async () => {
        const blob = await compile(model(), { target: "imx8mp" });
        assert.ok(compiled(model(), "imx8mp").stdout.equals(blob), "other bytes");
      });
    }
  }

  test(`${build}: what is refused is told in the same parts`, async () => {
    const digits = (MODELS.digits as () => Uint8Array)();
    const bad: [Uint8Array, CompileOptions, number][] = [
      [new Uint8Array(3), { target: "a311d" }, 8],
      [digits.subarray(0, 1000), { target: "a311d" }, 8],
      [digits.map((byte, i) => (i === 4 ? 0 : byte)), { target: "a311d" }, 8],
    ];
    for (const [model, options, expected] of bad) {
      const error = await compile(model, options).then(
        () => assert.unreachable(),
        (thrown: NolfetError) => thrown,
      );
      assert.instance(error, NolfetError);
      const { status, stdout } = compiled(model, options.target);
      const [code, , ...parts] = `${stdout}`.split("\n");
      assert.is(status, expected);
      assert.equal([code, ...parts.slice(0, 2)], [error?.code, error?.expected, error?.found]);
    }
    const { status, stdout } = compiled(digits, "nothing");
    assert.is(status, 9);
    assert.match(`${stdout}`, /^UNSUPPORTED_TARGET\n\nthe name of a core.*\nnothing\n$/);
  });
}

test.run();
