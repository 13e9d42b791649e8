import type { Core } from "../../assembly/targets/cores.ts";
import { megahertzOf } from "../../assembly/targets/timing.ts";

export interface Clock {
  megahertz: number;
  /** Whether published times of this core are in the calibration; else the clock is assumed, too. */
  calibrated: boolean;
}

const CALIBRATED = ["vipnano-qi.a311d", "vipnano-si+.imx8mp"];

export function clockOf({ name, customer }: Core): Clock {
  return { megahertz: megahertzOf(customer), calibrated: CALIBRATED.includes(name) };
}
