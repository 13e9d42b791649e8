import { createHash } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { tensorInfos } from "../../host/feeds.ts";
import { compile, openBlob } from "../../host/index.ts";
import { addonOf, type BuildName } from "../shim/addons.ts";
import { feedsOf } from "../support/feeds.ts";
import { MODELS } from "../support/models.ts";
import { BUILDS, StandIn } from "../support/stand-in.ts";
import { emulatedSession } from "./emulated-session.ts";

// The command as a board runs it, over the stand-in kernel: with every build of the addon, arm64's
// in a Node for arm64, and all that is compiled sanitized.

const CORES = ["a311d", "imx8mp"];
const NETWORKS = ["digits", "mobilenet_v1_1.0_224_quant", "ssdlite_mobiledet_coco_qat_postprocess"];

interface Sample {
  bytes: Uint8Array;
  expected: Awaited<ReturnType<typeof emulatedSession>>;
}

const samples = new Map<string, Promise<Sample>>();

for (const name of Object.keys(BUILDS) as BuildName[]) {
  const addon = addonOf(name, `the command with the ${name} addon`);
  if (!addon) continue;
  const { node, build, environment } = addon;
  const standIn = await StandIn.create({}, build);
  test.after(() => standIn.close());

  for (const core of CORES) {
    for (const network of NETWORKS.filter((name) => MODELS[name])) {
      test(`${name}: ${network} on ${core}`, async () => {
        const { bytes, expected } = await sampleOf(network, core);
        standIn.describe("renderD128", { cores: [core] });
        standIn.forget();
        const folder = mkdtempSync(join(tmpdir(), "nolfet-command-"));
        try {
          const args = ["dist/cli.js", "run", ...unpack(bytes, folder), "--output-dir", folder];
          const options = ["--device", "/dev/dri/renderD128", "--timeout", "60000"];
          const outcome = await standIn.run(node, [...args, ...options], environment);
          assert.is(outcome.stderr, "");
          assert.is(outcome.code, 0);
          const outputs = expected.outputs.map((_, i) => hash(join(folder, `out${i}.bin`)));
          assert.equal(outputs, expected.outputs);
          assert.equal(
            standIn.submissions().map(({ stream, buffers }) => ({ stream, buffers })),
            expected.submissions,
          );
          assert.equal(standIn.refusals(), []);
        } finally {
          rmSync(folder, { recursive: true });
        }
      });
    }
  }
}

/** A blob, and what the emulator makes of it; made once for all builds. */
function sampleOf(network: string, core: string): Promise<Sample> {
  const key = `${network} ${core}`;
  const sample = samples.get(key) ?? emulated((MODELS[network] as () => Uint8Array)(), core);
  samples.set(key, sample);
  return sample;
}

async function emulated(model: Uint8Array, core: string): Promise<Sample> {
  const bytes = await compile(model, { target: core });
  return { bytes, expected: await emulatedSession(openBlob(bytes)) };
}

/** The blob and its inputs as files, and the arguments that name them. */
function unpack(bytes: Uint8Array, folder: string): string[] {
  const blob = openBlob(bytes);
  const write = (name: string, content: NodeJS.ArrayBufferView) => {
    writeFileSync(join(folder, name), content);
    return join(folder, name);
  };
  const feeds = Object.values(feedsOf(tensorInfos(blob, blob.inputs, "input"), ""));
  const inputs = feeds.map((values, i) => write(`in${i}.bin`, values));
  return [write("blob.nolf", bytes), "--input", inputs.join(",")];
}

function hash(path: string): string {
  return createHash("sha256").update(readFileSync(path)).digest("hex");
}

test.run();
