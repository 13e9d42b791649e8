/**
 * `npm run coefficients`: writes docs/coefficients.md, what the coefficients of networks with a scale
 * for each channel cost on the i.MX 8M Plus, layer by layer, and what no coder of single bytes could do
 * without.
 */
import { writeFileSync } from "node:fs";
import { Coding } from "../../assembly/targets/cores.ts";
import type { Blob, Job } from "../../host/blob/blob.ts";
import type { DecodedKernel, Emulator } from "../../host/devices/emulator.ts";
import { compile, openBlob } from "../../host/index.ts";
import { decodeKernels, shapeOf } from "../nbg/streams.ts";
import { emulatorFor } from "../support/emulator.ts";
import { hasShared, readShared } from "../support/shared.ts";

const FILE = new URL("../../docs/coefficients.md", import.meta.url);
const CORE = "vipnano-si+.imx8mp";
const NN_CORES = 6;
const DESCRIPTOR_BYTES = 136;

const NETWORKS = {
  kws: "kws_ref_model_int8",
  vww: "vww_96_int8",
  resnet8: "mlperf_tiny_resnet8_int8",
  tf2_mobilenet_v2: "tf2_mobilenet_v2_1.0_224_ptq",
};

const HEAD = `# What coefficients cost

\`npm run coefficients\` writes this page. It lists the bytes of coefficients of layers that have one scale per
channel, on the i.MX 8M Plus, by default.

Such a layer's job has one scale, so its weights need more than 8 bits ([channels.md](channels.md)). With
residual weights there are two bytes for each weight: one of the main job and one of the residual job.
Each copy of the image (input replication) adds a byte. Residuals of several windows have as many copies of
the residual's byte. Run lengths code zeros: those between planes, and small weights, which one scale rounds
to 0.

- *Weights*: bytes in the model. *Copies*: of the image; – is a layer in groups without residuals.
- *Bytes*: those other than 0 in the streams, for each weight.
- *Entropy*: of all bytes of a job's streams, zeros included, each by itself (order 0), as a multiple of the
  weights. A coder of single bytes needs that much.
- *Coefficients*: the buffers as they are, with headers, biases and padding, as a multiple of the weights.

In all large layers the coefficients stay below 1.1 times the entropy. So their size follows from the number of
bytes, and this number from the error that is allowed: kws with two jobs for each layer
instead of four (\`--job-budget 24\`) takes 4.1 times its weights instead of 6.6, and its expected error is
0.011 steps instead of 0.009. In tf2_mobilenet_v2, residuals of two windows make seven layers larger by half.

`;

/** What the jobs of a layer take. */
interface LayerCost {
  layer: string;
  weights: number;
  copies: number;
  bytes: number;
  entropyBytes: number;
  coefficientBytes: number;
}

if (hasShared("the cost of coefficients")) {
  const emulator = await emulatorFor(CORE);
  const parts: string[] = [];
  for (const [name, model] of Object.entries(NETWORKS)) {
    const blob = openBlob(await compile(readShared(`models/${model}.tflite`), { target: CORE }));
    parts.push(sectionOf(name, costsOf(blob, emulator)));
  }
  writeFileSync(FILE, HEAD + parts.join("\n"));
}

function costsOf(blob: Blob, emulator: Emulator): LayerCost[] {
  const costs: LayerCost[] = [];
  for (const [index, { name, inputs, inputCopies }] of blob.operators.entries()) {
    const jobs = blob.segments.flatMap((segment) => segment.jobs);
    const own = jobs.filter(({ kind, operator }) => kind === "NN" && operator === index);
    const weights = bytesOf(blob, inputs[1]);
    if (own.length === 0 || weights === 0 || !/CONV|FULLY/.test(name)) continue;
    const cost: LayerCost = {
      ...{ layer: `${index} ${name}`, weights, copies: inputCopies },
      ...{ bytes: 0, entropyBytes: 0, coefficientBytes: 0 },
    };
    for (const job of own) {
      const counts = histogramOf(job, blob, emulator);
      cost.bytes += counts.slice(1).reduce((sum, count) => sum + count, 0);
      cost.entropyBytes += entropyOf(counts) / 8;
      cost.coefficientBytes += job.coefficientBytes;
    }
    costs.push(cost);
  }
  return costs;
}

function bytesOf({ tensors }: Blob, index: number | undefined): number {
  const shape = tensors[index ?? -1]?.shape;
  return shape === undefined ? 0 : shape.reduce((product, extent) => product * extent, 1);
}

/** How often each byte is coded; of a depthwise kernel only the plane of its own channel. */
function histogramOf(job: Job, { constants }: Blob, emulator: Emulator): number[] {
  const descriptor = constants.slice(job.descriptor, job.descriptor + DESCRIPTOR_BYTES);
  const stream = {
    words: new Uint32Array(descriptor.buffer),
    coefficients: constants.slice(job.coefficients, job.coefficients + job.coefficientBytes),
  };
  const { kernels } = decodeKernels(emulator, stream, {
    coding: Coding.HUFFMAN,
    nnCores: NN_CORES,
  });
  const { depthwise, area } = shapeOf(stream);
  const counts: number[] = Array(256).fill(0);
  const count = (byte: number, times = 1) => {
    counts[byte & 255] = (counts[byte & 255] as number) + times;
  };
  for (const { weights } of kernels as DecodedKernel[]) {
    if (!depthwise) for (const weight of weights) count(weight);
    else {
      const some = weights.filter((weight) => weight !== 0);
      for (const weight of some) count(weight);
      count(0, Math.max(area - some.length, 0));
    }
  }
  return counts;
}

/** Bits. */
function entropyOf(counts: number[]): number {
  const total = counts.reduce((sum, count) => sum + count, 0);
  return counts.reduce((sum, n) => (n === 0 ? sum : sum + n * Math.log2(total / n)), 0);
}

function sectionOf(name: string, costs: LayerCost[]): string {
  const sum = (of: (cost: LayerCost) => number) => costs.reduce((all, cost) => all + of(cost), 0);
  const whole: LayerCost = {
    ...{ layer: "all", weights: sum(({ weights }) => weights), copies: 0 },
    ...{ bytes: sum(({ bytes }) => bytes), entropyBytes: sum((cost) => cost.entropyBytes) },
    coefficientBytes: sum((cost) => cost.coefficientBytes),
  };
  const head = [
    "| layer | weights | copies | bytes | entropy | coefficients |",
    "| --- | ---: | ---: | ---: | ---: | ---: |",
  ];
  return `## ${name}\n\n${[...head, ...[...costs, whole].map(row)].join("\n")}\n`;
}

function row({ layer, weights, copies, ...cost }: LayerCost): string {
  const of = (bytes: number) => (bytes / weights).toFixed(2);
  const cells = [of(cost.bytes), of(cost.entropyBytes), of(cost.coefficientBytes)];
  return `| ${layer} | ${weights.toLocaleString("en")} | ${copies || "–"} | ${cells.join(" | ")} |`;
}
