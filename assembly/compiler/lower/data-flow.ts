import { Tensor } from "../graph";
import { Legalization } from "../plan/legalization";
import {
  Along,
  ConcatenationPlan,
  ConvolutionsPlan,
  Plan,
  PlanKind,
  SequencePlan,
  SplitPlan,
  ViewPlan,
} from "../plan/plan";
import { Segment } from "../segment/segments";

/**
 * Which operators make and read a tensor inside a segment, so that a movement can go straight from one to
 * the other. Plans decide: a table may read a tensor that its operator does not.
 */
export class DataFlow {
  /** Operators of the segment, by the index of a tensor that their plans read. */
  private readers: Map<i32, i32[]> = new Map();

  constructor(
    private segment: Segment,
    private legalizations: Legalization[],
  ) {
    for (let i = 0; i < segment.operators.length; i++) {
      const operator = segment.operators[i];
      const plan = legalizations[operator].plan;
      if (plan == null) continue;
      for (let j = 0; j < plan.inputs.length; j++) this.addReader(plan.inputs[j].index, operator);
    }
  }

  private addReader(tensor: i32, operator: i32): void {
    if (!this.readers.has(tensor)) this.readers.set(tensor, []);
    const readers = this.readers.get(tensor);
    if (!readers.includes(operator)) readers.push(operator);
  }

  private readersOf(tensor: Tensor): i32[] {
    return this.readers.has(tensor.index) ? this.readers.get(tensor.index) : [];
  }

  /** The tensor that a tensor is another shape of, if its elements keep their order. */
  shapedFrom(tensor: Tensor): Tensor | null {
    const plan = this.planOf(tensor.producer);
    return plan != null && isReshape(plan) ? plan.input : null;
  }

  /** The other shape that alone reads a tensor. */
  shapedInto(tensor: Tensor): Tensor | null {
    const readers = this.readersOf(tensor);
    if (readers.length != 1 || this.leaves(tensor)) return null;
    const plan = this.planOf(readers[0]);
    return plan != null && isReshape(plan) ? plan.output : null;
  }

  /** Whether a tensor comes from outside the segment, if need be by another name. */
  comesIn(tensor: Tensor): bool {
    let name = tensor;
    while (!this.segment.inputs.includes(name.index)) {
      const plan = this.planOf(name.producer);
      if (plan == null || !isName(plan)) return false;
      name = plan.input;
    }
    return true;
  }

  /** Whether a tensor goes out of the segment, if need be by another name that it has alone. */
  goesOut(tensor: Tensor): bool {
    let name = tensor;
    while (!this.leaves(name)) {
      const readers = this.readersOf(name);
      const plan = readers.length == 1 ? this.planOf(readers[0]) : null;
      if (plan == null || !isName(plan)) return false;
      name = plan.output;
    }
    return true;
  }

  /** Whether only movements read a tensor; they find the elements in any shape of it. */
  isOnlyMoved(tensor: Tensor): bool {
    const readers = this.readersOf(tensor);
    if (readers.length == 0 || this.leaves(tensor)) return false;
    for (let i = 0; i < readers.length; i++) {
      const plan = this.planOf(readers[i]);
      if (plan == null || plan.kind != PlanKind.MOVEMENT) return false;
    }
    return true;
  }

  /** Whether something reads a tensor channel by channel. */
  wantsPlanar(tensor: Tensor): bool {
    const readers = this.readersOf(tensor);
    for (let i = 0; i < readers.length; i++) {
      const plan = this.planOf(readers[i]);
      if (plan != null && this.readsPlanar(plan)) return true;
    }
    return false;
  }

  private readsPlanar(plan: Plan): bool {
    switch (plan.kind) {
      case PlanKind.CONVOLUTIONS:
        return !(plan as ConvolutionsPlan).flat;
      case PlanKind.CONCATENATION:
        return (plan as ConcatenationPlan).along == Along.CHANNELS;
      case PlanKind.SPLIT:
        return (plan as SplitPlan).along == Along.CHANNELS;
      case PlanKind.VIEW: {
        const view = plan as ViewPlan;
        return view.inputIsPlanar || (view.keepsShape && this.wantsPlanar(view.output));
      }
      case PlanKind.TABLE:
        return this.wantsPlanar(plan.output);
      case PlanKind.SEQUENCE:
        return this.readsPlanar((plan as SequencePlan).steps[0]);
      case PlanKind.ADDITION:
      case PlanKind.PRODUCT:
      case PlanKind.PADDING:
      case PlanKind.REPETITION:
      case PlanKind.MAX_POOL:
        return true;
      default:
        return false;
    }
  }

  private leaves(tensor: Tensor): bool {
    return this.segment.outputs.includes(tensor.index);
  }

  /** Null outside the segment. */
  private planOf(operator: i32): Plan | null {
    if (operator < 0 || !this.segment.operators.includes(operator)) return null;
    return this.legalizations[operator].plan;
  }
}

function isName(plan: Plan): bool {
  return plan.kind == PlanKind.VIEW && (plan as ViewPlan).keepsShape;
}

function isReshape(plan: Plan): bool {
  if (plan.kind != PlanKind.VIEW) return false;
  const view = plan as ViewPlan;
  return !view.inputIsPlanar && !view.outputIsPlanar;
}
