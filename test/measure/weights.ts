/**
 * `npm run weights`: how many bytes the coefficients of recorded layers take, beside what Mesa
 * wrote for them and what an ideal coder of single weights would need (order-0 entropy).
 */
import Table from "cli-table3";
import { hasShared } from "../support/shared.ts";
import { type LayerWeights, measureLayers, totalOf } from "../support/weights.ts";

const CORES = ["vipnano-qi.a311d", "vipnano-si+.imx8mp"];
const SUMS = { "all mb layers": /^mb-/, "all mobiledet layers": /^mobiledet-/ };

if (hasShared("weights")) for (const core of CORES) await printTable(core);

async function printTable(core: string): Promise<void> {
  const table = new Table({
    head: ["layer", "weights", "entropy", "Mesa", "nolfet", "nolfet / Mesa", "nolfet / weights"],
    colAligns: ["left", "right", "right", "right", "right", "right", "right"],
    style: { head: [], border: [], compact: true },
  });
  const layers = await measureLayers(core);
  for (const layer of layers) table.push(row(layer));
  for (const [name, pattern] of Object.entries(SUMS)) {
    const chosen = layers.filter((layer) => pattern.test(layer.name));
    table.push(row({ ...totalOf(chosen), name }));
  }
  console.log(`${core}: bytes of coefficients\n${table}\n`);
}

function row({ name, weights, entropy, mesa, nolfet }: LayerWeights): (string | number)[] {
  return [
    name,
    weights,
    Math.ceil(entropy),
    mesa,
    nolfet,
    (nolfet / mesa).toFixed(3),
    (nolfet / weights).toFixed(3),
  ];
}
