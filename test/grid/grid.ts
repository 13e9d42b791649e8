/**
 * `npm run grid`: every int8 layer of the grid on two emulated cores beside LiteRT's reference
 * kernels. Exits 1 where one is further from them than it may be, or stays on the CPU.
 */
import { SingleBar } from "cli-progress";
import Table from "cli-table3";
import { chooseReferenceKernels } from "../support/litert.ts";
import { judge, TARGETS, type Verdict } from "./judge.ts";
import { gridLayers } from "./layers.ts";

chooseReferenceKernels();
const layers = [...gridLayers()];
const verdicts: Verdict[] = [];
const bar = new SingleBar({ format: "{bar} {value}/{total} layers | {eta_formatted} left" });
bar.start(layers.length, 0);
for (const layer of layers) {
  verdicts.push(...(await judge(layer)));
  bar.increment();
}
bar.stop();

const table = new Table({
  head: ["layers", "core", "number", "on the NPU", "largest difference", "largest share", "missed"],
  colAligns: ["left", "left", "right", "right", "right", "right", "right"],
  style: { head: [], border: [], compact: true },
});
for (const kind of new Set(layers.map(({ kind }) => kind))) {
  for (const target of TARGETS) {
    const some = verdicts.filter(({ layer, target: one }) => layer.kind === kind && one === target);
    const most = (value: (verdict: Verdict) => number) => Math.max(...some.map(value));
    table.push([
      kind,
      target,
      some.length,
      some.filter(({ reason }) => reason === undefined).length,
      most(({ difference }) => difference.largest),
      `${(100 * most(({ difference }) => difference.share)).toFixed(2)} %`,
      some.filter(({ isMet }) => !isMet).length,
    ]);
  }
}
console.log(table.toString());

for (const { layer, target, reason, difference, isMet } of verdicts) {
  if (isMet && reason === undefined) continue;
  console.log(`${layer.name} on ${target}: ${reason ?? JSON.stringify(difference)}`);
  process.exitCode = 1;
}
