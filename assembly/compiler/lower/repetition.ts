import { RepetitionPlan } from "../plan/plan";
import { Layout } from "./buffers";
import { imageOf, LoweringContext } from "./context";
import { detranspose, Pitches } from "./strided-copies";

/**
 * A job for each pixel of a block: a detransposition of one channel among several, which
 * leaves room between the pixels that it writes.
 */
export function lowerRepetition(plan: RepetitionPlan, context: LoweringContext): void {
  const tensor = plan.input;
  const from = context.require(tensor, Layout.PLANAR);
  const to = context.buffers.fill(plan.output, Layout.PLANAR);
  const image = imageOf(tensor);
  const row = image.columns * plan.columns;
  const pitches = new Pitches(plan.columns, plan.rows * row, plan.rows * row * image.rows);
  for (let y = 0; y < plan.rows; y++) {
    for (let x = 0; x < plan.columns; x++) {
      context.addAll(detranspose(image, pitches, from, to.plus(y * row + x)));
    }
  }
}
