import { Dtype } from "../../tflite/schema";
import { Tensor } from "../graph";
import { Convolution } from "./convolution";
import { copyOf } from "./copy";
import { Move } from "./movement";
import { Operands } from "./operands";
import { ResidualPair } from "./residual-pair";
import { LookupTable } from "./table";

/** What the NPU is to do for an operator: `lower` has one way for each kind. */
export enum PlanKind {
  CONVOLUTIONS,
  ADDITION,
  CONCATENATION,
  SPLIT,
  PADDING,
  SLICE,
  REPETITION,
  MAX_POOL,
  POOL_CHAIN,
  MOVEMENT,
  SEQUENCE,
  VIEW,
  TABLE,
  FUSED,
  PRODUCT,
  CONVERSION,
  IMAGES,
}

export abstract class Plan {
  macs: u64 = 0;
  /** Bytes of the weights in the model. */
  weightBytes: u32 = 0;
  /** Expected error of the output by its design: root mean square, in steps. */
  error: f32 = 0;
  /** A table that cuts the output to bounds which the plan's own jobs do not have. */
  bounds: TablePlan | null = null;

  constructor(
    public kind: PlanKind,
    public inputs: Tensor[],
    public outputs: Tensor[],
  ) {}

  get input(): Tensor {
    return this.inputs[0];
  }

  get output(): Tensor {
    return this.outputs[0];
  }
}

/** Rows and columns of an output that another convolution than the first gives. */
export class Patch {
  constructor(
    /** Which of the plan's convolutions. */
    public source: i32,
    public firstRow: i32,
    public rows: i32,
    public firstColumn: i32,
    public columns: i32,
  ) {}
}

/** Convolutions of one image: mostly one, others where parts of the output differ in scale. */
export class ConvolutionsPlan extends Plan {
  patches: Patch[] = [];
  /** The input's bytes are taken as they lie in interleaved order, whatever its shape. */
  flat: bool = false;
  /** Jobs instead of the convolution if bytes are too coarse for its weights: each pair for some of its kernels. */
  residualPairs: ResidualPair[] = [];
  /** Where weights were quantized per channel: how many scales are left of theirs; else 0. */
  channelGroups: i32 = 0;
  /**
   * Where a second job computes with the residual weights: how many copies of the image the main
   * job reads; else 0.
   */
  inputCopies: i32 = 0;
  /** The operator's, if its weights are the model's; otherwise all channels are treated alike. */
  operands: Operands | null = null;

  constructor(
    input: Tensor,
    output: Tensor,
    public convolutions: Convolution[],
  ) {
    super(PlanKind.CONVOLUTIONS, [input], [output]);
  }

  /** The same over convolutions of its own. */
  copy(): ConvolutionsPlan {
    const copy = copyOf<ConvolutionsPlan>(this);
    copy.convolutions = [];
    for (let i = 0; i < this.convolutions.length; i++) {
      copy.convolutions.push(this.convolutions[i].copy());
    }
    return copy;
  }
}

/** What of an addition's operands the kernels of one job run over. */
export enum AdditionForm {
  /** Each operand is one plane, and there is one kernel with two weights: on v7, and as the vendor has them. */
  PLANES,
  /** An operand's channels; every channel of the sum has a kernel: the form that v8 has run. */
  CHANNELS,
}

/** weightA · (a − zero of a) + weightB · (b − zero of b), times a scale. */
export class AdditionPlan extends Plan {
  weightA: i32 = 0;
  weightB: i32 = 0;
  /** Added to both weights, so that they are bytes. */
  weightZero: i32 = 0;
  bias: i32 = 0;
  scale: f32 = 0;
  relu: bool = false;
  form: AdditionForm = AdditionForm.CHANNELS;
  /** What gives the second operand, if an operator is two of them; its inputs are among this one's. */
  difference: AdditionPlan | null = null;

  constructor(a: Tensor, b: Tensor, output: Tensor) {
    super(PlanKind.ADDITION, [a, b], [output]);
  }
}

/** How neighbours along an axis lie in memory. */
export enum Along {
  /** Channels: one after the other in planar order. */
  CHANNELS,
  /** The outermost dimension that is not 1: one after the other in interleaved order. */
  OUTERMOST,
}

export class ConcatenationPlan extends Plan {
  /** For each input, what brings it to the output's quantization; null where it has it. */
  requantizations: (Convolution | null)[] = [];

  constructor(
    inputs: Tensor[],
    output: Tensor,
    public along: Along,
  ) {
    super(PlanKind.CONCATENATION, inputs, [output]);
  }
}

export class SplitPlan extends Plan {
  constructor(
    input: Tensor,
    outputs: Tensor[],
    public along: Along,
  ) {
    super(PlanKind.SPLIT, [input], outputs);
  }
}

/** Bytes of one value around an image: before and after rows, columns and channels. */
export class PaddingPlan extends Plan {
  before: StaticArray<i32> = new StaticArray<i32>(3);
  after: StaticArray<i32> = new StaticArray<i32>(3);

  constructor(
    input: Tensor,
    output: Tensor,
    public border: i32,
  ) {
    super(PlanKind.PADDING, [input], [output]);
  }
}

/** Every so many pixels, from some row and column on, and of them a range of channels. */
export class SlicePlan extends Plan {
  /** The first row, column and channel. */
  begins: StaticArray<i32> = new StaticArray<i32>(3);
  /** From row to row, and from column to column. */
  steps: StaticArray<i32> = new StaticArray<i32>(2).fill(1);

  constructor(input: Tensor, output: Tensor) {
    super(PlanKind.SLICE, [input], [output]);
  }
}

