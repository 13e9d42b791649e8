import { Builtin } from "../../tflite/schema";
import { Graph, Tensor } from "../graph";
import { Legalization } from "../plan/legalization";
import { Operands } from "../plan/operands";
import {
  Along,
  ConcatenationPlan,
  ConvolutionsPlan,
  PaddingPlan,
  Plan,
  PlanKind,
  SplitPlan,
  ViewPlan,
  weightedPlans,
} from "../plan/plan";
import { Segment } from "../segment/segments";
import { Block, join, unfold } from "./channel-blocks";

/** Keeps hostile networks of concatenations from using all memory. */
const MOST_BLOCKS = 512;

/**
 * Which channels of which tensors must be in one order. Convolutions take their input's channels
 * in any order and give their own in any; what works on each channel alone hands an order on;
 * concatenations and splits put blocks side by side. What enters or leaves the NPU stays as the
 * model has it.
 */
export class ChannelPermutations {
  private blocks: Map<i32, Block[]> = new Map();

  constructor(
    private graph: Graph,
    private legalizations: Legalization[],
    segments: Segment[],
  ) {
    for (let i = 0; i < segments.length; i++) {
      if (!segments[i].onNpu) continue;
      const operators = segments[i].operators;
      for (let j = 0; j < operators.length; j++) {
        const plan = legalizations[operators[j]].plan;
        if (plan == null) continue;
        this.relate(plan);
        const bounds = plan.bounds;
        if (bounds != null) this.relate(bounds);
      }
    }
    for (let i = 0; i < segments.length; i++) {
      this.fixAll(segments[i].inputs);
      this.fixAll(segments[i].outputs);
    }
  }

  /** The whole blocks of a tensor's channels, or of its elements' where it is a flattened image. */
  blocksOf(tensor: Tensor): Block[] {
    return unfold(this.entry(tensor));
  }

  /** The model's channel at each position of a tensor; null where all are in their own. */
  permutationOf(tensor: Tensor): StaticArray<i32> | null {
    const blocks = this.blocksOf(tensor);
    let channels = 0;
    let isMoved = false;
    for (let i = 0; i < blocks.length; i++) {
      channels += blocks[i].channels;
      if (blocks[i].order != null) isMoved = true;
    }
    if (!isMoved) return null;
    const whole = new StaticArray<i32>(channels);
    let first = 0;
    for (let i = 0; i < blocks.length; i++) {
      const order = blocks[i].order;
      const count = blocks[i].channels;
      for (let j = 0; j < count; j++) whole[first + j] = first + (order == null ? j : order[j]);
      first += count;
    }
    return whole;
  }

  private relate(plan: Plan): void {
    switch (plan.kind) {
      case PlanKind.CONVOLUTIONS:
        this.convolve(plan as ConvolutionsPlan);
        break;
      case PlanKind.PRODUCT:
        if (this.hasConstant(plan)) this.fix(plan);
        else this.joinAll(plan);
        break;
      case PlanKind.ADDITION:
      case PlanKind.TABLE:
      case PlanKind.SLICE:
      case PlanKind.REPETITION:
      case PlanKind.MAX_POOL:
      case PlanKind.POOL_CHAIN:
        this.joinAll(plan);
        break;
      case PlanKind.CONCATENATION:
        this.gather((plan as ConcatenationPlan).along, plan.output, plan.inputs, plan);
        break;
      case PlanKind.SPLIT:
        this.gather((plan as SplitPlan).along, plan.input, plan.outputs, plan);
        break;
      case PlanKind.PADDING:
        this.pad(plan as PaddingPlan);
        break;
      case PlanKind.VIEW:
        this.view(plan as ViewPlan);
        break;
      case PlanKind.FUSED:
        break;
      default:
        this.fix(plan);
        this.fixSteps(plan);
    }
  }

  /** Tensors between the steps of an operator keep their order. */
  private fixSteps(plan: Plan): void {
    const layers = weightedPlans(plan);
    for (let i = 0; i < layers.length; i++) {
      const operands = layers[i].operands as Operands;
      this.fixTensor(operands.input);
      this.fixTensor(operands.output);
    }
  }

  private convolve(plan: ConvolutionsPlan): void {
    const operands = plan.operands;
    if (operands == null) this.joinAll(plan);
    else if (plan.convolutions.length != 1) this.fix(plan);
    // A depthwise one whose kernels share channels is not permuted.
    else if (operands.isDepthwise && plan.input.fromLast(1) > 1) this.joinAll(plan);
  }

