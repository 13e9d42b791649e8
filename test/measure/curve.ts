/**
 * `npm run curve`: writes docs/channels.md and its chart: what a budget of jobs buys networks whose
 * weights have a scale for each channel, on the emulator, beside the CPU's kernels.
 */
import { writeFileSync } from "node:fs";
import { SingleBar } from "cli-progress";
import type { Blob } from "../../host/blob/blob.ts";
import { openBlob } from "../../host/blob/open.ts";
import { estimateOf } from "../../host/estimate/estimate.ts";
import {
  calibrate,
  compile,
  type Session,
  type TensorInfo,
  type TypedArray,
} from "../../host/index.ts";
import { hasShared, readShared } from "../support/shared.ts";
import { type Curve, drawCurves } from "./chart.ts";
import { agreement, scoresFor, scoresTensor, valuesFor } from "./scores.ts";
import { PHOTOGRAPHS, variations } from "./variations.ts";

const FOLDER = new URL("../../docs/", import.meta.url);
const TARGETS = ["a311d", "imx8mp"];
const PICTURES = 200;
/** Jobs for each layer on an average. */
const BUDGETS = [1, 2, 4, 8, 16];
/** What compilations have that say nothing of it. */
const DEFAULT = 4;

/** What the command stream of one submission holds. */
const MOST_JOBS = 2400;

const NETWORKS = [
  { name: "resnet8", model: "mlperf_tiny_resnet8_int8", side: 32 },
  { name: "vww", model: "vww_96_int8", side: 96 },
  { name: "tf2_mobilenet_v2", model: "tf2_mobilenet_v2_1.0_224_ptq", side: 224 },
];

const HEAD = `# Weights with a scale for each channel

The NPU has one scale for each job. A layer whose weights have one for each output channel is
therefore run in several jobs, each over a group of channels of similar scale, and its weights are
rounded anew for the scale of their job ([architecture.md](architecture.md)); or what bytes leave of
its weights, the remainder, has a job of its own, and the other one may read the image several times
so that its weights are finer still. The more jobs there are, the less that changes, and the longer it
takes: \`--job-budget\` says how many, four times as many as there are such layers if nobody does. It
counts groups, remainders, and doublings of readings. Jobs that a layer is cut into for other reasons,
as depthwise ones of many channels are on the A311D, come on top, and so do copies of images to where
there is room for a remainder. Weights are rounded so that it shows least for the values that a layer
meets: those of the pictures given with \`--calibrate\`, or of a stated distribution without.

![Error and agreement over the budget of jobs](images/channels.svg)

Written by \`npm run curve\`, on the emulator, for ${PICTURES} crops of two pictures, mirrored and in
other light; the chart is of the ${TARGETS[0]}. With *values* of pictures, the network
was calibrated by these two, whole.
*Budget* is in jobs for each layer; *jobs* are those that these layers have, moves of data included;
*time* is that of all jobs by the model of [performance-model.md](performance-model.md).
*Error* is the root mean square of how far the scores before SOFTMAX are from those of the CPU's
kernels, which are exact to TFLite's reference kernels, in steps of the scores; *agreement* is the
share of crops with the same first class. In the last row of each, there may be a job for each channel,
or as many as one submission holds.

| network | core | values | budget | jobs | time | error | agreement |
| --- | --- | --- | ---: | ---: | ---: | ---: | ---: |
`;

const TAIL = `
The curves bend between two and four jobs for each layer. With two, nearly every full convolution has
a remainder; the next ones make the first layers all but exact and cut depthwise layers into more
groups. Beyond the default, what differs is hardly the weights any more: a single value that is
rounded to another step turns others over in every layer behind it. So the errors level off, and
agreement moves by a picture or two from row to row: with 200 of them, its standard error is 1.5 points.

At the default, all three networks agree in 95 % and more of these crops, tf2_mobilenet_v2 just so. On
400 other crops that one agrees in 93.8 to 95.8 %, by core and values, and is not far from where anything
ends up that is not exact to the bit: many more jobs hardly bring it further, and LiteRT 2.5.3's faster
kernels (XNNPACK) agree with its reference kernels in 97.0 % of these 200 pictures and in 96.3 % of the
400; in 99.5 % of the 200 for vww and in all for resnet8.
`;

/** How a network does with a budget of jobs on one core. */
interface Point {
  network: string;
  target: string;
  isCalibrated: boolean;
  /** Jobs that each layer may have on an average, and those that all of them have. */
  jobsPerLayer: number;
  jobs: number;
  milliseconds: number;
  isDefault: boolean;
  /** Root mean square of how far the scores are from the CPU's, in steps. */
  error: number;
  /** The share of pictures with the same first class. */
  agreement: number;
}

if (hasShared("the curve of job budgets")) {
  const points: Point[] = [];
  for (const network of NETWORKS) points.push(...(await pointsOf(network)));
  writeFileSync(new URL("images/channels.svg", FOLDER), chartOf(points));
  writeFileSync(new URL("channels.md", FOLDER), pageOf(points));
}

