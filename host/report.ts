import type { Blob, BlobOptions, Mark, Operator, Placement } from "./blob/blob.ts";
import { type Estimate, estimateOf } from "./estimate/estimate.ts";
import { sum } from "./sums.ts";

/** What the compiler did with a model, as plain data: `compile(…).report`, and `--json`. */
export interface Report {
  compiler: string;
  formatVersion: number;
  target: string;
  options: BlobOptions;
  operators: OperatorReport[];
  segments: SegmentReport[];
  memory: MemoryReport;
  weights: { modelBytes: number; entropyBytes: number; coefficientBytes: number };
  macs: { npu: number; total: number };
  /** Absent where no layer's weights are quantized per channel. */
  channels?: ChannelReport;
  /** Of the NPU's jobs, on silicon. */
  estimate: Estimate;
}

export interface OperatorReport {
  index: number;
  name: string;
  placement: Placement;
  /** On the CPU: why, and whether a kernel of nolfet's runs it rather than LiteRT. */
  reason?: string;
  cpuKernel?: boolean;
  /** On the NPU: the weakest mark of its jobs. */
  mark?: Mark;
  macs: number;
  weightBytes: number;
  coefficientBytes: number;
  /** What an ideal code of the weights' single bytes would take. */
  entropyBytes: number;
  /** On the NPU with weights quantized per channel: how many scales are left of theirs. */
  groups?: number;
  /** Where a second job computes with the residual weights: how many copies of the image the main job reads. */
  inputCopies?: number;
  /** Error that fewer scales, or a product's tables, add to its output, as expected: root mean square, in steps. */
  error?: number;
}

/** All layers on the NPU whose weights are quantized per channel. */
export interface ChannelReport {
  layers: number;
  /** Scales that are left, each with a job of its own at least. */
  groups: number;
  /** Layers where a second job computes with the residual weights. */
  residuals: number;
  /** Error that the fewer scales add to the layers' outputs, in steps: root mean square over the layers. */
  error: number;
  /** The operator with the largest error. */
  worst: number;
}

export interface SegmentReport {
  placement: Placement;
  operators: number[];
  nnJobs: number;
  tpJobs: number;
  streamBytes: number;
}

/** Bytes. The device holds the constants and the arena. */
export interface MemoryReport {
  constantBytes: number;
  arenaBytes: number;
  deviceBytes: number;
  fileBytes: number;
}

export function reportOf(blob: Blob, fileBytes: number): Report {
  const byLiteRt = blob.segments.filter(({ model }) => model.length > 0);
  const inModels = new Set(byLiteRt.flatMap(({ operators }) => operators));
  const operators = blob.operators.map((operator) => {
    return operatorReport(operator, !inModels.has(operator.index));
  });
  const onNpu = operators.filter(({ placement }) => placement === "NPU");
  const npuMacs = sum(onNpu, ({ macs }) => macs);
  return {
    compiler: blob.compiler,
    formatVersion: blob.version,
    target: blob.core.name,
    options: blob.options,
    operators,
    segments: blob.segments.map(({ placement, operators, jobs, stream }) => ({
      placement,
      operators,
      nnJobs: jobs.filter(({ kind }) => kind === "NN").length,
      tpJobs: jobs.filter(({ kind }) => kind === "TP").length,
      streamBytes: stream.byteLength,
    })),
    memory: {
      constantBytes: blob.constants.length,
      arenaBytes: blob.arenaBytes,
      deviceBytes: blob.constants.length + blob.arenaBytes,
      fileBytes,
    },
    weights: {
      modelBytes: sum(onNpu, ({ weightBytes }) => weightBytes),
      entropyBytes: sum(onNpu, ({ entropyBytes }) => entropyBytes),
      coefficientBytes: sum(onNpu, ({ coefficientBytes }) => coefficientBytes),
    },
    macs: { npu: npuMacs, total: sum(operators, ({ macs }) => macs) },
    ...channelReport(operators),
    estimate: estimateOf(blob),
  };
}

function operatorReport(operator: Operator, cpuKernel: boolean): OperatorReport {
  const { index, name, placement, reason, mark, macs } = operator;
  const { weightBytes, coefficientBytes, entropyBytes } = operator;
  const verdict = placement === "NPU" ? { mark } : { reason, cpuKernel };
  const sizes = { macs, weightBytes, coefficientBytes, entropyBytes };
  return { index, name, placement, ...verdict, ...sizes, ...channelsOf(operator) };
}

/** Of weights that are quantized per channel, and of products, which have an error alone. */
export function channelsOf({
  channelGroups: groups,
  inputCopies,
  error,
}: Operator): Pick<OperatorReport, "groups" | "inputCopies" | "error"> {
  if (groups === 0) return error > 0 ? { error } : {};
  return { groups, ...(inputCopies > 0 ? { inputCopies } : {}), error };
}

function channelReport(operators: OperatorReport[]): { channels?: ChannelReport } {
  const layers = operators.filter(({ groups }) => groups !== undefined);
  const [first] = layers;
  if (!first) return {};
  const errorOf = ({ error = 0 }: OperatorReport) => error;
  const worst = layers.reduce((worst, one) => (errorOf(one) > errorOf(worst) ? one : worst), first);
  return {
    channels: {
      layers: layers.length,
      groups: sum(layers, ({ groups = 0 }) => groups),
      residuals: layers.filter(({ inputCopies }) => inputCopies !== undefined).length,
      error: Math.sqrt(sum(layers, (layer) => errorOf(layer) ** 2) / layers.length),
      worst: worst.index,
    },
  };
}
