import { createHash } from "node:crypto";
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { compile, Session, TARGETS } from "../../host/index.ts";
import { classifierModel, pixels } from "../host/models.ts";
import { hasShared, readShared, SHARED } from "../support/shared.ts";
import { nolfet, type Result, temporaryFolder } from "./nolfet.ts";

const { folder, remove } = temporaryFolder();
const model = classifierModel();
const blob = await compile(model, { target: "a311d" });
writeFileSync(join(folder, "model.tflite"), model);
writeFileSync(join(folder, "model.nolf"), blob);
writeFileSync(join(folder, "pixels.bin"), pixels(5));
const session = await Session.create(blob);
const outputs = await session.run({ pixels: pixels(5) });
const expected = outputs.probabilities as Uint8Array;

/** Runs a command that must succeed without a word on standard error. */
async function succeed(command: string, env?: NodeJS.ProcessEnv): Promise<Result> {
  const result = await nolfet(command.split(" "), folder, env);
  assert.is(result.stderr, "");
  assert.is(result.code, 0);
  return result;
}

async function document(command: string) {
  return JSON.parse((await succeed(`${command} --json`)).stdout);
}

test("compile writes the library's bytes under the model's name, here", async () => {
  mkdirSync(join(folder, "here"));
  const command = ["compile", "../model.tflite", "--target", "a311d"];
  const result = await nolfet(command, join(folder, "here"));
  assert.is(result.code, 0);
  assert.equal(readdirSync(join(folder, "here")), ["model.nolf"]);
  assert.equal(new Uint8Array(readFileSync(join(folder, "here", "model.nolf"))), blob.slice());
  assert.match(result.stdout, /model\.nolf .* for vipnano-qi\.a311d/);
  assert.match(result.stdout, /1 on the NPU \(1 \w+\), 3 on the CPU/);
  assert.match(result.stdout, /1 AVERAGE_POOL_2D: \w/);
});

test("compile --json holds the report", async () => {
  const { output, ...report } = await document("compile model.tflite -t vim3 -o out.nolf");
  assert.is(output, "out.nolf");
  assert.equal(report, JSON.parse(JSON.stringify(blob.report)));
  assert.equal(new Uint8Array(readFileSync(join(folder, "out.nolf"))), blob.slice());
});

test("compile overwrites, and hands its options on", async () => {
  writeFileSync(join(folder, "again.nolf"), "something else");
  await succeed("compile model.tflite -t a311d -o again.nolf --compat mesa");
  const mesa = await compile(model, { target: "a311d", compat: "mesa" });
  assert.equal(new Uint8Array(readFileSync(join(folder, "again.nolf"))), mesa.slice());
  assert.equal(mesa.report.options, { compatMesa: true, strict: false, allowUnproven: false });
});