async function pointsOf({ name, model, side }: (typeof NETWORKS)[0]): Promise<Point[]> {
  const bytes = readShared(`models/${model}.tflite`);
  const pictures = await variations(PICTURES, side);
  const stopAt = scoresTensor(openBlob(await compile(bytes, { target: "a311d", cpuOnly: true })));
  const onCpu = await compile(bytes, { target: "a311d", stopAt, cpuOnly: true });
  const layers = layersOf(openBlob(onCpu));
  const channels = layers.reduce((sum, { scales }) => sum + scales, 0);
  const most = Math.min(channels, MOST_JOBS);
  const budgets = [...BUDGETS.map((jobs) => Math.round(jobs * layers.length)), most];
  const bar = new SingleBar({ format: `{bar} ${name} {value}/{total} | {eta_formatted} left` });
  bar.start(PICTURES * (1 + 2 * TARGETS.length * budgets.length), 0);
  const tick = () => bar.increment();
  const expected = await scoresFor(onCpu, pictures, tick);
  const points: Point[] = [];
  const calibrated = { statistics: await calibrate(bytes, (inputs) => feedsFor(inputs, side)) };
  const cases = TARGETS.flatMap((target) => [{ target, ...calibrated }, { target }]);
  for (const options of cases) {
    for (const jobBudget of budgets) {
      const blob = await compile(bytes, { ...options, stopAt, jobBudget });
      const found = await scoresFor(blob, pictures, tick);
      const opened = openBlob(blob);
      points.push({
        network: name,
        target: options.target,
        isCalibrated: "statistics" in options,
        jobsPerLayer: jobBudget / layers.length,
        jobs: jobsOf(opened, layers),
        milliseconds: estimateOf(opened).milliseconds,
        isDefault: jobBudget === DEFAULT * layers.length,
        error: rootMeanSquare(found, expected),
        agreement: agreement(found, expected),
      });
    }
  }
  bar.stop();
  return points;
}

/** The pictures that the crops are of, whole. */
function feedsFor([input]: Session["inputs"], side: number) {
  const { name, dtype } = input as TensorInfo;
  return PHOTOGRAPHS.map((picture) => {
    const pixels = readShared(`images/${picture}-${side}x${side}.rgb.gz`);
    return { [name]: valuesFor(dtype, pixels) };
  });
}

interface Layer {
  operator: number;
  scales: number;
}

/** Those whose weights have a scale for each channel. */
function layersOf({ operators, tensors }: Blob): Layer[] {
  return operators
    .map(({ index, inputs }) => ({
      operator: index,
      scales: tensors[inputs[1] ?? -1]?.quantization.scales.length ?? 0,
    }))
    .filter(({ scales }) => scales > 1);
}

function jobsOf({ segments }: Blob, layers: Layer[]): number {
  const operators = new Set(layers.map(({ operator }) => operator));
  const jobs = segments.flatMap(({ jobs }) => jobs);
  return jobs.filter(({ operator }) => operators.has(operator)).length;
}

function rootMeanSquare(found: TypedArray[], expected: TypedArray[]): number {
  let sum = 0;
  let count = 0;
  found.forEach((scores, i) => {
    scores.forEach((score, j) => {
      sum += (Number(score) - Number(expected[i]?.[j])) ** 2;
      count++;
    });
  });
  return Math.sqrt(sum / count);
}

function chartOf(points: Point[]): string {
  const shown = points.filter(({ target }) => target === TARGETS[0]);
  const curves = NETWORKS.flatMap(({ name }, color) =>
    [true, false].map((isCalibrated): Curve => {
      const own = shown.filter((p) => p.network === name && p.isCalibrated === isCalibrated);
      return {
        name: isCalibrated ? `${name}, calibrated` : name,
        style: isCalibrated ? "solid" : "dashed",
        color,
        points: own.map(({ jobsPerLayer, error, agreement }) => {
          return { x: jobsPerLayer, upper: error, lower: 100 * agreement };
        }),
      };
    }),
  );
  return drawCurves(curves, {
    x: "budget: jobs for each layer, on an average",
    upper: "error of the scores, in steps",
    lower: "same first class, in %",
    mark: { x: DEFAULT, text: "default" },
  });
}

function pageOf(points: Point[]): string {
  const rows = points.map(({ network, target, isCalibrated, jobs, jobsPerLayer, ...point }) => {
    const how = isCalibrated ? "pictures" : "stated";
    const budget = `${jobsPerLayer.toFixed(1)}${point.isDefault ? " (default)" : ""}`;
    const time = `${point.milliseconds.toFixed(1)} ms`;
    const [error, agreement] = [point.error.toFixed(2), `${(100 * point.agreement).toFixed(1)} %`];
    return `| ${[network, target, how, budget, jobs, time, error, agreement].join(" | ")} |\n`;
  });
  return HEAD + rows.join("") + TAIL;
}
