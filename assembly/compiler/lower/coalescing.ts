import { Tensor } from "../graph";
import { Convolution } from "../plan/convolution";
import { Placement } from "../plan/placement";
import {
  AdditionPlan,
  Along,
  ConcatenationPlan,
  Plan,
  PlanKind,
  SplitPlan,
  ViewPlan,
} from "../plan/plan";
import { Segment } from "../segment/segments";
import { Homes, Order } from "./buffers";
import { Access } from "./jobs";

/**
 * Gives homes to tensors that should lie side by side, before any job is made: the parts of a
 * concatenation inside the whole, the operands of an addition one behind the other. Operators
 * are taken from the last to the first, so that a whole has its place before its parts.
 */
export class Claims {
  /** Where the operands of each addition belong, by the operator's index. */
  pairs: Map<i32, Access> = new Map();

  constructor(
    private homes: Homes,
    private segment: Segment,
    private isCompat: bool,
  ) {}

  take(placements: Placement[]): void {
    for (let i = this.segment.operators.length - 1; i >= 0; i--) {
      const operator = this.segment.operators[i];
      const plan = placements[operator].plan;
      if (plan != null) this.takeFor(operator, plan);
    }
  }

  private takeFor(operator: i32, plan: Plan): void {
    if (plan.kind == PlanKind.ADDITION) {
      this.pair(operator, plan as AdditionPlan);
    } else if (plan.kind == PlanKind.CONCATENATION) {
      const joined = plan as ConcatenationPlan;
      this.partsOf(plan.output, plan.inputs, orderOf(joined.along), joined.requantizations);
    } else if (plan.kind == PlanKind.SPLIT) {
      this.partsOf(plan.input, plan.outputs, orderOf((plan as SplitPlan).along), []);
    } else if (plan.kind == PlanKind.VIEW) {
      this.view(plan as ViewPlan);
    }
  }

  private view(plan: ViewPlan): void {
    if (plan.keepsShape) this.rename(plan, Order.PLANAR, Order.PLANAR);
    this.rename(plan, orderIf(plan.inputIsPlanar), orderIf(plan.outputIsPlanar));
  }

  private rename(plan: ViewPlan, inputOrder: Order, outputOrder: Order): void {
    if (!this.homes.hasHome(plan.output, outputOrder)) return;
    this.homes.claim(plan.input, inputOrder, this.homes.home(plan.output, outputOrder));
  }

  private pair(operator: i32, plan: AdditionPlan): void {
    const bytes = plan.output.elements;
    const pair = new Access(this.homes.value(2 * bytes));
    this.pairs.set(operator, pair);
    this.homes.claim(plan.inputs[0], this.operandOrder(plan.inputs[0]), pair);
    this.homes.claim(plan.inputs[1], this.operandOrder(plan.inputs[1]), pair.plus(bytes));
  }

  /** Fault: Mesa adds what enters the segment as it comes, and transposes the sum. */
  operandOrder(operand: Tensor): Order {
    const enters = this.segment.inputs.includes(operand.index);
    return this.isCompat && enters ? Order.INTERLEAVED : Order.PLANAR;
  }

  /** Parts that are to be requantized cannot lie in the whole. */
  private partsOf(
    whole: Tensor,
    parts: Tensor[],
    order: Order,
    requantizations: (Convolution | null)[],
  ): void {
    const home = this.homes.home(whole, order);
    let offset: u32 = 0;
    for (let i = 0; i < parts.length; i++) {
      const keeps = requantizations.length == 0 || requantizations[i] == null;
      if (keeps) this.homes.claim(parts[i], order, home.plus(offset));
      offset += parts[i].elements;
    }
  }
}

export function orderIf(isPlanar: bool): Order {
  return isPlanar ? Order.PLANAR : Order.INTERLEAVED;
}

export function orderOf(along: Along): Order {
  return along == Along.CHANNELS ? Order.PLANAR : Order.INTERLEAVED;
}
