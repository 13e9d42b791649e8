import { test } from "uvu";
import * as assert from "uvu/assert";
import { CALIBRATION, LEAVE_ONE_OUT_ERROR } from "../../host/estimate/calibration.ts";
import { fit, leaveOneOut, loadPoints } from "../support/calibration.ts";
import { hasShared } from "../support/shared.ts";

test("the performance model is the one that the published times give", async () => {
  if (!hasShared("the calibration")) return;
  const points = await loadPoints();
  assert.equal(fit(points), CALIBRATION);
  const errors = points.map(({ published }, i) => Math.abs(leaveOneOut(points, i) / published - 1));
  assert.is(Math.max(...errors).toFixed(3), LEAVE_ONE_OUT_ERROR.toFixed(3));
});

test.run();
