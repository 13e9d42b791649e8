import { execFileSync } from "node:child_process";
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { pictureFormat } from "../../host/images/header.ts";
import { hasShared, SHARED } from "../support/shared.ts";
import { codeBlocks, ROOT } from "./documents.ts";

// Every command of the tutorial, in its order.

const MODEL = join(SHARED, "onnx/models/fastestdet.onnx");

if (hasShared("the tutorial's commands") && existsSync(MODEL)) {
  const folder = mkdtempSync(join(tmpdir(), "nolfet-tutorial-"));
  const picture = join(SHARED, "images/grace_hopper.bmp");
  cpSync(MODEL, join(folder, "fastestdet.onnx"));
  cpSync(picture, join(folder, "person.bmp"));
  mkdirSync(join(folder, "pictures"));
  cpSync(picture, join(folder, "pictures/person.bmp"));
  const cli = `"${process.execPath}" "${join(ROOT, "dist/cli.js")}"`;
  const commands = codeBlocks("docs/tutorial.md", "console").map((block) =>
    block.replace(/^\$ /, "").trim(),
  );

  test("the tutorial leads from an ONNX model to a picture with a person in a box", () => {
    const outputs = commands.map((command) =>
      execFileSync("sh", ["-c", command.replace("npx nolfet", cli)], {
        cwd: folder,
        encoding: "utf8",
      }),
    );
    const [quantized, checked, compiled, found] = outputs;
    assert.match(quantized ?? "", /^written {2}fastestdet\.uint8\.tflite /);
    assert.match(checked ?? "", /operators on the NPU of vipnano-qi\.a311d, in 1 segment/);
    assert.match(compiled ?? "", /^written {4}fastestdet\.uint8\.a311d\.nolf /);
    const [top, left, bottom, right] = (
      /^person +0\.[89]\d+ +(.*)$/m.exec(found ?? "")?.[1]?.split(", ") ?? []
    ).map(Number);
    // The person fills the picture.
    assert.ok(top !== undefined && top < 0.15 && (left ?? 1) < 0.15, found);
    assert.ok((bottom ?? 0) > 0.85 && (right ?? 0) > 0.85, found);
    const drawn = new Uint8Array(readFileSync(join(folder, "boxes.png")));
    assert.is(pictureFormat(drawn), "PNG");
  });

  test.after(() => rmSync(folder, { recursive: true }));
}

test.run();
