import { ConcatenationPlan } from "../plan/plan";
import { orderOf } from "./coalescing";
import { Workshop } from "./context";
import { convolve } from "./convolution";

/** Parts that do not lie in the whole are copied into it, or requantized. */
export function lowerConcatenation(plan: ConcatenationPlan, workshop: Workshop): void {
  const order = orderOf(plan.along);
  const home = workshop.homes.home(plan.output, order);
  let offset: u32 = 0;
  for (let i = 0; i < plan.inputs.length; i++) {
    const part = plan.inputs[i];
    const from = workshop.require(part, order);
    const requantization = plan.requantizations[i];
    if (requantization == null) workshop.bring(from, home.plus(offset), part);
    else convolve(requantization, from, home.plus(offset), workshop);
    offset += part.elements;
  }
  workshop.homes.fill(plan.output, order);
}