/** Every pixel so many times, as a block of `rows` × `columns`. */
export class RepetitionPlan extends Plan {
  constructor(
    input: Tensor,
    output: Tensor,
    public rows: i32,
    public columns: i32,
  ) {
    super(PlanKind.REPETITION, [input], [output]);
  }
}

/** Several plans, one after the other, over tensors that only they know. */
export class SequencePlan extends Plan {
  constructor(
    inputs: Tensor[],
    output: Tensor,
    public steps: Plan[],
  ) {
    super(PlanKind.SEQUENCE, inputs, [output]);
    for (let i = 0; i < steps.length; i++) this.macs += steps[i].macs;
  }
}

/** Blocks of elements at other positions, each element of an output in one of them. */
export class MovementPlan extends Plan {
  constructor(
    inputs: Tensor[],
    outputs: Tensor[],
    public moves: Move[],
    /** The next step wants it channel by channel; else its readers in the graph tell. */
    public isForChannels: bool = false,
  ) {
    super(PlanKind.MOVEMENT, inputs, outputs);
  }
}

/** Another shape for the same bytes, as either tensor has them in one of its orders. */
export class ViewPlan extends Plan {
  /** Both have one shape, so that either order of the one is that order of the other. */
  keepsShape: bool = false;
  inputIsPlanar: bool = false;
  outputIsPlanar: bool = false;

  constructor(input: Tensor, output: Tensor) {
    super(PlanKind.VIEW, [input], [output]);
  }
}

/** A function of one element, through the TP unit's table. */
export class TablePlan extends Plan {
  constructor(
    input: Tensor,
    output: Tensor,
    public table: LookupTable,
  ) {
    super(PlanKind.TABLE, [input], [output]);
  }
}

/** Nothing: an operator that the tables of later ones compute along with themselves. */
export class FusedPlan extends Plan {
  constructor() {
    super(PlanKind.FUSED, [], []);
  }
}

/** No job: the host converts between float32 and bytes as it fills the NPU's memory, or reads it. */
export class ConversionPlan extends Plan {
  constructor(input: Tensor, output: Tensor) {
    super(PlanKind.CONVERSION, [input], [output]);
  }

  /** From float32 to bytes. */
  get isEntry(): bool {
    return this.input.dtype == Dtype.FLOAT32;
  }
}

/** Tensors that only one operator's jobs know: those named for it, and those added to the graph. */
export class OwnTensors {
  private firstNamed: i32 = 0;
  private lastNamed: i32 = 0;
  private firstAdded: i32 = 0;
  private endAdded: i32 = 0;

  beginAt(named: i32, added: i32): void {
    this.firstNamed = -1 - (named + 1);
    this.firstAdded = added;
  }

  endAt(named: i32, added: i32): void {
    this.lastNamed = -1 - named;
    this.endAdded = added;
  }

  includes(tensor: i32): bool {
    if (tensor < 0) return tensor <= this.firstNamed && tensor >= this.lastNamed;
    return tensor >= this.firstAdded && tensor < this.endAdded;
  }
}

/** The plan of one image, for each image of a batch. */
export class ImagesPlan extends Plan {
  single: Plan = new FusedPlan();
  /** What stands for an image of each input, and of the output. */
  inputImages: Tensor[] = [];
  outputImage: Tensor;
  /** The single plan's, the images among them. */
  own: OwnTensors = new OwnTensors();

  constructor(output: Tensor) {
    super(PlanKind.IMAGES, [], [output]);
    this.outputImage = output;
  }

  get images(): i32 {
    return this.output.shape[0];
  }

  add(whole: Tensor, image: Tensor): void {
    if (whole == this.output) {
      this.outputImage = image;
      return;
    }
    this.inputs.push(whole);
    this.inputImages.push(image);
  }

  take(single: Plan): void {
    this.single = single;
    this.macs = single.macs * (this.images as u64);
    this.weightBytes = single.weightBytes;
    this.error = single.error;
  }
}

/** A plan's convolutions, also those that are steps of it, with weights of the model. */
export function weightedPlans(plan: Plan): ConvolutionsPlan[] {
  if (plan.kind == PlanKind.IMAGES) return weightedPlans((plan as ImagesPlan).single);
  const found: ConvolutionsPlan[] = [];
  if (plan.kind == PlanKind.CONVOLUTIONS) {
    const convolutions = plan as ConvolutionsPlan;
    const isSingle = convolutions.convolutions.length == 1;
    if (convolutions.operands != null && isSingle) found.push(convolutions);
  }
  if (plan.kind == PlanKind.SEQUENCE) {
    const steps = (plan as SequencePlan).steps;
    for (let i = 0; i < steps.length; i++) {
      const inner = weightedPlans(steps[i]);
      for (let j = 0; j < inner.length; j++) found.push(inner[j]);
    }
  }
  return found;
}

/** The same plan over convolutions of its own. */
export function copyPlan(plan: Plan): Plan {
  if (plan.kind == PlanKind.CONVOLUTIONS) return (plan as ConvolutionsPlan).copy();
  if (plan.kind == PlanKind.IMAGES) {
    const images = copyOf<ImagesPlan>(plan as ImagesPlan);
    images.single = copyPlan(images.single);
    return images;
  }
  if (plan.kind != PlanKind.SEQUENCE) return plan;
  const sequence = copyOf<SequencePlan>(plan as SequencePlan);
  sequence.steps = sequence.steps.slice(0);
  for (let i = 0; i < sequence.steps.length; i++) sequence.steps[i] = copyPlan(sequence.steps[i]);
  return sequence;
}
