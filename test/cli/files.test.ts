import { execFileSync, spawn } from "node:child_process";
import {
  chmodSync,
  copyFileSync,
  linkSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { compile } from "../../host/index.ts";
import { classifierModel, pixels } from "../host/models.ts";
import { ROOT } from "../package/documents.ts";
import { CLI, nolfet, temporaryFolder } from "./nolfet.ts";

// What the commands read and write: never without end, and never over what they read.

const { folder, remove } = temporaryFolder();
const model = classifierModel();
writeFileSync(join(folder, "model.tflite"), model);
writeFileSync(join(folder, "model.nolf"), await compile(model, { target: "a311d" }));
writeFileSync(join(folder, "pixels.bin"), pixels(1));
copyFileSync(join(ROOT, "models/digits/digits_int8.tflite"), join(folder, "digits.tflite"));
symlinkSync("model.tflite", join(folder, "link.nolf"));
linkSync(join(folder, "model.tflite"), join(folder, "hard.nolf"));
mkdirSync(join(folder, "out"));
symlinkSync("../pixels.bin", join(folder, "out/out0.bin"));

const OVER_WHAT_IS_READ = [
  "compile model.tflite -t a311d -o link.nolf",
  "compile model.tflite -t a311d -o hard.nolf",
  "compile link.nolf -t a311d -o model.tflite",
  "report model.tflite -t a311d -o link.nolf",
  "report model.tflite -t a311d --csv -o link.nolf",
  "run model.nolf --input pixels.bin --output-dir out",
];

for (const command of OVER_WHAT_IS_READ) {
  test(`refuses to write over what it reads: ${command}`, async () => {
    const { code, stderr, stdout } = await nolfet(command.split(" "), folder);
    assert.match(stderr, /is read; expected an output other than what is read \[BAD_OPTION\]\n$/);
    assert.is(stdout, "");
    assert.is(code, 2);
    assert.equal(new Uint8Array(readFileSync(join(folder, "model.tflite"))), model);
    assert.equal(new Uint8Array(readFileSync(join(folder, "pixels.bin"))), pixels(1));
  });
}

const WRITERS: [what: string, args: string[]][] = [
  ["compile", ["compile", "model.tflite", "-t", "a311d", "-o"]],
  ["report", ["report", "model.tflite", "-t", "a311d", "-o"]],
  ["report --csv", ["report", "model.tflite", "-t", "a311d", "--csv", "-o"]],
  ["selftest --report", ["selftest", "-d", "emulator", "--only", "3×3 dilated", "--report"]],
];

for (const [what, args] of WRITERS) {
  test(`${what} keeps the permissions of a file that it replaces`, async () => {
    const directory = newFolder();
    const file = join(directory, "there");
    for (const mode of [0o600, 0o664]) {
      writeFileSync(file, "old");
      chmodSync(file, mode);
      const { code, stderr } = await nolfet([...args, file], folder);
      assert.is(stderr, "");
      assert.is(code, 0);
      assert.is(statSync(file).mode & 0o7777, mode);
      assert.ok(statSync(file).size > 3);
      assert.equal(readdirSync(directory), ["there"]);
    }
  });
}

test("a new file has the permissions that the umask leaves", async () => {
  const file = join(newFolder(), "new.nolf");
  const command = 'umask 027; exec "$@"';
  const compiling = [CLI, "compile", "model.tflite", "-t", "a311d", "-o", file];
  execFileSync("sh", ["-c", command, "sh", process.execPath, ...compiling], { cwd: folder });
  assert.is(statSync(file).mode & 0o777, 0o640);
});

test("writes through a link to another file, and leaves the link", async () => {
  const directory = newFolder();
  writeFileSync(join(directory, "target"), "old");
  symlinkSync("target", join(directory, "link"));
  await nolfet([...(WRITERS[0]?.[1] ?? []), join(directory, "link")], folder);
  assert.is(readlinkSync(join(directory, "link")), "target");
  assert.is(readFileSync(join(directory, "target")).toString("latin1", 4, 8), "NOLF");
});

test("follows no link under the name of its temporary file", async () => {
  const directory = newFolder();
  writeFileSync(join(directory, "victim"), "precious");
  // The shell knows its own process number, which the command then has.
  const planting = 'ln -s victim "$0.$$.part"; exec "$@"';
  const output = join(directory, "x.nolf");
  const compiling = [CLI, "compile", "model.tflite", "-t", "a311d", "-o", output];
  execFileSync("sh", ["-c", planting, output, process.execPath, ...compiling], { cwd: folder });
  assert.is(readFileSync(join(directory, "victim"), "utf8"), "precious");
  assert.is(statSync(output).isFile(), true);
  assert.is(readFileSync(output).toString("latin1", 4, 8), "NOLF");
});

const ENDLESS: [command: string, message: RegExp][] = [
  ["run model.nolf --input /dev/zero", /512 bytes for "pixels" in \/dev\/zero, found more \[BAD_I/],
  ["run /dev/zero --input pixels.bin", /\/dev\/zero: .*found a file that begins with .*\[NOT_A/],
  ["compile /dev/zero -t a311d", /\/dev\/zero: .*found a file that begins with .*\[NOT_A_MODEL\]/],
  ["check /dev/zero -t a311d", /\[NOT_A_MODEL\]/],
  ["compare /dev/zero -t a311d", /\[NOT_A_MODEL\]/],
  ["report /dev/zero -t a311d", /\[NOT_A_MODEL\]/],
  [
    "run digits.tflite --image /dev/zero",
    /\/dev\/zero: expected a PNG, .* picture, found bytes 00/,
  ],
  ["compile digits.tflite -t a311d --calibrate /dev/zero", /error: \/dev\/zero: .*\[BAD_INPUT\]/],
  ["inspect /dev/zero", /\/dev\/zero: .*the identifier NOLF.*\[BAD_BLOB\]/],
  ["devices /dev/zero", /\/dev\/zero: .*the identifier NOLF.*\[BAD_BLOB\]/],
  [
    "run model.nolf --input pixels.bin --labels /dev/zero",
    /more than 16 MiB: \/dev\/zero; expected a list of labels of at most that \[FILE\]/,
  ],
];

for (const [command, message] of ENDLESS) {
  test(`reads no further than it needs: ${command}`, async () => {
    const { code, stderr } = await limited(command.split(" "));
    assert.match(stderr, message);
    assert.is(code, 1);
  });
}

test("reads models and tensors from pipes", async () => {
  const command = "run /dev/stdin --input <(cat pixels.bin) --json < <(cat model.nolf)";
  const script = `"${process.execPath}" "${CLI}" ${command}`;
  const stdout = execFileSync("bash", ["-c", script], { cwd: folder, encoding: "utf8" });
  assert.is(JSON.parse(stdout).file, "/dev/stdin");
});

/** Runs a command that must end within ten seconds. */
function limited(args: string[]): Promise<{ code: number | null; stderr: string }> {
  return new Promise((resolve) => {
    const child = spawn(process.execPath, [CLI, ...args], { cwd: folder, timeout: 10_000 });
    let stderr = "";
    child.stderr.setEncoding("utf8").on("data", (text: string) => {
      stderr += text;
    });
    child.on("close", (code) => resolve({ code, stderr }));
  });
}

let folders = 0;
function newFolder(): string {
  const directory = join(folder, `new${folders++}`);
  mkdirSync(directory);
  return directory;
}

test.after(remove);
test.run();
