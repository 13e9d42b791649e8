import { spawnSync } from "node:child_process";
import { tmpdir } from "node:os";
import { test } from "uvu";
import * as assert from "uvu/assert";
import * as nolf from "../../host/blob/nolf.generated.ts";
import { compile } from "../../host/index.ts";
import { BlobEditor } from "../host/blob-editor.ts";
import { classifierModel } from "../host/models.ts";
import { compiledRunner } from "./runner.ts";

// What a blob is read from is said as it is: a folder, nothing, a pipe, which has no length.

const runner = compiledRunner();
if (runner) {
  const said = (command: string, args: string[], input: Uint8Array = new Uint8Array()) => {
    const { status, stderr } = spawnSync(command, args, { input });
    return `${status} ${stderr}`;
  };
  const load = (path: string) => said(runner, ["--device", "/nowhere", path]);
  const pipe = (input: Uint8Array) => {
    return said("sh", ["-c", `cat | "${runner}" --device /nowhere /dev/stdin`], input);
  };

  test("a folder is no blob", () => {
    assert.match(load(tmpdir()), /^1 .*expected a file that can be read, found Is a directory/);
  });

  test("nor is what is not there", () => {
    assert.match(load("/nowhere/blob"), /^1 .*found No such file or directory: \/nowhere\/blob/);
  });

  test("a blob comes from a pipe as well as from a file", async () => {
    const blob = await compile(classifierModel(), { target: "a311d", stopAt: "features" });
    assert.match(pipe(blob), /^1 .*\/nowhere/);
    assert.match(pipe(blob.subarray(0, 1000)), /^1 .*expected a \.nolf file/);
    assert.match(pipe(new Uint8Array()), /^1 .*expected a \.nolf file/);
  });

  test("control characters of an operator's name are escaped", async () => {
    const editor = new BlobEditor(await compile(classifierModel(), { target: "a311d" }));
    const operators = Array.from({ length: editor.root.operatorsLength() }, (_, i) => i);
    const onCpu = operators
      .map((i) => editor.root.operators(i) as nolf.Operator)
      .find((operator) => operator.placement() === nolf.Placement.CPU) as nolf.Operator;
    const name = editor.elements(onCpu, "Operator", "name");
    editor.bytes.set(Buffer.from("\n\x1b\u009b"), name);
    assert.match(
      pipe(editor.sealed()),
      /^1 .*operator \d+: expected .* kernels run, found \\u000a\\u001b\\u009b.*\n$/,
    );
  });
}

test.run();
