import * as assert from "uvu/assert";
import { compile } from "../../host/index.ts";
import { compileForLiteRt } from "../../host/litert/runtime.ts";
import { compare, type Difference } from "../support/compare.ts";
import { runBlob } from "../support/runs.ts";
import type { GridLayer, Made } from "./layers.ts";

export const TARGETS = ["a311d", "imx8mp"];

/**
 * What may differ from TFLite's reference kernels: by one step, and in few elements. TFLite rounds
 * the sums of int8 depthwise convolutions twice and additions three times, the NPU once.
 */
const MOST_SHARE: Record<GridLayer["kind"], number> = {
  convolution: 0.01,
  "fully connected": 0.01,
  depthwise: 0.12,
  addition: 0.12,
};

/** How a layer fares on one core. */
export interface Verdict {
  layer: GridLayer;
  target: string;
  /** Undefined where it runs on the NPU. */
  reason: string | undefined;
  difference: Difference;
  isMet: boolean;
}

/** A share of fewer elements says nothing: small layers run on several inputs. */
const LEAST_ELEMENTS = 1000;

/** Runs a layer on the emulated cores and with LiteRT, whose reference kernels are to be chosen before. */
export async function judge(layer: GridLayer): Promise<Verdict[]> {
  const made = layer.make();
  const { feeds, expected } = await runOnLiteRt(made);
  const verdicts: Verdict[] = [];
  for (const target of TARGETS) {
    const blob = await compile(made.model, { target, allowUnproven: true });
    const difference = compare(await runOnEmulator(blob, feeds), expected, true);
    const isMet = difference.largest <= 1 && difference.share <= MOST_SHARE[layer.kind];
    verdicts.push({ layer, target, reason: blob.report.operators[0]?.reason, difference, isMet });
  }
  return verdicts;
}

/** Draws inputs until there are enough elements of outputs, one after the other. */
async function runOnLiteRt({ model, drawInputs }: Made) {
  const liteRt = await compileForLiteRt(model);
  const feeds: Uint8Array[][] = [];
  const outputs: Uint8Array[] = [];
  for (let elements = 0; elements < LEAST_ELEMENTS; ) {
    const inputs = drawInputs();
    const [output = new Uint8Array()] = await liteRt.run(inputs);
    assert.ok(output.length > 0);
    feeds.push(inputs);
    outputs.push(output);
    elements += output.length;
  }
  liteRt.release();
  return { feeds, expected: Buffer.concat(outputs) };
}

async function runOnEmulator(blob: Uint8Array, feeds: Uint8Array[][]): Promise<Uint8Array> {
  const results = await runBlob(blob, feeds);
  return Buffer.concat(results.map(([output]) => new Uint8Array(output ?? [])));
}
