import {
  CYCLES_PER_ROUND,
  GIGABYTES_PER_SECOND,
  START_MILLISECONDS,
} from "../../assembly/targets/timing.ts";

/** The three numbers of the performance model that nobody has published. */
export interface TimeCalibration {
  /** Cycles that an NN core takes to add one weight's products to 64 pixels. */
  cyclesPerRound: number;
  /** What of the memory's bandwidth the NPU gets. */
  gigabytesPerSecond: number;
  /** To start a job, and to end it. */
  startMilliseconds: number;
}

/** Fitted to six published times (docs/performance-model.md) by `npm run fit`. */
export const CALIBRATION: TimeCalibration = {
  cyclesPerRound: CYCLES_PER_ROUND,
  gigabytesPerSecond: GIGABYTES_PER_SECOND,
  startMilliseconds: START_MILLISECONDS,
};

/** The largest error for a time that the fit was made without, as a part of that time. */
export const LEAVE_ONE_OUT_ERROR = 0.128;
