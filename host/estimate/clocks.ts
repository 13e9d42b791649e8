import type { Core } from "../../assembly/targets/cores.ts";

export interface Clock {
  megahertz: number;
  /** Whether published times of this core are in the calibration; else the clock is assumed, too. */
  calibrated: boolean;
}

/** The NPU's highest clock, as the makers of the chips state it. */
const CLOCKS: Record<string, Clock> = {
  "vipnano-qi.a311d": { megahertz: 800, calibrated: true },
  "vipnano-si+.imx8mp": { megahertz: 1000, calibrated: true },
};

const ASSUMED: Clock = { megahertz: 800, calibrated: false };

export function clockOf({ name }: Core): Clock {
  return CLOCKS[name] ?? ASSUMED;
}
