import type { BufferLifetime, BufferSlice, Job, Mark, Quantization } from "../blob/blob.ts";
import type { Dtype } from "../dtype.ts";
import type { Bound } from "../estimate/estimate.ts";
import type { NnWork } from "../estimate/nn-work.ts";
import type { StreamRow } from "../inspect/stream-rows.ts";
import type { OperatorReport, Report } from "../report.ts";

// What there is to see of a compiled network, as one plain document: the page, `nolfet report`
// and its JSON and CSV are all made of it. Indices refer to `tensors`, `operators` and the jobs
// of a segment; sizes are bytes.

export interface Explanation extends Omit<Report, "operators" | "segments"> {
  tensors: TensorView[];
  /** Tensors of the model, in its order. */
  inputs: number[];
  outputs: number[];
  operators: LayerReport[];
  edges: Edge[];
  segments: SegmentView[];
  constants: ConstantsView;
  /** The same model on other cores, where it has been compiled for them. */
  cores?: CoreView[];
}

export interface TensorView {
  index: number;
  name: string;
  shape: number[];
  dtype: Dtype;
  bytes: number;
  quantization: Quantization;
}

/** One operator of the model: a row of the table of layers. */
export interface LayerReport extends OperatorReport {
  inputs: number[];
  outputs: number[];
  /** Of the first output. */
  shape: number[];
  segment: number;
  /** On the NPU: how many jobs of each kind, by purpose. */
  jobs: { kind: Job["kind"]; purpose: string; count: number }[];
  /** Of its convolutions: "64×3", each size once. */
  tiles: string[];
  /** Passes of the NN unit over the images of its convolutions. */
  superblocks: number;
  /** What goes through the memory for its jobs; on the CPU, its tensors. */
  readBytes: number;
  writtenBytes: number;
  /** Of its jobs on the NPU, if it has any. */
  estimate?: TimeEstimate;
}

/** Estimated, never measured. */
export interface TimeEstimate {
  milliseconds: number;
  /** Of several jobs: what bounds those that take most of the time. */
  bound: Bound;
}

/** A computed tensor, or an input, on its way to an operator or out of the network. */
export interface Edge {
  tensor: number;
  /** Operators; undefined for the world outside. */
  from?: number;
  to?: number;
}

export interface SegmentView {
  placement: "NPU" | "CPU";
  operators: number[];
  /** On the NPU. */
  jobs: JobView[];
  /** Its command stream. */
  stream: StreamRow[];
  memory?: MemoryView;
}

export interface JobView {
  index: number;
  kind: Job["kind"];
  purpose: string;
  operator: number;
  mark: Mark;
  /** Which of the TP cores that share the work, and how many they are. */
  core: number;
  cores: number;
  input: BufferSlice;
  output: BufferSlice;
  /** What goes through the memory, passes over images and coefficients counted. */
  readBytes: number;
  writtenBytes: number;
  coefficientBytes: number;
  macs: number;
  /** Of a convolution. */
  tiling?: Pick<NnWork, "tileX" | "tileY" | "superblocks">;
  estimate: TimeEstimate;
  /** Fields of the descriptor by name that are not 0, and bits that belong to no field. */
  fields: Record<string, number>;
  unlisted: Record<number, number>;
}

/** How a segment shares the arena. */
export interface MemoryView {
  /** Bytes in use, from the arena's beginning. */
  peak: number;
  /** What lives at the same time at most: no placement can do with less. */
  lowerBound: number;
  buffers: BufferView[];
}

export interface BufferView extends BufferLifetime {
  /** The operator whose job writes it first, −1 where the host fills it. */
  operator: number;
}

export interface ConstantsView {
  bytes: number;
  parts: ConstantView[];
}

export interface ConstantView {
  kind: "descriptors" | "coefficients";
  offset: number;
  bytes: number;
  segment: number;
  /** Whose coefficients these are. */
  operator?: number;
}

/** How the model does on one core. */
export interface CoreView {
  target: string;
  aliases: string[];
  mark: Mark;
  architecture: number;
  nnCores: number;
  /** Why nothing is compiled for it; then the rest is absent. */
  refusal?: string;
  result?: CoreResult;
}

export interface CoreResult {
  operators: number;
  npuOperators: number;
  marks: Record<Mark, number>;
  macs: Report["macs"];
  weights: Report["weights"];
  memory: Report["memory"];
  jobs: number;
  estimate: Report["estimate"];
}
