import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { NolfetError } from "../../host/errors.ts";
import type { Network } from "../../host/nbg/network.ts";
import { openNetwork } from "../../host/nbg/open.ts";
import { NetworkRun, runNetwork } from "../../host/nbg/run.ts";
import { ROOT } from "../package/documents.ts";
import { Random } from "../support/random.ts";
import { hasShared, readShared, SHARED } from "../support/shared.ts";
import { bestOf, boxesOf, letterbox, picture, planar } from "./pictures.ts";
import { networkOf, VENDOR_FILES } from "./streams.ts";

// Whole networks of the vendor's compiler, from their bytes alone.

const module = new WebAssembly.Module(
  readFileSync(new URL("../../dist/emulator.wasm", import.meta.url)),
);

const SEED = Number(process.env.SEED ?? Date.now() % 1_000_000);

function network(name: string): Network {
  const file = VENDOR_FILES.find((one) => one.name === name);
  if (!file) throw new Error(`no vendor file ${name}`);
  return networkOf(file);
}

/** Of the network for the 0xb9, the rows of a depthwise tile, which its compiler misplaced. */
function withRowsInPlace(network: Network): Network {
  const job = network.operations.filter(({ kind }) => kind === "NN")[7];
  if (job?.words?.[7] !== 0x2760) throw new Error("another job than the one that is misplaced");
  job.words[7] = 0x460;
  return network;
}

if (hasShared("whole networks of the vendor's compiler")) {
  test("LeNet gives a board's bits, and logits that lie as far apart", async () => {
    const input = readShared("vendor/lenet/lenet_input_0.dat");
    const run = await NetworkRun.create(network("lenet/v853-lenet-uint8.nb"), module);
    run.fill([input]);
    run.execute();
    assert.equal(run.read()[0], readShared("vendor/lenet/lenet_actual_output_tensor.dat"));
    const softmax = run.program.steps.find(({ kind }) => kind === "shader");
    const logits = run.emulator.view(softmax?.operands[0]?.address ?? 0, 10);
    assert.is((logits[0] as number) - (logits[6] as number), 147);
  });

  test("the command writes the outputs' bytes", () => {
    const folder = mkdtempSync(join(tmpdir(), "nolfet-"));
    try {
      const args = ["dist/cli.js", "run", `${SHARED}/vendor/lenet/v853-lenet-uint8.nb`];
      const input = ["--input", `${SHARED}/vendor/lenet/lenet_input_0.dat`];
      const run = (...more: string[]) =>
        spawnSync("node", [...args, ...more], { cwd: ROOT, encoding: "utf8" });
      const { status, stdout, stderr } = run(...input, "--output-dir", folder);
      assert.is(status, 0, stderr);
      assert.match(stdout, /uid_2_sub_uid_1_out_0 +float16 +10×1/);
      const written = new Uint8Array(readFileSync(join(folder, "out0.bin")));
      assert.equal(written, readShared("vendor/lenet/lenet_actual_output_tensor.dat"));
      writeFileSync(join(folder, "short"), "1234");
      assert.match(run("--input", join(folder, "short")).stderr, /784 bytes for "input\[0\]"/);
      assert.match(run("--image", join(folder, "short")).stderr, /--image with a \.nb file/);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  for (const name of ["s905d3-mobilenet_v1-uint8.nb", "0xb9-mobilenet_v1-uint8.nb"]) {
    test(`${name} knows a goldfish and a golden retriever`, async () => {
      // Labels as in ImageNet after one for the background.
      for (const [file, label] of [
        ["goldfish_224.jpg", 2],
        ["dog_299.jpg", 208],
      ] as const) {
        const it = network(name);
        const pixels = await picture(`vendor/${file}`, 224, 224);
        const fixed = name.startsWith("0xb9") ? withRowsInPlace(it) : it;
        const [scores] = await runNetwork(fixed, module, [pixels]);
        assert.is(bestOf(scores as Uint8Array, it.outputs[0]?.dtype), label);
      }
    });
  }

  test("yolov8n finds a person and a cat", async () => {
    for (const [file, label, score] of [
      ["grace_hopper.bmp", 0, 0.87],
      ["cat.bmp", 15, 0.85],
    ] as const) {
      const it = network("a311d-yolov8n-uint8.nb");
      const pixels = planar(await letterbox(`images/${file}`, 640, 114), 640);
      const boxes = boxesOf(it.outputs, await runNetwork(it, module, [pixels]), 640);
      assert.is(boxes[0]?.label, label);
      assert.ok(Math.abs((boxes[0]?.score ?? 0) - score) < 0.01, `${boxes[0]?.score}`);
    }
  });

  test(`mutated networks give a result or a typed error, seed ${SEED}`, async () => {
    const file = readShared("vendor/lenet/v853-lenet-uint8.nb");
    const input = readShared("vendor/lenet/lenet_input_0.dat");
    for (let i = 0; i < 40; i++) {
      const random = new Random(SEED, i);
      const mutant = file.slice();
      // Records and streams lie in front of the coefficients.
      for (let k = 0; k <= random.below(4); k++) {
        mutant[random.below(14_000)] = random.below(256);
      }
      try {
        await runNetwork(openNetwork(mutant), module, [input]);
      } catch (error) {
        assert.instance(error, NolfetError);
      }
    }
  });

  test("a job that reads what none has written is found", async () => {
    const it = network("lenet/v853-lenet-uint8.nb");
    // The first pooling: one more row than the job before has computed.
    const job = it.operations[3];
    if (!job?.words) throw new Error("no descriptor");
    job.words[0] = 0x1a;
    job.words[5] = 0x170019;
    const run = await NetworkRun.create(it, module);
    run.fill([readShared("vendor/lenet/lenet_input_0.dat")]);
    assert.throws(() => run.execute(), /a byte that has been written, for job 2|fits into it/);
  });
}

test.run();
