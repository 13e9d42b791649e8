import { createHash } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { compile, openBlob } from "../../host/index.ts";
import { emulatedSession } from "../devices/emulated-session.ts";
import { codeBlocks } from "../package/documents.ts";
import { InputGenerator } from "../support/inputs.ts";
import { MODELS } from "../support/models.ts";
import { StandIn } from "../support/stand-in.ts";
import { compiledAgainstLibrary } from "./runner.ts";

const folder = mkdtempSync(join(tmpdir(), "nolfet-example-"));
test.after(() => rmSync(folder, { recursive: true }));

const [source = ""] = codeBlocks("docs/devices.md", "c");
writeFileSync(join(folder, "example.c"), source);
const program = compiledAgainstLibrary(join(folder, "example.c"));

if (program) {
  test("the example of the documents gives what the emulator gives", async () => {
    const model = (MODELS.digits as () => Uint8Array)();
    const blob = await compile(model, { target: "a311d", stopAt: "logits" });
    writeFileSync(join(folder, "blob"), blob);
    writeFileSync(join(folder, "in"), new InputGenerator().bytes(28 * 28));
    const standIn = await StandIn.create({ renderD128: { cores: ["a311d"] } });
    const line = `cd ${folder} && ${program} blob < in > out`;
    const { code, stderr } = await standIn.run("sh", ["-c", line]);
    await standIn.close();
    assert.is(stderr, "");
    assert.is(code, 0);
    const found = createHash("sha256")
      .update(readFileSync(join(folder, "out")))
      .digest("hex");
    assert.equal([found], (await emulatedSession(openBlob(blob))).outputs);
  });
}

test.run();
