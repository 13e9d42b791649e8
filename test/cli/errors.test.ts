import { mkdirSync, readdirSync, readFileSync, truncateSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { Jimp } from "jimp";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { FORMAT_VERSION } from "../../assembly/compiler/version.ts";
import { compile } from "../../host/index.ts";
import { BlobEditor } from "../host/blob-editor.ts";
import { classifierModel } from "../host/models.ts";
import { ROOT } from "../package/documents.ts";
import { nolfet, nolfetOfSmallFiles, temporaryFolder } from "./nolfet.ts";

// Whatever goes wrong is one clear line, an exit code, and no file.

const { folder, remove } = temporaryFolder();
const model = classifierModel();
const blob = await compile(model, { target: "a311d" });
const damaged = blob.slice();
damaged[blob.length >> 1] = (damaged[blob.length >> 1] as number) ^ 1;
const newer = new BlobEditor(blob);
newer.view.setUint32(newer.position(newer.root, "Blob", "version"), FORMAT_VERSION + 1, true);

const FILES: Record<string, Uint8Array> = {
  "model.tflite": model,
  "model.nolf": blob,
  "custom.tflite": classifierModel({ pool: "FancyPool" }),
  "damaged.nolf": damaged,
  "newer.nolf": newer.sealed(),
  "empty.tflite": new Uint8Array(),
  "truncated.tflite": model.subarray(0, 200),
  "picture.png": new Uint8Array(
    await new Jimp({ width: 8, height: 8, color: 0xff0000ff }).getBuffer("image/png"),
  ),
  "cut.jpg": new Uint8Array(
    await new Jimp({ width: 64, height: 64, color: 0xff0000ff }).getBuffer("image/jpeg"),
  ).subarray(0, -40),
  "picture.webp": new TextEncoder().encode("RIFF\x10\0\0\0WEBPVP8 "),
  "digits.tflite": new Uint8Array(readFileSync(join(ROOT, "models/digits/digits_int8.tflite"))),
  "names.txt": new TextEncoder().encode("hen\negg\n"),
  "pixels.bin": new Uint8Array(512),
  "short.bin": new Uint8Array(511),
};
for (const [name, bytes] of Object.entries(FILES)) writeFileSync(join(folder, name), bytes);
mkdirSync(join(folder, "folder"));
// All hole: no more than its length is ever looked at.
writeFileSync(join(folder, "huge.tflite"), "");
truncateSync(join(folder, "huge.tflite"), 2 ** 31 + 4);

const REFUSED = 1;
const USAGE = 2;

const CASES: [command: string, code: number, message: RegExp][] = [
  [
    "compile missing.tflite -t a311d",
    REFUSED,
    /no such file: missing\.tflite; expected .*\[FILE\]/,
  ],
  ["compile missing.tflite", REFUSED, /no such file: missing\.tflite; /],
  ["compile missing.tflite -o missing.tflite", REFUSED, /no such file: missing\.tflite; /],
  ["check missing.tflite", REFUSED, /no such file: missing\.tflite; /],
  ["compare missing.tflite --image a --input b", REFUSED, /no such file: missing\.tflite; /],
  ["report missing.tflite", REFUSED, /no such file: missing\.tflite; /],
  ["run missing.tflite", REFUSED, /no such file: missing\.tflite; /],
  ["run missing.nolf --input x --labels none.txt", REFUSED, /no such file: missing\.nolf; /],
  ["inspect missing.nolf", REFUSED, /no such file: missing\.nolf; /],
  ["inspect folder", REFUSED, /a folder, not a file: folder; /],
  ["devices missing.nolf", REFUSED, /no such file: missing\.nolf; /],
  ["devices folder", REFUSED, /a folder, not a file: folder; /],
  ["devices model.tflite", REFUSED, /model\.tflite: .*identifier NOLF.*\[BAD_BLOB\]/],
  ["run model.nolf --input missing.bin", REFUSED, /no such file: missing\.bin; /],
  ["run model.nolf --input folder", REFUSED, /a folder, not a file: folder; .*\[FILE\]/],
  ["run model.nolf --image missing.png", REFUSED, /\[(FILE|BAD_INPUT)\]/],
  ["run model.nolf --input pixels.bin --timeout 5s", USAGE, /'5s' is invalid.*milliseconds/],
  [
    "run model.nolf --input pixels.bin --device ",
    USAGE,
    /device is ""; expected auto, emulator, or a path/,
  ],
  ["check model.tflite -t a311d --calibrate missing.png", REFUSED, /\[(FILE|BAD_INPUT)\]/],
  ["compile model.tflite -t a311d --job-budget 0", USAGE, /'0' is invalid.*whole number from 1/],
  ["compile model.tflite -t a311d --job-budget 9999999", USAGE, /jobBudget is 9999999; expected/],
  ["selftest --only nothing-like-it --device emulator", USAGE, /no pattern has "nothing-like-it"/],
  ["selftest --device npu0 --only sum", REFUSED, /found "npu0" \[NO_DEVICE\]/],
  ["selftest -t a311 --device emulator", USAGE, /no target "a311"; .*\[UNSUPPORTED_TARGET\]/],
  ["compile folder -t a311d", REFUSED, /a folder, not a file: folder; .*\[FILE\]/],
  ["compile empty.tflite -t a311d", REFUSED, /empty\.tflite: .*found 0 bytes \[TRUNCATED\]/],
  ["compile truncated.tflite -t a311d", REFUSED, /truncated\.tflite: .*\[(TRUNCATED|MALFORMED)\]/],
  ["compile picture.png -t a311d", REFUSED, /picture\.png: .*TensorFlow Lite.*\[NOT_A_MODEL\]/],
  ["compile model.nolf -t a311d", REFUSED, /model\.nolf: .*\[NOT_A_MODEL\]/],
  [
    "compile model.tflite -t a311",
    USAGE,
    /no target "a311"; expected one such as a311d, .*\[UNSUPPORTED_TARGET\]/,
  ],
  ["compile model.tflite -t imx9mp", USAGE, /such as imx8mp/],
  [
    "compile model.tflite -t a311d -o no/such/x.nolf",
    REFUSED,
    /no such folder: no\/such; expected one to write to \[FILE\]/,
  ],
  [
    "compile model.tflite -t a311d -o pixels.bin/",
    REFUSED,
    /: pixels\.bin\/; expected a folder to write to \[FILE\]/,
  ],
  [
    "compile model.tflite",
    USAGE,
    /no --target; expected a core, such as --target a311d \[BAD_OPTION\]/,
  ],
  ["compile model.tflite --targte a311d", USAGE, /unknown option '--targte'.*--target/],
  [
    "compile model.tflite -t a311d -o ./model.tflite",
    USAGE,
    /is read; expected an output other than what is read/,
  ],
  ["compile -t a311d", USAGE, /missing required argument 'models'/],
  ["compile model.tflite -t a311d extra", REFUSED, /no such file: extra; /],
  ["compile model.tflite -t a311d --fast", USAGE, /unknown option '--fast'/],
  ["compile model.tflite -t a311d --compat vsi", USAGE, /Allowed choices are mesa/],
  ["compile model.tflite -t a311d --strict --allow-unproven", USAGE, /cannot be used with/],
  ["check picture.png -t a311d", REFUSED, /picture\.png: .*\[NOT_A_MODEL\]/],
  ["check model.tflite -t nothing", USAGE, /\[UNSUPPORTED_TARGET\]/],
  ["compare picture.png -t a311d", REFUSED, /picture\.png: .*\[NOT_A_MODEL\]/],
  ["compare model.tflite", USAGE, /no --target; expected a core/],
  [
    "compare model.tflite -t a311d --image picture.png --input pixels.bin",
    USAGE,
    /both --image and --input; expected one/,
  ],
  [
    "compile model.tflite -t a311d --stop-at nothing",
    USAGE,
    /stopAt is "nothing"; expected a computed tensor such as /,
  ],
  ["inspect model.tflite", REFUSED, /model\.tflite: at byte 4: expected the identifier NOLF/],
  ["inspect damaged.nolf", REFUSED, /damaged\.nolf: .*\[BAD_BLOB\]/],
  ["inspect empty.tflite", REFUSED, /\[BAD_BLOB\]/],
  ["run model.nolf", USAGE, /neither --image nor --input; expected one of them/],
  [
    "run model.nolf --image picture.png --input pixels.bin",
    USAGE,
    /both --image and --input; expected one/,
  ],
  [
    "run model.nolf --input pixels.bin --mean 5",
    USAGE,
    /--mean or --std with --input; expected --image/,
  ],
  ["run model.nolf --input short.bin", REFUSED, /512 bytes for "pixels" in short\.bin, found 511/],
  ["run model.nolf --input pixels.bin,pixels.bin", REFUSED, /1 files with --input.*found 2/],
  ["run model.nolf --image picture.png", REFUSED, /image input of 1×H×W×1 or 1×H×W×3/],
  ["run model.nolf --input pixels.bin --device npu0", REFUSED, /\[NO_DEVICE\]/],
  [
    "run model.nolf --input pixels.bin -t imx8mp",
    USAGE,
    /blob is for vipnano-qi\.a311d; expected one for vipnano-si\+\.imx8mp/,
  ],
  ["run model.nolf --input pixels.bin --labels none.txt", REFUSED, /none\.txt.*\[FILE\]/],
  ["run model.nolf --input pixels.bin --labels names.txt", REFUSED, /8 classes, found 2 \[BAD_INP/],
  ["run model.nolf --input pixels.bin --labels picture.png", REFUSED, /names as text in picture/],
  ["inspect newer.nolf", REFUSED, /newer\.nolf: .* of the format, found version .*\[BAD_BLOB\]/],
  ["run newer.nolf --input pixels.bin", REFUSED, /found version \d+ \[BAD_BLOB\]/],
  ["compile huge.tflite -t a311d", REFUSED, /more than 512 MiB: huge\.tflite; .*\[FILE\]/],
  ["inspect huge.tflite", REFUSED, /more than 512 MiB: huge\.tflite; .*\[FILE\]/],
  ["run folder --input pixels.bin", REFUSED, /a folder, not a file: folder; .*\[FILE\]/],
  ["run digits.tflite --image cut.jpg", REFUSED, /cut\.jpg: .*a whole JPEG .*a truncated one/],
  ["run digits.tflite --image picture.webp", REFUSED, /picture\.webp: .*in the format WebP \[BAD/],
  [
    "compile digits.tflite -t a311d --calibrate picture.webp",
    REFUSED,
    /error: picture\.webp: .*WebP/,
  ],
  [
    "check digits.tflite -t a311d --calibrate cut.jpg",
    REFUSED,
    /error: cut\.jpg: .*a truncated one/,
  ],
  ["targets extra", USAGE, /too many arguments/],
  ["run model.nolf --image picture.png --mean a", USAGE, /Expected a number/],
  ["run custom.tflite --input pixels.bin", REFUSED, /in operator 1: .*found "FancyPool"/],
  ["run damaged.nolf --input pixels.bin", REFUSED, /\[BAD_BLOB\]/],
  [
    "run model.nolf --input pixels.bin --output-dir pixels.bin",
    REFUSED,
    /: pixels\.bin; expected a folder to write to \[FILE\]/,
  ],
  ["frobnicate", USAGE, /unknown command 'frobnicate'/],
  ["--frobnicate", USAGE, /unknown option '--frobnicate'/],
];

const before = readdirSync(folder).sort();

for (const [command, code, message] of CASES) {
  test(`nolfet ${command}`, async () => {
    const result = await nolfet(command.split(" "), folder);
    const lines = result.stderr.trimEnd().split("\n");
    const error = lines.at(-1) ?? "";
    assert.match(error, /^nolfet: error: /);
    assert.match(error, message);
    // Before it, only the word about the default target.
    assert.ok(
      lines.slice(0, -1).every((line) => line.startsWith("nolfet: compiled for a311d")),
      result.stderr,
    );
    assert.not.match(result.stderr, /^\s+at /m);
    assert.is(result.stdout, "");
    assert.is(result.code, code);
    assert.equal(readdirSync(folder).sort(), before);
  });
}

test("nolfet alone shows its help, as wrong usage", async () => {
  const result = await nolfet([], folder);
  assert.is(result.code, USAGE);
  assert.match(result.stderr, /Usage: nolfet/);
});

test("with --json, the error is a document as well", async () => {
  const result = await nolfet(["check", "picture.png", "-t", "a311d", "--json"], folder);
  assert.is(result.code, REFUSED);
  const { error } = JSON.parse(result.stdout);
  assert.is(error.code, "NOT_A_MODEL");
  assert.is(error.file, "picture.png");
  assert.is(error.expected, "a TensorFlow Lite model");
  assert.match(result.stderr, /^nolfet: error: picture\.png: .*\n$/);
});

test("an output that is there already survives a failure half-way", async () => {
  const directory = join(folder, "small");
  mkdirSync(directory);
  writeFileSync(join(directory, "old.nolf"), "old");
  const command = ["compile", "model.tflite", "-t", "a311d", "-o", "small/old.nolf"];
  const result = await nolfetOfSmallFiles(command, folder);
  assert.is(result.code, REFUSED);
  assert.match(result.stderr, /a file larger than may be written: small\/old\.nolf; .*\[FILE\]/);
  assert.is(readFileSync(join(directory, "old.nolf"), "utf8"), "old");
  assert.equal(readdirSync(directory), ["old.nolf"]);
});

test.after(remove);
test.run();
