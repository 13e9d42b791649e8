import type { Blob, Job } from "../../host/blob/blob.ts";
import { CALIBRATION, type TimeCalibration } from "../../host/estimate/calibration.ts";
import { clockOf } from "../../host/estimate/clocks.ts";
import { timesOf, workOf } from "../../host/estimate/estimate.ts";
import type { Work } from "../../host/estimate/nn-work.ts";
import { compile, openBlob } from "../../host/index.ts";
import { type Point, PUBLISHED, settingsWithin } from "./calibration.ts";
import { readShared } from "./shared.ts";

/** Networks of uint8, whose streams are compared with the open driver's. */
export const SPEED_NETWORKS = [
  "mobilenet_v1_1.0_224_quant",
  "mobilenet_v2_1.0_224_quant",
  "ssdlite_mobiledet_coco_qat_postprocess",
  "yolox",
  "deeplabv3_mnv2_dm05_pascal_quant",
];
export const SPEED_TARGETS = ["a311d", "imx8mp"];

/** Jobs for the operators that nolfet by default and `--compat mesa` both give to the NPU. */
export class Race {
  private own: JobWork[];
  private mesa: JobWork[];
  private megahertz: number;

  private constructor(own: Blob, mesa: Blob) {
    const operators = onNpu(own).filter((i) => onNpu(mesa).includes(i));
    this.own = worksOf(own, operators);
    this.mesa = worksOf(mesa, operators);
    this.megahertz = clockOf(own.core).megahertz;
  }

  static async of(model: Uint8Array, target: string): Promise<Race> {
    const own = openBlob(await compile(model, { target }));
    return new Race(own, openBlob(await compile(model, { target, compat: "mesa" })));
  }

  /** In milliseconds. */
  ownTime(using: TimeCalibration = CALIBRATION): number {
    return total(this.own, this.megahertz, using);
  }

  mesaTime(using: TimeCalibration = CALIBRATION): number {
    return total(this.mesa, this.megahertz, using);
  }

  ratio(using: TimeCalibration = CALIBRATION): number {
    return this.ownTime(using) / this.mesaTime(using);
  }
}

interface JobWork {
  job: Job;
  work: Work;
}

function total(works: JobWork[], megahertz: number, using: TimeCalibration): number {
  return works.reduce(
    (sum, { job, work }) => sum + timesOf(work, job, megahertz, using).milliseconds,
    0,
  );
}

function onNpu({ operators }: Blob): number[] {
  return operators.flatMap(({ placement }, i) => (placement === "NPU" ? [i] : []));
}

function worksOf(blob: Blob, operators: number[]): JobWork[] {
  const jobs = blob.segments.flatMap((segment) => segment.jobs);
  return jobs
    .filter(({ operator }) => operators.includes(operator))
    .map((job) => ({ job, work: workOf(blob, job) }));
}

/** A network on a core, and the time that is published for the open driver, if any. */
export interface Entry {
  network: string;
  target: string;
  race: Race;
  published: number | undefined;
}

export async function loadEntries(): Promise<Entry[]> {
  const entries: Entry[] = [];
  for (const network of SPEED_NETWORKS) {
    const model = readShared(`models/${network}.tflite`);
    for (const target of SPEED_TARGETS) {
      const race = await Race.of(model, target);
      entries.push({ network, target, race, published: PUBLISHED[network]?.[target] });
    }
  }
  return entries;
}

/** Settings that miss no published time by more than `error`: for each number those with the least and the most of it. */
export function cornersOf(points: Point[], error: number): TimeCalibration[] {
  const all = settingsWithin(points, error);
  const numbers = ["cyclesPerRound", "gigabytesPerSecond", "startMilliseconds"] as const;
  const corners = numbers.flatMap((number) => {
    const sorted = [...all].sort((a, b) => a[number] - b[number]);
    return [sorted[0] as TimeCalibration, sorted.at(-1) as TimeCalibration];
  });
  return [...new Set(corners)];
}

export function geometricMean(values: number[]): number {
  return Math.exp(values.reduce((sum, value) => sum + Math.log(value), 0) / values.length);
}
