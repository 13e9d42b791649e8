import { test } from "uvu";
import * as assert from "uvu/assert";
import { bytesOf, DTYPES, elementsOf, type TypedArray, valuesOf } from "../../host/dtype.ts";
import { type CompileOptions, compile, Session } from "../../host/index.ts";
import { classifierModel } from "../host/models.ts";
import { InputGenerator } from "../support/inputs.ts";
import { MODELS } from "../support/models.ts";
import { BUILDS, StandIn } from "../support/stand-in.ts";
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
  outputs: Uint8Array[];
}

const samples = new Map<string, Promise<Sample>>();

/** A compiled model, generated inputs, and what the emulator makes of them; made once. */
function sampleOf({ name, model, stopAt }: Case, target: string): Promise<Sample> {
  const key = `${name} ${target}`;
  const sample = samples.get(key) ?? emulated(model(), { target, stopAt });
  samples.set(key, sample);
  return sample;
}

async function emulated(model: Uint8Array, options: CompileOptions): Promise<Sample> {
  const blob = await compile(model, options);
  const session = await Session.create(blob, { device: "emulator" });
  const generator = new InputGenerator();
  const inputs = session.inputs.map(({ shape, dtype }) => {
    return generator.bytes(elementsOf(shape) * DTYPES[dtype].bytes);
  });
  const feeds = session.inputs.map(({ name, dtype }, i) => {
    return [name, valuesOf(dtype, inputs[i] as Uint8Array)] as const;
  });
  const results = await session.run(Object.fromEntries(feeds));
  const outputs = session.outputs.map(({ name }) => bytesOf(results[name] as TypedArray));
  await session.release();
  return { blob, inputs, outputs: outputs.map((bytes) => new Uint8Array(bytes)) };
}

for (const [build, tools] of Object.entries(BUILDS)) {
  const runner = compiledRunner(tools);
  if (!runner) continue;
  const standIn = await StandIn.create({}, tools);
  test.after(() => standIn.close());

  for (const target of CORES) {
    for (const one of CASES) {
      test(`${build}: ${one.name} for ${target}`, async () => {
        const { blob, inputs, outputs } = await sampleOf(one, target);
        for (const softpin of [0x400000, 0x50000000]) {
          standIn.forget();
          standIn.describe("renderD128", { driver: "panfrost" });
          standIn.describe("renderD129", { cores: ["gcnanoultra31_vip2.0x13", target], softpin });
          const outcome = await runBlob(standIn, runner, blob, inputs);
          assert.is(outcome.stderr, "");
          assert.is(outcome.code, 0);
          assert.equal(outcome.outputs, outputs, `softpin from ${softpin} on`);
          assert.is(standIn.submissions().length, 2);
        }
      });
    }
  }
}

test.run();
