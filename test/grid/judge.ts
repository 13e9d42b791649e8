import { compile } from "../../host/index.ts";
import { compileForLiteRt } from "../../host/litert/runtime.ts";
import { compare, type Difference } from "../support/compare.ts";
import { runModel } from "../support/runs.ts";
import type { GridLayer } from "./layers.ts";

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

/** Runs a layer on the emulated cores and with LiteRT, whose reference kernels are to be chosen before. */
export async function judge(layer: GridLayer): Promise<Verdict[]> {
  const { model, inputs } = layer.make();
  const liteRt = await compileForLiteRt(model);
  const [expected = new Uint8Array()] = await liteRt.run(inputs);
  liteRt.release();
  const verdicts: Verdict[] = [];
  for (const target of TARGETS) {
    const options = { target, allowUnproven: true };
    const { report } = await compile(model, options);
    const [found = new Uint8Array()] = await runModel(model, options, inputs);
    const difference = compare(found, expected, true);
    const isMet = difference.largest <= 1 && difference.share <= MOST_SHARE[layer.kind];
    verdicts.push({ layer, target, reason: report.operators[0]?.reason, difference, isMet });
  }
  return verdicts;
}
