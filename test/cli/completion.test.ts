import { execFileSync } from "node:child_process";
import { join } from "node:path";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { createProgram } from "../../host/cli/program.ts";
import { TARGETS } from "../../host/index.ts";
import { nolfet, temporaryFolder } from "./nolfet.ts";

// Scripts for shells, and what bash makes of its own.

const { folder, remove } = temporaryFolder();
const { stdout: script } = await nolfet(["completion", "bash"], folder);

/** What bash offers for the last of these words. */
function offered(...words: string[]): string[] {
  const set = `COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); _nolfet`;
  const show = `printf "%s\\n" "\${COMPREPLY[@]}"`;
  const text = execFileSync("bash", [
    "-c",
    `${script}\n${set}; ${show}`,
    "bash",
    "nolfet",
    ...words,
  ]);
  return text.toString().split("\n").filter(Boolean);
}

test("bash completes commands, their options and the options' values", () => {
  const commands = createProgram().commands.map((command) => command.name());
  assert.equal(offered(""), [...commands, "--help", "--version"]);
  assert.equal(offered("comp"), ["compile", "compare", "completion"]);
  assert.equal(offered("compile", "--st"), ["--strict", "--std", "--stop-at"]);
  const cores = TARGETS.flatMap(({ name, aliases }) => [name, ...aliases]);
  assert.equal(offered("compile", "model.tflite", "-t", ""), cores);
  assert.equal(offered("run", "x", "--target", "a3"), ["a311d"]);
  assert.equal(offered("run", "x", "--fit", "l"), ["letterbox"]);
  assert.equal(offered("run", "x", "--decoder", "yolov"), ["yolov8", "yolov5"]);
  assert.not.ok(offered("compile", "--").includes("--compat"));
});

test("bash is left to complete files", () => {
  assert.equal(offered("run", "mod"), []);
  assert.equal(offered("run", "x", "--image", "pic"), []);
});

for (const [shell, entry] of [
  ["zsh", /^ {4}check\) _arguments -s '\*-t\[core to compile for .*\]:value:\(.* a311d /m],
  ["fish", /^complete .* '__fish_seen_subcommand_from check' -s t -l target -x -a '.* a311d /m],
] as const) {
  test(`${shell} has a script with the same words`, async () => {
    const { stdout, code } = await nolfet(["completion", shell], folder);
    assert.is(code, 0);
    assert.match(stdout, entry);
    for (const name of ["compile", "run", "completion"]) assert.ok(stdout.includes(name));
  });
}

test("other shells are wrong usage", async () => {
  const { stderr, code } = await nolfet(["completion", join("bin", "tcsh")], folder);
  assert.is(code, 2);
  assert.match(stderr, /Allowed choices are bash, zsh, fish/);
});

test.after(remove);
test.run();
