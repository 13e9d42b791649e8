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

const HEAD = `# Weights with one scale per channel

A job of the NPU has one scale, so a layer whose weights have one scale per output channel takes several
jobs ([architecture.md](architecture.md)). nolfet has two ways to do this:

- *Groups.* Each job computes a group of channels of similar scale, with weights requantized to one scale.
- *Residual weights.* A second job adds the residual, the part of each weight that 8 bits cannot
  represent. With *input replication* the main job reads several copies of its input, which makes its
  weights finer still.

More jobs mean a smaller error and a longer run. The default budget is four times as many jobs as there
are such layers, or six times as many in some small networks (below); \`--job-budget\` sets another one. The budget counts groups, residual jobs and doublings of
the input replication. It does not count jobs that a layer is cut into for other reasons (depthwise layers
of many channels on the A311D), nor copies of an image to where a residual output fits behind it. Weights
are rounded for the least error on the values that a layer meets: those of the pictures given with
\`--calibrate\`, or else of an assumed distribution.

A residual job's output is a byte, which saturates. Its step is large enough for six standard deviations of
the measured or assumed values. Without calibration, the compiler also considers inputs of the full range,
and chooses the step with the least sum of rounding and cut. Where that is still much, the residual of each
kernel gets several bytes, which hold one window of its range each; the main job adds them all. Expected
errors include what may be cut off, so they hold for independent values of any range. Only an input that is
made to match one kernel's rounding errors can be off by more.

[coefficients.md](coefficients.md) tells what the bytes of all this cost, layer by layer.

## Layers with a large error

Without \`--job-budget\`, no layer keeps an expected error of more than half a step if more jobs can help.
Such a layer gets as many jobs beyond the budget, up to 64 in all, as bring its error to a tenth of a
step. These are depthwise layers of many channels with very different scales. Each of their groups may
then have a residual job, the cuts are chosen for that, and four times the usual work is allowed, or
eight times where the error is still above half a step.

A network of at most 32 such layers has time for more jobs. Where four a layer, and those beyond the budget,
leave an expected error of more than 0.07 steps (the root mean square over the layers), it gets six. ST's
MobileNet v1 0.25 for 96×96 grey pictures then takes 6.9 ms on the a311d and 7.7 ms on the imx8mp instead
of 4.8 and 7.5, and all its scores are right.

This changes nothing for the three networks below, whose worst layers have an error of 0.41, 0.01 and 0.03
steps. Times are estimates; each cell is for the a311d, then the imx8mp:

| network | jobs before | jobs | time before | time | expected error before | expected error |
| --- | ---: | ---: | ---: | ---: | ---: | ---: |
| tf2_mobilenet_v2 | 247, 215 | 247, 215 | 17.5, 22.3 ms | 17.5, 22.3 ms | 0.15, 0.15 | 0.15, 0.15 |
| resnet8 | 45, 43 | 45, 43 | 2.6, 3.5 ms | 2.6, 3.5 ms | 0.004, 0.004 | 0.004, 0.004 |
| vww | 121, 120 | 121, 120 | 4.7, 6.3 ms | 4.7, 6.3 ms | 0.017, 0.019 | 0.017, 0.019 |
| ST YOLO LC v1, 256 | 66, 68 | 79, 79 | 4.0, 8.6 ms | 4.7, 9.8 ms | 0.48, 0.58 | 0.07, 0.07 |
| PoseNet, MobileNet 1.0, 257 | 159, 140 | 265, 313 | 30.6, 46.7 ms | 34.4, 53.6 ms | 0.22, 0.26 | 0.19, 0.20 |

## Networks with a larger error than XNNPACK

LiteRT's faster kernels (XNNPACK) differ from its reference kernels, too. On pseudo-random bytes, nolfet's
outputs stay within 1.5 times that difference plus 0.01 of the outputs' deviation, in all networks of the
shared folder that have such layers and were compared, except three:

- TinyYOLOv2 of Infineon: 0.043 and 0.046 on the two cores, XNNPACK 0.001. Single values of operator 5 are
  off by one step and change a third of all values by operator 18.
- YOLACT of Infineon: 0.068 and 0.064, XNNPACK 0.037. The largest expected error is that of operator 57.
- An OCR network (zye1996): 0.082 and 0.085, XNNPACK 0. Operator 7, a convolution of 5×5 over 20×5 pixels,
  makes six steps of one in its input, and its residuals have no room for more windows.

## What a budget buys

![Error and agreement over the budget of jobs](images/channels.svg)

\`npm run curve\` measures this on the emulator, with ${PICTURES} crops of two pictures, mirrored and in
other light. The chart is for the ${TARGETS[0]}.

- *Statistics*: *pictures* means that the network was calibrated with these two pictures, whole.
- *Budget*: jobs for each layer. *Jobs*: those that these layers have, including jobs that move data.
- *Time*: an estimate for all jobs by the model of [performance-model.md](performance-model.md).
- *Error*: root mean square of the difference between the scores before SOFTMAX and those of the CPU's
  kernels, which are exact to TFLite's reference kernels, in steps of the scores.
- *Agreement*: the share of crops with the same first class.

The last row of each network allows one job for each channel, or as many as one submission holds.

| network | core | statistics | budget | jobs | time | error | agreement |
| --- | --- | --- | ---: | ---: | ---: | ---: | ---: |
`;

const TAIL = `
The curves bend between two and four jobs for each layer. With two, nearly every full convolution has a
residual job. The next jobs make the first layers nearly exact and cut depthwise layers into more groups.
Beyond the default, the weights hardly matter any more: a single value that is rounded to another step
changes others in every later layer. So the errors level off, and agreement moves by a picture or two from
row to row. With 200 pictures, its standard error is 1.5 points.

At the default, resnet8 and vww agree in at least 95 % of these crops, tf2_mobilenet_v2 in 93.5 % on the
a311d, with an error of 1.66 steps. It agreed in 95.0 % with 1.62 steps before residuals held values of the
full range: in its expansion layers one byte holds them, with twice the step. Two windows in the first of
these layers bring the error to 1.61 steps on either core, and agreement to 96.0 % on the a311d and 93.0 % on
the imx8mp, for 3 and 8 % more time; windows in more of them to 96.0 and 94.0 %, for 8 and 18 %. These
differences are within the standard error, so the layers stay as they are. On 400 other crops tf2_mobilenet_v2 agrees in 93.8 to 95.8 %, depending on core and statistics, and many more
jobs hardly raise that. An implementation that is not exact to the bit ends up close to this: LiteRT
2.5.3's faster kernels (XNNPACK) agree with its reference kernels in 97.0 % of these 200 pictures and in
96.3 % of the 400; for vww in 99.5 % of the 200, for resnet8 in all.
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
    x: "budget: jobs per layer, on average",
    upper: "error of the scores, in steps",
    lower: "same first class, in %",
    mark: { x: DEFAULT, text: "default" },
  });
}

function pageOf(points: Point[]): string {
  const rows = points.map(({ network, target, isCalibrated, jobs, jobsPerLayer, ...point }) => {
    const how = isCalibrated ? "pictures" : "assumed";
    const budget = `${jobsPerLayer.toFixed(1)}${point.isDefault ? " (default)" : ""}`;
    const time = `${point.milliseconds.toFixed(1)} ms`;
    const [error, agreement] = [point.error.toFixed(2), `${(100 * point.agreement).toFixed(1)} %`];
    return `| ${[network, target, how, budget, jobs, time, error, agreement].join(" | ")} |\n`;
  });
  return HEAD + rows.join("") + TAIL;
}
