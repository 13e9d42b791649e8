import { SlicePlan } from "../partition/plans";
import { zeroByte } from "../partition/tensors";
import { Order } from "./homes";
import { Access, MoveJob } from "./jobs";
import { Image, transpose } from "./moves";
import { Workshop } from "./workshop";

export function lowerSlice(plan: SlicePlan, workshop: Workshop): void {
  const zero = zeroByte(plan.input);
  const whole = plan.input;
  const image = new Image(whole.fromLast(3), whole.fromLast(2), whole.fromLast(1), zero);
  const output = plan.output;
  const part = new Image(output.fromLast(3), output.fromLast(2), output.fromLast(1), zero);
  const pixels = plan.begins[0] * image.columns + plan.begins[1];
  const first = pixels * image.channels + plan.begins[2];
  const from = workshop.require(whole, Order.INTERLEAVED).plus(first);
  const to = workshop.homes.fill(output, Order.PLANAR);
  workshop.add(pick(image, plan.steps[0], plan.steps[1], part, from, to));
}

/**
 * Part of an interleaved image, made planar: a transposition that reads only every so many rows
 * and pixels, whose rows and pixels lie further apart than they are wide.
 */
export function pick(
  whole: Image,
  rowStep: i32,
  columnStep: i32,
  part: Image,
  from: Access,
  to: Access,
): MoveJob {
  const job = transpose(part, from, to);
  job.rowPitch = columnStep * whole.channels;
  job.planePitch = rowStep * whole.columns * whole.channels;
  return job;
}
