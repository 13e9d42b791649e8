import { RepetitionPlan } from "../partition/plans";
import { Order } from "./homes";
import { detranspose } from "./moves";
import { imageOf, Workshop } from "./workshop";

/**
 * One job for each pixel of a block: a detransposition of one channel among several, which
 * leaves room between the pixels that it writes.
 */
export function lowerRepetition(plan: RepetitionPlan, workshop: Workshop): void {
  const tensor = plan.input;
  const from = workshop.require(tensor, Order.PLANAR);
  const to = workshop.homes.fill(plan.output, Order.PLANAR);
  const columns = tensor.fromLast(2);
  const rows = tensor.fromLast(3);
  const row = columns * plan.columns;
  for (let y = 0; y < plan.rows; y++) {
    for (let x = 0; x < plan.columns; x++) {
      const job = detranspose(imageOf(tensor), from, to.plus(y * row + x));
      job
        .loop(0, plan.columns, columns)
        .loop(2, plan.rows * row, rows)
        .loop(3, plan.rows * row * rows, tensor.fromLast(1));
      workshop.add(job);
    }
  }
}
