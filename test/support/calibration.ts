import type { TimeCalibration } from "../../host/estimate/calibration.ts";
import { clockOf } from "../../host/estimate/clocks.ts";
import { timesOf, workOf } from "../../host/estimate/estimate.ts";
import { compile, openBlob } from "../../host/index.ts";
import { readShared } from "./shared.ts";

/** Milliseconds of Mesa's driver, published for A311D and i.MX 8M Plus boards. */
export const PUBLISHED: Record<string, Record<string, number>> = {
  "mobilenet_v1_1.0_224_quant": { a311d: 6.6, imx8mp: 7.9 },
  "mobilenet_v2_1.0_224_quant": { a311d: 6.9, imx8mp: 8.0 },
  ssdlite_mobiledet_coco_qat_postprocess: { a311d: 24.8, imx8mp: 24.4 },
};

/** A published time, and what the model makes of the same jobs. */
export interface Point {
  network: string;
  core: string;
  published: number;
  estimate(using: TimeCalibration): number;
}

/** The streams that were timed are Mesa's, so it is these that are looked at. */
export async function loadPoints(): Promise<Point[]> {
  const points: Point[] = [];
  for (const [network, times] of Object.entries(PUBLISHED)) {
    const model = readShared(`models/${network}.tflite`);
    for (const [core, published] of Object.entries(times)) {
      const blob = openBlob(await compile(model, { target: core, compat: "mesa" }));
      const jobs = blob.segments.flatMap((segment) => segment.jobs);
      const works = jobs.map((job) => ({ job, work: workOf(blob, job) }));
      const { megahertz } = clockOf(blob.core);
      const estimate = (using: TimeCalibration) =>
        works.reduce(
          (total, { job, work }) => total + timesOf(work, job, megahertz, using).milliseconds,
          0,
        );
      points.push({ network, core, published, estimate });
    }
  }
  return points;
}

/** Every combination is tried: few numbers, so that the fit cannot promise more than it knows. */
const CYCLES = steps(0.5, 4, 0.25);
const BANDWIDTHS = steps(1, 12, 0.5);
const STARTS = steps(0, 0.1, 0.004);

/** The calibration with the least sum of squared errors, each relative to its time. */
export function fit(points: Point[]): TimeCalibration {
  let best: TimeCalibration | undefined;
  let least = Number.POSITIVE_INFINITY;
  for (const [calibration, errors] of errorsOfGrid(points)) {
    const sum = errors.reduce((sum, error) => sum + error ** 2, 0);
    if (sum >= least) continue;
    least = sum;
    best = calibration;
  }
  return best as TimeCalibration;
}

/** All that miss no point by more than `most` of its time. */
export function settingsWithin(points: Point[], most: number): TimeCalibration[] {
  const all: TimeCalibration[] = [];
  for (const [calibration, errors] of errorsOfGrid(points)) {
    if (errors.every((error) => Math.abs(error) <= most)) all.push(calibration);
  }
  return all;
}

/** Every combination, with its error for each point, relative to the point's time. */
function* errorsOfGrid(points: Point[]): Generator<[TimeCalibration, number[]]> {
  for (const cyclesPerRound of CYCLES) {
    for (const gigabytesPerSecond of BANDWIDTHS) {
      // The start is a constant for every job, so only its first value needs all jobs looked at.
      const at = (startMilliseconds: number) => ({
        cyclesPerRound,
        gigabytesPerSecond,
        startMilliseconds,
      });
      const rest = points.map(({ estimate }) => estimate(at(0)));
      const starts = points.map(({ estimate }, i) => estimate(at(1)) - (rest[i] as number));
      for (const start of STARTS) {
        const errorOf = ({ published }: Point, i: number) =>
          ((rest[i] as number) + start * (starts[i] as number)) / published - 1;
        yield [at(start), points.map(errorOf)];
      }
    }
  }
}

/** What a fit to the other points gives for this one. */
export function leaveOneOut(points: Point[], index: number): number {
  return (points[index] as Point).estimate(fit(points.filter((_, i) => i !== index)));
}

function steps(first: number, last: number, step: number): number[] {
  const count = Math.round((last - first) / step) + 1;
  return Array.from({ length: count }, (_, i) => Number((first + i * step).toFixed(6)));
}
