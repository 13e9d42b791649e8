import { Tensor } from "../graph";
import { Convolution } from "../plan/convolution";
import { Legalization } from "../plan/legalization";
import {
  AdditionForm,
  AdditionPlan,
  Along,
  ConcatenationPlan,
  MovementPlan,
  Plan,
  PlanKind,
  SequencePlan,
  SplitPlan,
  ViewPlan,
} from "../plan/plan";
import { ProductPlan } from "../plan/product";
import { Segment } from "../segment/segments";
import { BufferAssignment, Layout } from "./buffers";
import { DataFlow } from "./data-flow";
import { BufferSlice } from "./jobs";

/**
 * Buffer coalescing: before any job is made, tensors that should lie side by side get slices of one
 * buffer, the parts of a concatenation inside the whole and the operands of an addition one after
 * the other. It goes from the last operator to the first, so that a whole has its slice before its
 * parts.
 */
export class Coalescing {
  /** Where the operands of each addition belong, and the terms of each product, by the result's index. */
  pairs: Map<i32, BufferSlice> = new Map();

  constructor(
    private buffers: BufferAssignment,
    private segment: Segment,
    private flow: DataFlow,
    private isCompat: bool,
  ) {}

  take(legalizations: Legalization[]): void {
    for (let i = this.segment.operators.length - 1; i >= 0; i--) {
      const plan = legalizations[this.segment.operators[i]].plan;
      if (plan != null) this.takeFor(plan);
    }
  }

  takeFor(plan: Plan): void {
    if (plan.kind == PlanKind.ADDITION) {
      this.pair(plan as AdditionPlan);
    } else if (plan.kind == PlanKind.PRODUCT) {
      this.terms(plan as ProductPlan);
    } else if (plan.kind == PlanKind.CONCATENATION) {
      const joined = plan as ConcatenationPlan;
      this.partsOf(plan.output, plan.inputs, layoutOf(joined.along), joined.requantizations);
    } else if (plan.kind == PlanKind.SPLIT) {
      this.partsOf(plan.input, plan.outputs, layoutOf((plan as SplitPlan).along), []);
    } else if (plan.kind == PlanKind.SEQUENCE) {
      const steps = (plan as SequencePlan).steps;
      for (let i = steps.length - 1; i >= 0; i--) this.takeFor(steps[i]);
    } else if (plan.kind == PlanKind.MOVEMENT) {
      this.runs(plan as MovementPlan);
    } else if (plan.kind == PlanKind.VIEW) {
      this.view(plan as ViewPlan);
    }
  }

  private view(plan: ViewPlan): void {
    if (plan.keepsShape) this.rename(plan, Layout.PLANAR, Layout.PLANAR);
    this.rename(plan, layoutIf(plan.inputIsPlanar), layoutIf(plan.outputIsPlanar));
  }

  private rename(plan: ViewPlan, inputLayout: Layout, outputLayout: Layout): void {
    if (!this.buffers.hasBuffer(plan.output, outputLayout)) return;
    this.buffers.assign(plan.input, inputLayout, this.buffers.sliceOf(plan.output, outputLayout));
  }

  private pair(plan: AdditionPlan): void {
    const bytes = plan.output.elements;
    const pair = new BufferSlice(this.buffers.create(2 * bytes));
    this.pairs.set(plan.output.index, pair);
    this.buffers.assign(plan.inputs[0], this.operandLayout(plan, 0), pair);
    this.buffers.assign(plan.inputs[1], this.operandLayout(plan, 1), pair.plus(bytes));
    const difference = plan.difference;
    if (difference != null) this.pair(difference);
  }

  /** Behind room for the squares. */
  private terms(plan: ProductPlan): void {
    const bytes = plan.output.elements;
    const squares = plan.summed * plan.tables.length;
    const terms = new BufferSlice(this.buffers.create((squares + 2) * bytes));
    this.pairs.set(plan.output.index, terms);
    for (let i = 0; i < 2; i++) {
      this.buffers.assign(plan.operands[i], Layout.PLANAR, terms.plus((squares + i) * bytes));
    }
  }

