import { ConcatenationPlan } from "../plan/plan";
import { layoutOf } from "./coalescing";
import { LoweringContext } from "./context";
import { lowerConvolution } from "./convolution";

/** Parts that do not lie in the whole are copied into it, or requantized. */
export function lowerConcatenation(plan: ConcatenationPlan, context: LoweringContext): void {
  const layout = layoutOf(plan.along);
  const slice = context.buffers.sliceOf(plan.output, layout);
  let offset: u32 = 0;
  for (let i = 0; i < plan.inputs.length; i++) {
    const part = plan.inputs[i];
    const from = context.require(part, layout);
    const requantization = plan.requantizations[i];
    if (requantization == null) context.copyIfNeeded(from, slice.plus(offset), part);
    else lowerConvolution(requantization, from, slice.plus(offset), context);
    offset += part.elements;
  }
  context.buffers.fill(plan.output, layout);
}