test("run takes raw inputs and writes raw outputs", async () => {
  const { stdout } = await succeed("run model.nolf --input pixels.bin --output-dir new/outputs");
  assert.equal(readdirSync(join(folder, "new/outputs")), ["out0.bin"]);
  assert.equal(new Uint8Array(readFileSync(join(folder, "new/outputs/out0.bin"))), expected);
  assert.match(stdout, /1 of 4 operators on the NPU \(vipnano-qi\.a311d, emulator: /);
  assert.match(stdout, /on the CPU: 1 AVERAGE_POOL_2D, 2 RESHAPE, 3 SOFTMAX/);
  assert.match(stdout, /time: \d+\.\d ms/);
});

test("run prints the top five, score first, with labels where there are some", async () => {
  const order = [...expected.keys()].sort(
    (a, b) => (expected[b] as number) - (expected[a] as number) || a - b,
  );
  const lines = (text: string) => text.split("\n").filter((line) => /^\d\.\d{6}: /.test(line));
  const score = (index: number) => ((expected[index] as number) / 256).toFixed(6);

  const plain = await succeed("run model.nolf --input pixels.bin");
  assert.equal(
    lines(plain.stdout),
    order.slice(0, 5).map((index) => `${score(index)}: class ${index}`),
  );
  writeFileSync(
    join(folder, "labels.txt"),
    "hen\r\negg\r\nnest\r\nox\r\ncow\r\nelk\r\nbee\r\nant\r\n",
  );
  const labelled = await succeed("run model.nolf --input pixels.bin --labels labels.txt");
  const labels = ["hen", "egg", "nest", "ox", "cow", "elk", "bee", "ant"];
  assert.equal(
    lines(labelled.stdout),
    order.slice(0, 5).map((index) => `${score(index)}: ${labels[index]}`),
  );
});

test("run --json holds the same, and the default target is told", async () => {
  const result = await nolfet(["run", "model.tflite", "--input", "pixels.bin", "--json"], folder);
  assert.is(result.code, 0);
  assert.is(result.stderr, "nolfet: compiling for a311d; --target chooses another core\n");
  const { target, device, operators, top, milliseconds } = JSON.parse(result.stdout);
  assert.is(target, "vipnano-qi.a311d");
  assert.is(device.name, "emulator");
  assert.equal(
    operators.map(({ placement }: { placement: string }) => placement),
    ["NPU", "CPU", "CPU", "CPU"],
  );
  assert.is(top.length, 5);
  assert.is(top[0].score, Math.max(...expected) / 256);
  assert.ok(milliseconds > 0);
});

test("check tells placement, mark and reason of every operator", async () => {
  const { stdout } = await succeed("check model.tflite -t a311d");
  assert.match(stdout, /0 +CONV_2D +NPU +(proven|expected)/);
  assert.match(stdout, /1 +AVERAGE_POOL_2D +CPU +\w/);
  assert.match(stdout, /1 of 4 operators in 1 segments? on the NPU/);
  const { target, operators, summary } = await document("check model.tflite -t a311d");
  assert.is(target, "vipnano-qi.a311d");
  assert.equal([summary.npuOperators, summary.cpuOperators], [1, 3]);
  assert.is(operators[0].placement, "NPU");
  assert.is(operators[3].cpuKernel, true);
  assert.ok(operators[3].reason);
});

test("inspect --json holds jobs, stream and memory of a segment", async () => {
  const { segments, target, fileBytes } = await document("inspect model.nolf");
  assert.is(target, "vipnano-qi.a311d");
  assert.is(fileBytes, blob.length);
  const [npu, cpu] = segments;
  assert.is(cpu.placement, "CPU");
  assert.is(cpu.jobs, undefined);
  assert.equal(Object.keys(npu.memory), ["constantBytes", "arenaBytes"]);
  assert.ok(npu.stream.every((word: string) => /^[0-9a-f]{8}$/.test(word)));
  const convolution = npu.jobs.find(({ kind }: { kind: string }) => kind === "NN");
  assert.is(convolution.words.length, 34);
  assert.match(convolution.coefficients.sha256, /^[0-9a-f]{64}$/);
  assert.equal(Object.keys(convolution.input), ["buffer", "offset"]);
  assert.is(convolution.fields, undefined);
  const disassembled = await document("inspect model.nolf --disassemble");
  assert.is(disassembled.segments[0].jobs[0].kind, "TP");
  assert.is(disassembled.segments[0].jobs[0].fields.last, 1);
  assert.ok(disassembled.segments[0].packets.length > 5);
});

test("inspect names jobs, memory and, disassembled, fields and states", async () => {
  const { stdout } = await succeed("inspect model.nolf");
  assert.match(stdout, /segment 0 on the NPU: 0 CONV_2D/);
  assert.match(stdout, /NN +convolution +0 CONV_2D/);
  assert.match(stdout, /constants/);
  assert.not.match(stdout, /kernels_per_core/);
  const disassembled = await succeed("inspect model.nolf --disassemble");
  assert.match(disassembled.stdout, /kernels_per_core +1 +0\[26:20\]/);
  assert.match(disassembled.stdout, /PS_NN_INST_ADDR +0x[0-9a-f]{8} +starts job 1/);
});

test("targets lists every core with its aliases", async () => {
  const { targets } = await document("targets");
  assert.equal(
    targets.map(({ name }: { name: string }) => name),
    TARGETS.map(({ name }) => name),
  );
  assert.is(targets[0].nnCores, 8);
  const { stdout } = await succeed("targets");
  for (const { name } of TARGETS) assert.ok(stdout.includes(name));
  assert.match(stdout, /vipnano-qi\.a311d +a311d, vim3 +proven/);
});

test("colours only where they are wanted", async () => {
  // Standard output is no terminal here.
  const colour = "\u001b";
  for (const env of [{}, { FORCE_COLOR: "" }, { NO_COLOR: "1" }]) {
    const { stdout } = await succeed("check model.tflite -t a311d", env);
    assert.not.ok(stdout.includes(colour));
  }
});

test("help and version are no errors", async () => {
  const help = await succeed("--help");
  for (const command of ["compile", "run", "check", "inspect", "targets"]) {
    assert.ok(help.stdout.includes(command));
    assert.match((await succeed(`${command} --help`)).stdout, /--json/);
  }
  assert.match((await succeed("--version")).stdout, /^\d+\.\d+\.\d+\n$/);
});

test("the hash of coefficients is that of the file's bytes", async () => {
  const { segments } = await document("inspect model.nolf");
  const convolution = segments[0].jobs.find(({ kind }: { kind: string }) => kind === "NN");
  const { bytes, sha256 } = convolution.coefficients;
  // Coefficients begin at a multiple of 64 in the file, wherever that is.
  const hashes = Array.from({ length: Math.ceil(blob.length / 64) }, (_, i) =>
    createHash("sha256")
      .update(blob.subarray(64 * i, 64 * i + bytes))
      .digest("hex"),
  );
  assert.ok(hashes.includes(sha256));
});

if (hasShared("whole networks on pictures through the command line")) {
  const top5 = JSON.parse(new TextDecoder().decode(readShared("reference/top5.json")));
  const network = "mobilenet_v1_1.0_224_quant";
  for (const picture of ["cat", "grace_hopper"]) {
    test(`${network} sees in ${picture}.bmp what TFLite sees`, async () => {
      const result = await nolfet(
        ["run", join(SHARED, `models/${network}.tflite`), "-t", "a311d"].concat(
          ["--image", join(SHARED, `images/${picture}.bmp`)],
          ["--labels", join(SHARED, "images/imagenet_labels.txt")],
        ),
        folder,
      );
      assert.is(result.code, 0);
      const best = result.stdout.split("\n").find((line) => /^\d\.\d{6}: /.test(line)) ?? "";
      assert.is(best.replace(/^[^:]*: /, ""), top5[network][picture][0].label);
      assert.match(result.stdout, /resized to 224×224×3, pixels as they are \(uint8\)/);
    });
  }
}

test.after(remove);
test.run();
