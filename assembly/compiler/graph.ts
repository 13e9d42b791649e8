import { Span } from "../flatbuffers/span";
import { Activation, Dtype, Padding } from "../tflite/schema";

export { Span };

/**
 * The network of the model: what `read` returns and every later stage reads.
 * Nothing here is changed after `fold`. Spans point into the model's own bytes, or to what `fold`
 * evaluated.
 */
export class Graph {
  tensors: Tensor[] = [];
  operators: Operator[] = [];
  /** Tensor indices. */
  inputs: i32[] = [];
  outputs: i32[] = [];
  /** What is kept from one run to the next. */
  states: State[] = [];
  /** As `read` gives it: the subgraphs that CALL_ONCE runs, by their numbers; the first is null. */
  initializers: (Graph | null)[] = [];

  /** Whether a tensor is read when a run has ended: by the caller, or for the next run. */
  leaves(tensor: i32): bool {
    if (this.outputs.includes(tensor)) return true;
    for (let i = 0; i < this.states.length; i++) if (this.states[i].output == tensor) return true;
    return false;
  }
}

/** A tensor that begins each run with the value that another one ended the last run with. */
export class State {
  /** Of the first run's value, as many bytes as the tensors have; empty for zeros. */
  initial: Span = new Span();

  constructor(
    /** Tensor indices. */
    public input: i32,
    public output: i32,
  ) {}
}

const NOTHING = new Span();

/** One scale and zero point, or one for each index along `axis`; `count` 0 where not quantized. */
export class Quantization {
  count: i32 = 0;
  axis: i32 = 0;
  /** `count` little-endian f32, maybe unaligned. */
  scales: Span = new Span();
  /** `count` little-endian i64, maybe unaligned. */
  zeroPoints: Span = new Span();

  scale(index: i32): f32 {
    return load<f32>(this.scales.pointer + ((index as usize) << 2));
  }

  /** Whether both have none, or one and the same scale and zero point. */
  isAlike(other: Quantization): bool {
    if (this.count != other.count || this.count > 1) return false;
    if (this.count == 0) return true;
    return this.scale(0) == other.scale(0) && this.zeroPoint(0) == other.zeroPoint(0);
  }

  zeroPoint(index: i32): i64 {
    return load<i64>(this.zeroPoints.pointer + ((index as usize) << 3));
  }
}

export class Tensor {
  name: Span = new Span();
  /** As the model says, batch first (NHWC); no extent is below 0, at most 768 MiB. */
  shape: i32[] = [];
  dtype: Dtype = Dtype.OTHER;
  quantization: Quantization = new Quantization();
  /** The constant's bytes, exactly elements × size of the type; empty for a computed tensor. */
  data: Span = new Span();
  /** Keeps its value between runs: read before anything computes it. */
  isVariable: bool = false;
  /** The operator that computes it, -1 for graph inputs, constants and variables. */
  producer: i32 = -1;
  /** The operators that read it, in order, each once. */
  consumers: i32[] = [];

  constructor(public index: i32) {}

  get isConstant(): bool {
    return this.data.bytes != 0;
  }

  get elements(): u32 {
    let product: u32 = 1;
    for (let i = 0; i < this.shape.length; i++) product *= this.shape[i];
    return product;
  }

  /** Extent of a dimension counted from the last (1 = channels, 2 = columns, 3 = rows); 1 if absent. */
  fromLast(dimension: i32): i32 {
    const i = this.shape.length - dimension;
    return i >= 0 ? this.shape[i] : 1;
  }
}

export class Operator {
  /** TFLite's builtin code (`operatorName` gives its name). */
  code: i32 = 0;
  /** Name of a custom operator; empty for a builtin one. */
  customName: Span = new Span();
  version: i32 = 1;
  /** Tensor indices; -1 for an optional input that is left out. */
  inputs: i32[] = [];
  outputs: i32[] = [];
  options: Options = new Options();
  /** A custom operator's own options, as the model stores them. */
  customOptions: Span = new Span();
  storedOptions: StoredOptions = new StoredOptions();

  constructor(public index: i32) {}
}

/** The options of an operator as the model stores them, so that another file can have them, too. */
export class StoredOptions {
  /** Whether they are of a kind whose table can be copied. */
  isKnown: bool = true;
  /** Member of the schema's union; 0 for no options. */
  type: u8 = 0;
  /** The table's own bytes: where its vtable lies, then its fields. */
  fields: Span = NOTHING;
  vtable: Span = NOTHING;
  /** Position of the table in its file, which determines the alignment of its fields. */
  at: u32 = 0;
  vectors: StoredVector[] = [];
}

/** What a field of stored options refers to: elements of four bytes. */
export class StoredVector {
  constructor(
    /** Of the field in its table. */
    public offset: u32,
    public elements: Span,
  ) {}
}

/** The options of all operators that nolfet looks into; each uses the fields that its kind has. */
export class Options {
  padding: Padding = Padding.SAME;
  activation: Activation = Activation.NONE;
  strideHeight: i32 = 1;
  strideWidth: i32 = 1;
  dilationHeight: i32 = 1;
  dilationWidth: i32 = 1;
  filterHeight: i32 = 1;
  filterWidth: i32 = 1;
  /** As the file says; TFLite itself takes it from the shapes. */
  depthMultiplier: i32 = 1;
  axis: i32 = 0;
  /** GATHER: leading dimensions that data and indices share. */
  batchDims: i32 = 0;
  /** CALL_ONCE: the number of the subgraph that it runs. */
  subgraph: i32 = 0;
  /** Outputs of a SPLIT. */
  splits: i32 = 1;
  beta: f32 = 1;
  /** Slope of LEAKY_RELU below 0. */
  alpha: f32 = 0;
  keepDims: bool = false;
  /** MIRROR_PAD: the edge itself is repeated. */
  symmetric: bool = false;
  /** GELU by a hyperbolic tangent instead of the error function. */
  approximate: bool = false;
  /** FULLY_CONNECTED: weights in an order made for certain CPUs. */
  shuffledWeights: bool = false;
  alignCorners: bool = false;
  halfPixelCenters: bool = false;
  /** STRIDED_SLICE: bit i stands for dimension i. */
  beginMask: i32 = 0;
  endMask: i32 = 0;
  ellipsisMask: i32 = 0;
  newAxisMask: i32 = 0;
  shrinkAxisMask: i32 = 0;
  /** VAR_HANDLE: the names of its variable, in UTF-8. */
  container: Span = NOTHING;
  sharedName: Span = NOTHING;
  /** TFLite's detection step, as its own documentation names them. */
  maxDetections: i32 = 0;
  maxClassesPerDetection: i32 = 0;
  detectionsPerClass: i32 = 0;
  /** 0 or 1. */
  regularNms: i32 = 0;
  classes: i32 = 0;
  scoreThreshold: f32 = 0;
  iouThreshold: f32 = 0;
  yScale: f32 = 0;
  xScale: f32 = 0;
  hScale: f32 = 0;
  wScale: f32 = 0;
}
