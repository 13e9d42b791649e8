import { Tensor } from "../graph";
import { Mark } from "../plan/mark";
import { Placement } from "../plan/placement";
import { MovementPlan, Plan, SequencePlan } from "../plan/plan";
import { Context } from "./context";

/** Collects the plans of an operator that takes several, one after the other. */
export class PlanSequence {
  private steps: Plan[] = [];
  private mark: Mark = Mark.PROVEN;
  private reason: string = "";

  constructor(private context: Context) {}

  /** A tensor that only the steps know, of bytes like another's. */
  between(shape: i32[], like: Tensor): Tensor {
    const tensor = new Tensor(this.context.nameIntermediate());
    tensor.shape = shape;
    tensor.dtype = like.dtype;
    tensor.quantization = like.quantization;
    return tensor;
  }

  add(placement: Placement): void {
    const plan = placement.plan;
    if (plan != null) this.steps.push(plan);
    else if (this.reason == "") this.reason = placement.reason;
    this.mark = max<i32>(this.mark, placement.mark) as Mark;
  }

  /** Nothing where there is no plan. */
  addMoves(plan: MovementPlan | null): void {
    if (plan != null) this.add(Placement.onNpu(plan, this.context.capped(Mark.EXPECTED)));
  }

  /** All of them, or why one cannot be done. */
  place(input: Tensor, output: Tensor): Placement {
    return this.placeAll([input], output);
  }

  placeAll(inputs: Tensor[], output: Tensor): Placement {
    if (this.reason != "") return Placement.onCpu(this.reason);
    return Placement.onNpu(new SequencePlan(inputs, output, this.steps), this.mark);
  }
}