  /** Fault: Mesa adds what enters the segment as it comes, and transposes the sum. */
  operandLayout(plan: AdditionPlan, operand: i32): Layout {
    if (!this.isCompat) return this.layoutOfSum(plan);
    return layoutIf(!this.segment.inputs.includes(plan.inputs[operand].index));
  }

  /** Two planes may be in either order: what enters the segment and leaves it need not be moved. */
  layoutOfSum(plan: AdditionPlan): Layout {
    if (this.isCompat || plan.form != AdditionForm.PLANES) return Layout.PLANAR;
    const enters = this.flow.comesIn(plan.inputs[0]) && this.flow.comesIn(plan.inputs[1]);
    const leaves = this.flow.goesOut(plan.output);
    return layoutIf(!enters || !leaves || this.flow.wantsPlanar(plan.output));
  }

  /** A whole tensor that is a run of another's elements lies there. */
  private runs(plan: MovementPlan): void {
    for (let i = 0; i < plan.moves.length; i++) {
      const move = plan.moves[i];
      const input = plan.inputs[move.input];
      const output = plan.outputs[move.output];
      if (input.isConstant) continue;
      for (let layout = 0; layout < 2; layout++) {
        const isPlanar = layout == Layout.PLANAR;
        const arranged = move.arranged(isPlanar ? input : null, isPlanar ? output : null);
        if (arranged == null || !arranged.isRun) continue;
        if (move.elements == (output.elements as i32)) {
          const slice = this.buffers.sliceOf(input, layout);
          this.buffers.assign(output, layout, slice.plus(arranged.start));
        } else if (move.elements == (input.elements as i32) && !isSpanned(plan, i, isPlanar)) {
          const slice = this.buffers.sliceOf(output, layout);
          this.buffers.assign(input, layout, slice.plus(arranged.end));
        }
      }
    }
  }

  /** Parts that are to be requantized cannot lie in the whole. */
  private partsOf(
    whole: Tensor,
    parts: Tensor[],
    layout: Layout,
    requantizations: (Convolution | null)[],
  ): void {
    const slice = this.buffers.sliceOf(whole, layout);
    let offset: u32 = 0;
    for (let i = 0; i < parts.length; i++) {
      const keeps = requantizations.length == 0 || requantizations[i] == null;
      if (keeps) this.buffers.assign(parts[i], layout, slice.plus(offset));
      offset += parts[i].elements;
    }
  }
}

/**
 * Whether another move from the same tensor writes on both sides of the run that a tensor would be. Its
 * job would read what lies between the addresses that it writes, which no job may.
 */
function isSpanned(plan: MovementPlan, run: i32, isPlanar: bool): bool {
  const input = plan.inputs[plan.moves[run].input];
  const lying = writtenBy(plan, run, isPlanar);
  for (let i = 0; i < plan.moves.length; i++) {
    const move = plan.moves[i];
    if (i == run || plan.inputs[move.input] != input) continue;
    if (move.output != plan.moves[run].output) continue;
    const other = writtenBy(plan, i, isPlanar);
    if (other.first <= lying.last && lying.first <= other.last) return true;
  }
  return false;
}

class Span {
  constructor(
    public first: i32,
    public last: i32,
  ) {}
}

/** From the first to the last element of the output that a move writes. */
function writtenBy(plan: MovementPlan, i: i32, isPlanar: bool): Span {
  const move = plan.moves[i];
  const arranged = move.arranged(null, isPlanar ? plan.outputs[move.output] : null);
  if (arranged == null) return new Span(0, i32.MAX_VALUE);
  const span = new Span(arranged.end, arranged.end);
  for (let k = 0; k < arranged.strides.length; k++) {
    const stride = arranged.strides[k];
    span.last += (stride.count - 1) * stride.to;
  }
  return span;
}

export function layoutIf(isPlanar: bool): Layout {
  return isPlanar ? Layout.PLANAR : Layout.INTERLEAVED;
}

export function layoutOf(along: Along): Layout {
  return along == Along.CHANNELS ? Layout.PLANAR : Layout.INTERLEAVED;
}
