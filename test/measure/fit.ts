/**
 * `npm run fit`: fits the performance model to the times that are published for Mesa on
 * boards, and tells how far it is off where a time is left out of the fit.
 */
import Table from "cli-table3";
import { fit, leaveOneOut, loadPoints } from "../support/calibration.ts";
import { hasShared } from "../support/shared.ts";

if (hasShared("the calibration")) {
  const points = await loadPoints();
  const best = fit(points);
  const table = new Table({
    head: ["network", "core", "published ms", "model ms", "error", "left out ms", "error"],
    colAligns: ["left", "left", "right", "right", "right", "right", "right"],
    style: { head: [], border: [], compact: true },
  });
  for (const [i, point] of points.entries()) {
    const alone = leaveOneOut(points, i);
    const within = point.estimate(best);
    table.push([
      point.network,
      point.core,
      point.published.toFixed(1),
      within.toFixed(1),
      signed(within / point.published - 1),
      alone.toFixed(1),
      signed(alone / point.published - 1),
    ]);
  }
  console.log(`${JSON.stringify(best, undefined, 2)}\n${table}`);
}

function signed(error: number): string {
  return `${error < 0 ? "−" : "+"}${Math.abs(100 * error).toFixed(1)} %`;
}
