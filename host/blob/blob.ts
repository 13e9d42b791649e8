import type { Core } from "../../assembly/targets/cores.ts";
import type { Dtype } from "../dtype.ts";

// A `.nolf` file as plain values. The comments of nolf.fbs say what the fields mean; here, every
// index is in range and every span lies inside its buffer (`openBlob` sees to it).

export interface Blob {
  version: number;
  /** Name and version of the compiler. */
  compiler: string;
  core: Core;
  /** Index of `core` in CORES. */
  coreIndex: number;
  options: BlobOptions;
  tensors: Tensor[];
  operators: Operator[];
  /** In the order to run. */
  segments: Segment[];
  /** Tensor indices. */
  inputs: number[];
  outputs: number[];
  constantsAddress: number;
  constants: Uint8Array;
  arenaAddress: number;
  arenaBytes: number;
  /** The command stream that sets the NPU up, once per session. */
  init: Uint32Array;
  /** What a session keeps between runs. */
  states: State[];
}

/** A tensor that begins each run with the value that another ended the last run with. */
export interface State {
  /** Tensor indices. */
  input: number;
  output: number;
  /** What the first run begins with; empty for zeros. */
  initial: Uint8Array;
}

export interface BlobOptions {
  compatMesa: boolean;
  strict: boolean;
  allowUnproven: boolean;
  cpuOnly: boolean;
}

export interface Tensor {
  index: number;
  name: string;
  shape: number[];
  dtype: Dtype;
  quantization: Quantization;
  /** Empty for a computed tensor, and for a constant that only the NPU needs. */
  data: Uint8Array;
}

/** No scales where the tensor is not quantized, one for all of it, or one per index of `axis`. */
export interface Quantization {
  scales: number[];
  zeroPoints: number[];
  axis: number;
}

export type Placement = "NPU" | "CPU";
export type Mark = "proven" | "expected" | "unproven";
export type Buffer = "constants" | "arena";

export interface Operator {
  index: number;
  /** TFLite's builtin code. */
  code: number;
  /** TFLite's, or a custom operator's own. */
  name: string;
  /** Tensor indices, -1 for an optional input that is left out. */
  inputs: number[];
  outputs: number[];
  placement: Placement;
  /** Why it is on the CPU. */
  reason: string;
  /** The weakest mark of its jobs. */
  mark: Mark;
  options: OperatorOptions;
  macs: number;
  weightBytes: number;
  coefficientBytes: number;
  /** What an ideal code of the weights' single bytes would take. */
  entropyBytes: number;
  /** Where weights were quantized per channel: how many scales are left of theirs; else 0. */
  channelGroups: number;
  /**
   * Where a second job computes with the residual weights: how many copies of the image the main
   * job reads; else 0.
   */
  inputCopies: number;
  /** Error that fewer scales, or a product's tables, add to the output, as expected: root mean square, in steps. */
  error: number;
}

export type OperatorOptions =
  | { kind: "none" }
  | {
      kind: "pool";
      padding: Padding;
      strideHeight: number;
      strideWidth: number;
      filterHeight: number;
      filterWidth: number;
      activation: Activation;
    }
  | { kind: "softmax"; beta: number }
  | {
      kind: "convolution";
      padding: Padding;
      strideHeight: number;
      strideWidth: number;
      dilationHeight: number;
      dilationWidth: number;
      activation: Activation;
    }
  | { kind: "activation"; activation: Activation }
  | { kind: "concatenation"; axis: number; activation: Activation }
  | { kind: "resize"; alignCorners: boolean; halfPixelCenters: boolean }
  | { kind: "slope"; alpha: number }
  | {
      kind: "strided slice";
      beginMask: number;
      endMask: number;
      ellipsisMask: number;
      newAxisMask: number;
      shrinkAxisMask: number;
    }
  | { kind: "mirror pad"; symmetric: boolean }
  | {
      kind: "detection";
      maxDetections: number;
      maxClassesPerDetection: number;
      detectionsPerClass: number;
      regularNms: boolean;
      classes: number;
      scoreThreshold: number;
      iouThreshold: number;
      yScale: number;
      xScale: number;
      hScale: number;
      wScale: number;
    };

export type Padding = "SAME" | "VALID";

export type Activation = "NONE" | "RELU" | "RELU_N1_TO_1" | "RELU6" | "TANH" | "SIGN_BIT";

export interface Segment {
  placement: Placement;
  /** Operator indices, in order. */
  operators: number[];
  /** What crosses the segment's border, in the arena. */
  inputs: Binding[];
  outputs: Binding[];
  jobs: Job[];
  stream: Uint32Array;
  relocations: Relocation[];
  /** On the CPU, where no kernel runs the operators: them as a `.tflite`. Else empty. */
  model: Uint8Array;
  /** Tensor indices of the model's inputs and outputs, in their order. */
  modelInputs: number[];
  modelOutputs: number[];
  /** How the arena is shared. */
  buffers: BufferLifetime[];
  /** int8 tensors lie in the arena as they are, not with 128 added. */
  hasSignedBytes: boolean;
}

/** A piece of the arena, kept from its first job to its last. */
export interface BufferLifetime {
  offset: number;
  bytes: number;
  /** −1 where the host fills it. */
  first: number;
  /** The number of jobs where the host reads it. */
  last: number;
  /** −1 where it is for no tensor alone. */
  tensor: number;
}

export interface Binding {
  tensor: number;
  offset: number;
  bytes: number;
  /** The tensor that the host has: `tensor` itself, or float32 values that it converts. */
  values: number;
}

export interface BufferSlice {
  buffer: Buffer;
  offset: number;
}

export interface Job {
  kind: "NN" | "TP";
  purpose: string;
  operator: number;
  mark: Mark;
  /** Byte offset in the constants. */
  descriptor: number;
  input: BufferSlice;
  output: BufferSlice;
  coefficients: number;
  coefficientBytes: number;
  macs: number;
  inputBytes: number;
  outputBytes: number;
  core: number;
  cores: number;
}

export interface Relocation {
  inStream: boolean;
  target: Buffer;
  shift: number;
  position: number;
}

/** Words of a descriptor, by the kind of its job. */
export const DESCRIPTOR_WORDS = { NN: 34, TP: 31 } as const;
