import { Tensor } from "../graph";
import { Legalization } from "../plan/legalization";
import { Mark } from "../plan/mark";
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

  add(legalization: Legalization): void {
    const plan = legalization.plan;
    if (plan != null) this.steps.push(plan);
    else if (this.reason == "") this.reason = legalization.reason;
    this.mark = max<i32>(this.mark, legalization.mark) as Mark;
  }

  /** Adds nothing where there is no plan. */
  addMoves(plan: MovementPlan | null): void {
    if (plan != null) this.add(Legalization.onNpu(plan, this.context.capped(Mark.EXPECTED)));
  }

  /** All of them, or why one cannot be done. */
  legalization(input: Tensor, output: Tensor): Legalization {
    return this.legalizationOfAll([input], output);
  }

  legalizationOfAll(inputs: Tensor[], output: Tensor): Legalization {
    if (this.reason != "") return Legalization.onCpu(this.reason);
    return Legalization.onNpu(new SequencePlan(inputs, output, this.steps), this.mark);
  }
}
