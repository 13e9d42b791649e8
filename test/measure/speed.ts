/**
 * `npm run speed`: nolfet's jobs beside the open driver's for the same operators, by the performance
 * model: the table of docs/performance-model.md.
 */
import { LEAVE_ONE_OUT_ERROR } from "../../host/estimate/calibration.ts";
import { loadPoints } from "../support/calibration.ts";
import { hasShared } from "../support/shared.ts";
import { cornersOf, geometricMean, loadEntries } from "../support/speed.ts";

if (hasShared("estimates of whole networks")) {
  const corners = cornersOf(await loadPoints(), LEAVE_ONE_OUT_ERROR);
  const entries = await loadEntries();
  const head = ["network", "core", "nolfet", "`--compat mesa`", "published", "ratio", "at corners"];
  console.log(`| ${head.join(" | ")} |\n| --- | --- |${" ---: |".repeat(head.length - 2)}`);
  for (const { network, target, race, published } of entries) {
    const ratios = corners.map((corner) => race.ratio(corner));
    const cells = [
      ...[network, target, race.ownTime().toFixed(1), race.mesaTime().toFixed(1)],
      ...[published?.toFixed(1) ?? "", race.ratio().toFixed(3)],
      `${Math.min(...ratios).toFixed(2)} to ${Math.max(...ratios).toFixed(2)}`,
    ];
    console.log(`| ${cells.join(" | ")} |`);
  }
  const mean = geometricMean(entries.map(({ race }) => race.ratio()));
  console.log(`\nGeometric mean of the ratios: ${mean.toFixed(3)}.`);
  for (const corner of corners) {
    const ofCorner = geometricMean(entries.map(({ race }) => race.ratio(corner)));
    console.log(`${JSON.stringify(corner)}: ${ofCorner.toFixed(3)}`);
  }
}
