import { RepetitionPlan } from "../plan/plan";
import { Order } from "./buffers";
import { imageOf, Workshop } from "./context";
import { detranspose, Pitches } from "./strided-copies";

/**
 * A job for each pixel of a block: a detransposition of one channel among several, which
 * leaves room between the pixels that it writes.
 */
export function lowerRepetition(plan: RepetitionPlan, workshop: Workshop): void {
  const tensor = plan.input;
  const from = workshop.require(tensor, Order.PLANAR);
  const to = workshop.homes.fill(plan.output, Order.PLANAR);
  const image = imageOf(tensor);
  const row = image.columns * plan.columns;
  const pitches = new Pitches(plan.columns, plan.rows * row, plan.rows * row * image.rows);
  for (let y = 0; y < plan.rows; y++) {
    for (let x = 0; x < plan.columns; x++) {
      workshop.addAll(detranspose(image, pitches, from, to.plus(y * row + x)));
    }
  }
}
