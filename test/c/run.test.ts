import { createHash } from "node:crypto";
import { test } from "uvu";
import * as assert from "uvu/assert";
import type * as nolf from "../../host/blob/nolf.generated.ts";
import { bytesOf } from "../../host/dtype.ts";
import { tensorInfos } from "../../host/feeds.ts";
import { type CompileOptions, compile, openBlob } from "../../host/index.ts";
import { emulatedSession } from "../devices/emulated-session.ts";
import { BlobEditor } from "../host/blob-editor.ts";
import { classifierModel, perChannelModel } from "../host/models.ts";
import type { Submission } from "../stand-in/submission.ts";
import { convertedModel } from "../support/converted-model.ts";
import { feedsOf } from "../support/feeds.ts";
import { MODELS } from "../support/models.ts";
import { BUILDS, StandIn } from "../support/stand-in.ts";
import { streamingModel } from "../support/streaming-model.ts";
import { compiledRunner, runBlob } from "./runner.ts";

// nolfet-run gives, byte for byte, what a session on the emulator gives, and submits the same.

const CORES = ["a311d", "imx8mp"];

interface Case {
  name: string;
  model: () => Uint8Array;
  stopAt: string;
}

const CASES: Case[] = [
  { name: "digits", model: MODELS.digits as () => Uint8Array, stopAt: "logits" },
  {
    name: "an int8 classifier",
    model: () => classifierModel({ dtype: "int8" }),
    stopAt: "features",
  },
  { name: "a network that keeps a variable", model: streamingModel, stopAt: "joined" },
  { name: "a network of float32", model: () => convertedModel("int8"), stopAt: "out" },
  { name: "a layer with residual weights", model: perChannelModel, stopAt: "output" },
  ...[
    { name: "mobilenet_v1_1.0_224_quant", stopAt: "MobilenetV1/Logits/SpatialSqueeze" },
    { name: "ssdlite_mobiledet_coco_qat_postprocess", stopAt: "convert_scores" },
  ].flatMap(({ name, stopAt }) => {
    const model = MODELS[name];
    return model ? [{ name, model, stopAt }] : [];
  }),
];

interface Sample {
  blob: Uint8Array;
  inputs: Uint8Array[];
  /** SHA-256 of each output. */
  outputs: string[];
  submissions: Pick<Submission, "stream" | "buffers">[];
}

const samples = new Map<string, Promise<Sample>>();

/**
 * A compiled model, generated inputs, and what the emulator makes of them; made once. On the A311D,
 * MobileDet is whole on the NPU only with unproven jobs.
 */
function sampleOf({ name, model, stopAt }: Case, target: string): Promise<Sample> {
  const key = `${name} ${target}`;
  const sample = samples.get(key) ?? emulated(model(), { target, stopAt, allowUnproven: true });
  samples.set(key, sample);
  return sample;
}

async function emulated(model: Uint8Array, options: CompileOptions): Promise<Sample> {
  const bytes = await compile(model, options);
  const blob = openBlob(bytes);
  const feeds = Object.values(feedsOf(tensorInfos(blob, blob.inputs, "input"), ""));
  return { blob: bytes, inputs: feeds.map(bytesOf), ...(await emulatedSession(blob)) };
}

function hash(bytes: Uint8Array): string {
  return createHash("sha256").update(bytes).digest("hex");
}

for (const [build, tools] of Object.entries(BUILDS)) {
  const runner = compiledRunner(tools);
  if (!runner) continue;
  const standIn = await StandIn.create({}, tools);
  test.after(() => standIn.close());

  test(`${build}: control characters of names are escaped`, async () => {
    const { blob, inputs } = await sampleOf(CASES[0] as Case, "a311d");
    const editor = new BlobEditor(blob);
    const input = editor.root.tensors(editor.root.inputs(0) as number) as nolf.Tensor;
    editor.bytes.set(Buffer.from("\x1b\n\u009b"), editor.elements(input, "Tensor", "name"));
    standIn.describe("renderD129", { cores: ["a311d"] });
    const { stdout } = await runBlob(standIn, runner, editor.sealed(), inputs);
    assert.match(stdout, /^input +\\u001b\\u000a\\u009b\w* uint8 /m);
  });

  for (const target of CORES) {
    for (const one of CASES) {
      test(`${build}: ${one.name} for ${target}`, async () => {
        const { blob, inputs, outputs, submissions } = await sampleOf(one, target);
        standIn.describe("renderD128", { driver: "panfrost" });
        for (const softpin of [0x400000, 0x50000000]) {
          const cores = ["gcnanoultra31_vip2.0x13", target];
          standIn.describe("renderD129", { cores, softpin });
          standIn.forget();
          const outcome = await runBlob(standIn, runner, blob, inputs);
          assert.is(outcome.stderr, "");
          assert.is(outcome.code, 0);
          assert.equal(outcome.outputs.map(hash), outputs, `softpin from ${softpin} on`);
          assert.equal(standIn.refusals(), []);
          const found = standIn.submissions().map(({ stream, buffers }) => ({ stream, buffers }));
          if (softpin === 0x400000) assert.equal(found, submissions);
        }
      });
    }
  }
}

test.run();
