import { execFileSync, spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { compile, Session, TARGETS } from "../../host/index.ts";
import { classifierModel, pixels } from "../host/models.ts";
import { hasShared, readShared, SHARED } from "../support/shared.ts";
import { CLI, nolfet, type Result, temporaryFolder } from "./nolfet.ts";

const { folder, remove } = temporaryFolder();
const model = classifierModel();
const blob = await compile(model, { target: "a311d" });
writeFileSync(join(folder, "model.tflite"), model);
writeFileSync(join(folder, "model.nolf"), blob);
writeFileSync(join(folder, "pixels.bin"), pixels(5));
const session = await Session.create(blob);
const outputs = await session.run({ pixels: pixels(5) });
const expected = outputs.probabilities as Uint8Array;

// What stays on the CPU is not for these tests to settle, only that it is told.
const { operators } = blob.report;
const onNpu = operators.filter(({ placement }) => placement === "NPU");
const onCpu = operators.filter(({ placement }) => placement === "CPU");
const cpuList = onCpu.map(({ index, name }) => `${index} ${name}`).join(", ");
assert.ok(onNpu.length > 0 && onCpu.length > 0);

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

test("compile writes the library's bytes under the model's and the target's name, here", async () => {
  mkdirSync(join(folder, "here"));
  const command = ["compile", "../model.tflite", "--target", "a311d"];
  const result = await nolfet(command, join(folder, "here"));
  assert.is(result.code, 0);
  assert.equal(readdirSync(join(folder, "here")), ["model.a311d.nolf"]);
  const written = readFileSync(join(folder, "here", "model.a311d.nolf"));
  assert.equal(new Uint8Array(written), blob.slice());
  assert.match(result.stdout, /model\.a311d\.nolf .* for vipnano-qi\.a311d/);
  assert.match(result.stdout, new RegExp(`${onNpu.length} on the NPU \\(\\d (proven|expected)`));
  assert.match(result.stdout, `, ${onCpu.length} on the CPU\n`);
  for (const { index, name, reason } of onCpu) {
    assert.match(result.stdout, `CPU        ${index} ${name}: ${reason}`);
  }
});

test("compile --json holds the report", async () => {
  const { output, ...report } = await document("compile model.tflite -t vim3 -o out.nolf");
  assert.is(output, "out.nolf");
  assert.equal(report, JSON.parse(JSON.stringify(blob.report)));
  assert.equal(new Uint8Array(readFileSync(join(folder, "out.nolf"))), blob.slice());
});

test("compile writes several models into a folder, and lists their reports", async () => {
  writeFileSync(join(folder, "other.tflite"), model);
  const reports = await document("compile model.tflite other.tflite -t vim3 -o several/new/");
  const names = ["model.vim3.nolf", "other.vim3.nolf"];
  assert.equal(readdirSync(join(folder, "several/new")), names);
  assert.equal(
    reports.map(({ output }: { output: string }) => output),
    names.map((name) => join("several/new", name)),
  );
  for (const [command, message] of [
    [
      "model.tflite several/../model.tflite -o several",
      "model twice; expected models of different",
    ],
    ["model.tflite other.tflite -o -", "standard output; expected --output with a folder"],
    ["model.tflite -o - --json", "the blob on standard output, too; expected --output with a file"],
  ] as const) {
    const { code, stderr } = await nolfet(`compile -t vim3 ${command}`.split(" "), folder);
    assert.is(code, 2);
    assert.match(stderr, message);
  }
});

test("a hyphen is standard input and output", () => {
  const piped = (input: Uint8Array, ...args: string[]) =>
    execFileSync(process.execPath, [CLI, ...args], { input, cwd: folder, stdio: "pipe" });
  const bytes = piped(model, "compile", "-", "-t", "a311d");
  assert.equal(new Uint8Array(bytes), blob.slice());
  const text = piped(bytes, "run", "-", "--input", "pixels.bin", "--output-dir", "piped");
  assert.match(`${text}`, `${onNpu.length} of 4 operators on the NPU`);
  assert.equal(new Uint8Array(readFileSync(join(folder, "piped/out0.bin"))), expected);
});

test("compile overwrites, and hands its options on", async () => {
  writeFileSync(join(folder, "again.nolf"), "something else");
  await succeed("compile model.tflite -t a311d -o again.nolf --compat mesa");
  const mesa = await compile(model, { target: "a311d", compat: "mesa" });
  assert.equal(new Uint8Array(readFileSync(join(folder, "again.nolf"))), mesa.slice());
  assert.is(mesa.report.options.compatMesa, true);
});

test("run takes raw inputs and writes raw outputs", async () => {
  const { stdout } = await succeed("run model.nolf --input pixels.bin --output-dir new/outputs");
  assert.equal(readdirSync(join(folder, "new/outputs")), ["out0.bin"]);
  assert.equal(new Uint8Array(readFileSync(join(folder, "new/outputs/out0.bin"))), expected);
  assert.match(stdout, `${onNpu.length} of 4 operators on the NPU (vipnano-qi.a311d, emulator: `);
  assert.match(stdout, `on the CPU: ${cpuList}\n`);
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
  assert.is(result.stderr, "nolfet: compiled for a311d; --target chooses another core\n");
  const { target, device, operators: listed, top, milliseconds } = JSON.parse(result.stdout);
  assert.is(target, "vipnano-qi.a311d");
  assert.is(device.name, "emulator");
  assert.equal(
    listed,
    operators.map(({ index, name, placement }) => ({ index, name, placement })),
  );
  assert.is(top.length, 5);
  assert.is(top[0].score, Math.max(...expected) / 256);
  assert.ok(milliseconds > 0);
});

test("check tells placement, mark and reason of every operator", async () => {
  const { stdout } = await succeed("check model.tflite -t a311d");
  assert.match(stdout, /0 +CONV_2D +NPU +(proven|expected)/);
  for (const { index, name, placement, mark, reason } of operators) {
    const row = `^ *${index} +${name} +${placement} +${placement === "NPU" ? mark : reason} +[\\d,]+$`;
    assert.match(stdout, new RegExp(row, "m"));
  }
  assert.match(
    stdout,
    `${onNpu.length} of 4 operators on the NPU of vipnano-qi.a311d, in 1 segment: `,
  );
  const { target, operators: checked, summary } = await document("check model.tflite -t a311d");
  assert.is(target, "vipnano-qi.a311d");
  assert.equal([summary.npuOperators, summary.cpuOperators], [onNpu.length, onCpu.length]);
  for (const { placement, mark, reason, cpuKernel } of checked) {
    const told = placement === "NPU" ? [mark] : [reason, cpuKernel];
    assert.ok(told.every(Boolean), `${told}`);
  }
});

test("check and compile name the package that runs what has no kernel", async () => {
  writeFileSync(join(folder, "l2.tflite"), classifierModel({ pool: "L2_POOL_2D" }));
  const told = /L2_POOL_2D.*; runs only with @litertjs\/core/;
  for (const command of ["check l2.tflite", "compile l2.tflite -o l2.nolf"]) {
    assert.match((await succeed(`${command} -t a311d`)).stdout, told);
    assert.not.match((await succeed("check model.tflite -t a311d")).stdout, told);
  }
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
  for (const command of ["compile", "run", "check", "compare", "inspect", "targets"]) {
    assert.ok(help.stdout.includes(command));
    assert.match((await succeed(`${command} --help`)).stdout, /--json/);
  }
  assert.match((await succeed("--version")).stdout, /^\d+\.\d+\.\d+\n$/);
  assert.equal(await succeed("-v"), await succeed("--version"));
});

test("a reader that has seen enough is no error", async () => {
  const child = spawn(process.execPath, [CLI, "inspect", "model.nolf", "--disassemble", "--json"], {
    cwd: folder,
  });
  let complaints = "";
  child.stderr.setEncoding("utf8").on("data", (text: string) => {
    complaints += text;
  });
  child.stdout.once("data", () => child.stdout.destroy());
  const code = await new Promise((resolve) => child.on("close", resolve));
  assert.equal([code, complaints], [0, ""]);
});

test("multiply-accumulates that stay on the CPU are counted in", async () => {
  // Of a core that is only expected to work, no job is proven.
  const { report } = await compile(model, { target: "vipnano-qi.0x7d", strict: true });
  assert.is(report.operators[0]?.placement, "CPU");
  assert.is(report.operators[0]?.macs, operators[0]?.macs);
  assert.equal(report.macs, { npu: 0, total: operators[0]?.macs });
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
