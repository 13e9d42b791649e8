import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { compile, openBlob } from "../../host/index.ts";
import { classifierModel } from "../host/models.ts";
import { MODELS } from "../support/models.ts";
import { hasTools, type NodeDescription, StandIn } from "../support/stand-in.ts";
import { hasAddon } from "./addon.ts";
import { emulatedSession } from "./emulated-session.ts";
import { FAULTS } from "./faults.ts";
import type { Scenario, Task } from "./scenarios.ts";

// Sessions on a device: in a process of its own, with the stand-in kernel below it.

const NODE = "/dev/dri/renderD128";
const SOUND_NODE = "/dev/dri/renderD129";
const SCENARIOS = fileURLToPath(new URL("scenarios.ts", import.meta.url));
const CORES = ["a311d", "imx8mp"];
const NETWORKS = ["digits", "mobilenet_v1_1.0_224_quant", "ssdlite_mobiledet_coco_qat_postprocess"];

/** How many sessions come and go; `CYCLES=10000` for as many. */
const CYCLES = Number(process.env.CYCLES ?? 1000);
const SLACK_BYTES = 24 * 2 ** 20;
const MOST_PARALLEL = 8;

if (hasTools("sessions on a device") && hasAddon("sessions on a device")) {
  const folder = mkdtempSync(join(tmpdir(), "nolfet-sessions-"));
  const standIn = await StandIn.create({ renderD128: { cores: ["a311d"] } });
  test.after(async () => {
    await standIn.close();
    rmSync(folder, { recursive: true });
  });

  const blobFile = (name: string, bytes: Uint8Array): string => {
    writeFileSync(join(folder, name), bytes);
    return join(folder, name);
  };

  // biome-ignore lint/suspicious/noExplicitAny: whatever the scenario prints
  const play = async (scenario: Scenario, task: Task): Promise<any> => {
    const args = ["--expose-gc", "--import", "tsx", SCENARIOS, scenario, JSON.stringify(task)];
    const { code, stdout, stderr } = await standIn.run(process.execPath, args, {
      SOUND_DEVICE: SOUND_NODE,
    });
    assert.is(stderr, "");
    assert.is(code, 0);
    return JSON.parse(stdout);
  };
  const describe = (node: NodeDescription) => {
    standIn.describe("renderD128", node);
    standIn.forget();
  };

  for (const core of CORES) {
    for (const network of NETWORKS.filter((name) => MODELS[name])) {
      test(`${network} on ${core} as on the emulator, word by word`, async () => {
        const bytes = await compile((MODELS[network] as () => Uint8Array)(), { target: core });
        describe({ cores: [core] });
        const task = { blobs: [blobFile("network", bytes)], device: NODE, timeout: 60_000 };
        const { device, times, outputs } = await play("run", task);
        const expected = await emulatedSession(openBlob(bytes));
        assert.equal(outputs, [expected.outputs]);
        assert.equal(
          standIn.submissions().map(({ stream, buffers }) => ({ stream, buffers })),
          expected.submissions,
        );
        assert.equal(standIn.refusals(), []);
        assert.equal(device, { name: NODE, reason: "requested, pipe 0" });
        assert.ok(times.device > 0 && times.host > times.device, JSON.stringify(times));
      });
    }
  }

  const blob = await compile(classifierModel(), { target: "a311d" });
  const blobs = [blobFile("classifier", blob)];
  const { outputs: expected } = await emulatedSession(openBlob(blob));

  test("auto takes the first device that fits, and says why it takes none", async () => {
    standIn.describe("renderD129", { cores: ["a311d"] });
    describe({ cores: ["imx8mp"] });
    const other = await play("run", { blobs });
    assert.equal(other.device, { name: SOUND_NODE, reason: "the first that fits, pipe 0" });
    standIn.describe("renderD129", { driver: "panfrost" });
    const none = await play("run", { blobs, device: "auto" });
    assert.is(none.device.name, "emulator");
    assert.match(
      none.device.reason,
      /^no device fits: \/dev\/dri\/renderD128 has vipnano-si\+\.imx8mp, the blob is for vipnano-qi\.a311d; \/dev\/dri\/renderD129: .*etnaviv/,
    );
    assert.equal([other.outputs, none.outputs], [[expected], [expected]]);
    const refused = await play("fault", { blobs, device: NODE });
    assert.is(refused.outcomes[0].code, "NO_DEVICE");
    standIn.describe("renderD129", { cores: ["a311d"] });
  });

  test("the core may be behind any pipe", async () => {
    describe({ cores: ["imx8mp", "a311d"] });
    const { device, outputs } = await play("run", { blobs, device: NODE });
    assert.equal([device.reason, outputs], ["requested, pipe 1", [expected]]);
  });

  test("runs follow each other, and do not see what the ones before left", async () => {
    describe({ cores: ["a311d"] });
    const { outputs } = await play("run", { blobs, device: NODE, count: 3 });
    assert.equal(outputs, [expected, expected, expected]);
  });

  test("patches its words where the addresses are taken", async () => {
    describe({ cores: ["a311d"], softpin: 0x50000000 });
    const { outputs } = await play("run", { blobs, device: NODE });
    assert.equal(outputs, [expected]);
    assert.equal(standIn.refusals(), []);
    const [constants, arena] = standIn.submissions().at(-1)?.buffers ?? [];
    assert.is(constants?.address, 0x50000000);
    assert.is(arena?.address, 0x50000000 + (constants?.bytes ?? 0));
  });

  test("inputs and outputs without a copy", async () => {
    describe({ cores: ["a311d"] });
    const model = (MODELS.digits as () => Uint8Array)();
    const whole = await compile(model, { target: "a311d" });
    const onNpu = await compile(model, { target: "a311d", stopAt: "logits" });
    for (const [bytes, isView] of [
      [whole, false],
      [onNpu, true],
    ] as const) {
      const found = await play("views", { blobs: [blobFile("views", bytes)], device: NODE });
      const { outputs } = await emulatedSession(openBlob(bytes));
      assert.equal(found, { outputs, inputs: [true], isView: [isView], left: [0] });
    }
  });

  test("what is given away may change at once, but for views while a run is under way", async () => {
    describe({ cores: ["a311d"] });
    const model = (MODELS.digits as () => Uint8Array)();
    const bytes = await compile(model, { target: "a311d", stopAt: "logits" });
    const task = { blobs: [blobFile("owned", bytes)], device: NODE };
    const { outputs, refusal } = await play("owned", task);
    const { outputs: expected } = await emulatedSession(openBlob(bytes));
    assert.equal(outputs, [expected, expected, expected]);
    assert.is(refusal.code, "BAD_INPUT");
    assert.match(refusal.message, /while a run is under way, found the session's view/);
  });

  test("sessions in parallel do not know of each other", async () => {
    describe({ cores: ["a311d"] });
    const different = await Promise.all(
      Array.from({ length: MOST_PARALLEL }, async (_, seed) => {
        const bytes = await compile(classifierModel({ seed }), { target: "a311d" });
        return { path: blobFile(`parallel${seed}`, bytes), bytes };
      }),
    );
    const paths = different.map(({ path }) => path);
    const { outputs } = await play("parallel", { blobs: paths, device: NODE, count: 5 });
    for (const [i, { bytes }] of different.entries()) {
      const alone = (await emulatedSession(openBlob(bytes))).outputs;
      assert.equal(
        outputs[i],
        Array.from({ length: 5 }, () => alone),
        `session ${i}`,
      );
    }
  });

  test(`${CYCLES} sessions come and go, and leave nothing`, async () => {
    describe({ cores: ["a311d"] });
    const { held } = await play("cycles", { blobs, device: NODE, count: CYCLES });
    const [early, ...others] = held;
    for (const late of others) {
      assert.is(late.descriptors, early.descriptors);
      assert.is(late.buffers, early.buffers);
      assert.ok(late.resident < early.resident + SLACK_BYTES, JSON.stringify(held));
    }
  });

  for (const [what, node, codes, task] of FAULTS) {
    test(`${what}: a typed error, and the next session works`, async () => {
      describe({ cores: ["a311d"], ...node });
      const options = { timeout: 1000, ...task };
      const { outcomes, next, before, after } = await play("fault", {
        blobs,
        device: NODE,
        ...options,
      });
      // biome-ignore lint/suspicious/noExplicitAny: whatever the scenario prints
      const found = outcomes.map(({ code = "none", system, milliseconds = 0 }: any) => {
        assert.ok(milliseconds < 2 * options.timeout, `${milliseconds} ms`);
        if (code !== "none") assert.ok(system.ioctl && system.errno > 0 && system.meaning);
        return code === "none" ? code : `${code} ${system.ioctl} ${system.errnoName}`;
      });
      assert.equal(found, codes);
      assert.equal(next, { outputs: expected });
      assert.is(after.descriptors, before.descriptors);
      assert.is(after.buffers, before.buffers);
    });
  }
}

test.run();