  private gather(along: Along, whole: Tensor, parts: Tensor[], plan: Plan): void {
    if (along == Along.OUTERMOST) {
      this.joinAll(plan);
      return;
    }
    if (this.countBlocks(parts) + this.countBlocks([whole]) > MOST_BLOCKS) {
      this.fix(plan);
      return;
    }
    const side: Block[] = [];
    for (let i = 0; i < parts.length; i++) {
      const blocks = this.blocksOf(parts[i]);
      for (let j = 0; j < blocks.length; j++) side.push(blocks[j]);
    }
    join(this.entry(whole), side);
  }

  private pad(plan: PaddingPlan): void {
    if (plan.before[2] == 0 && plan.after[2] == 0) this.joinAll(plan);
    else this.fix(plan);
  }

  /** A flattened image is read pixel by pixel, each in the order of its channels. */
  private view(plan: ViewPlan): void {
    if (plan.inputIsPlanar || plan.outputIsPlanar) this.fix(plan);
    else if (plan.input.fromLast(1) == plan.output.fromLast(1)) this.joinAll(plan);
    else if (this.isWeighedOnly(plan.output))
      this.blocks.set(plan.output.index, this.entry(plan.input));
    else this.fix(plan);
  }

  /** Whether all that reads a tensor are fully connected layers on the NPU. */
  private isWeighedOnly(tensor: Tensor): bool {
    for (let i = 0; i < tensor.consumers.length; i++) {
      const consumer = tensor.consumers[i];
      if (this.graph.operators[consumer].code != Builtin.FULLY_CONNECTED) return false;
      if (!this.legalizations[consumer].isOnNpu) return false;
    }
    return true;
  }

  /** Puts all tensors of an operator into one order, if they have as many channels. */
  private joinAll(plan: Plan): void {
    if (!this.haveAsMany(plan.inputs, plan.input) || !this.haveAsMany(plan.outputs, plan.input)) {
      this.fix(plan);
      return;
    }
    const blocks = this.countBlocks(plan.inputs) + this.countBlocks(plan.outputs);
    if (blocks > MOST_BLOCKS) {
      this.fix(plan);
      return;
    }
    this.joinWith(plan.input, plan.inputs);
    this.joinWith(plan.input, plan.outputs);
  }

  private countBlocks(tensors: Tensor[]): i32 {
    let count = 0;
    for (let i = 0; i < tensors.length; i++) count += this.blocksOf(tensors[i]).length;
    return count;
  }

  /** A constant operand has the model's order. */
  private hasConstant(plan: Plan): bool {
    for (let i = 0; i < plan.inputs.length; i++) if (plan.inputs[i].isConstant) return true;
    return false;
  }

  private haveAsMany(tensors: Tensor[], first: Tensor): bool {
    const channels = this.channelsOf(first);
    for (let i = 0; i < tensors.length; i++) {
      if (this.channelsOf(tensors[i]) != channels) return false;
    }
    return true;
  }

  private joinWith(first: Tensor, others: Tensor[]): void {
    for (let i = 0; i < others.length; i++) join(this.entry(first), this.entry(others[i]));
  }

  private channelsOf(tensor: Tensor): i32 {
    const blocks = this.blocksOf(tensor);
    let channels = 0;
    for (let i = 0; i < blocks.length; i++) channels += blocks[i].channels;
    return channels;
  }

  private fix(plan: Plan): void {
    for (let i = 0; i < plan.inputs.length; i++) this.fixTensor(plan.inputs[i]);
    for (let i = 0; i < plan.outputs.length; i++) this.fixTensor(plan.outputs[i]);
  }

  private fixAll(tensors: i32[]): void {
    for (let i = 0; i < tensors.length; i++) this.fixTensor(this.graph.tensors[tensors[i]]);
  }

  private fixTensor(tensor: Tensor): void {
    const blocks = this.blocksOf(tensor);
    for (let i = 0; i < blocks.length; i++) blocks[i].isFixed = true;
  }

  private entry(tensor: Tensor): Block[] {
    if (!this.blocks.has(tensor.index))
      this.blocks.set(tensor.index, [new Block(tensor.fromLast(1))]);
    return this.blocks.get(tensor.index);
  }
}
