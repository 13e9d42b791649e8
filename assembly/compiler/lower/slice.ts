import { SlicePlan } from "../partition/plans";
import { zeroByte } from "../partition/tensors";
import { Order } from "./homes";
import { Image, transpose } from "./moves";
import { Workshop } from "./workshop";

/**
 * A transposition that reads only some pixels of an interleaved image, and of them only some
 * channels: its rows and pixels lie further apart than it is wide.
 */
export function lowerSlice(plan: SlicePlan, workshop: Workshop): void {
  const whole = plan.input;
  const part = plan.output;
  const from = workshop.require(whole, Order.INTERLEAVED);
  const pixel = whole.fromLast(1);
  const row = whole.fromLast(2) * pixel;
  const first = plan.begins[0] * row + plan.begins[1] * pixel + plan.begins[2];
  const image = new Image(part.fromLast(3), part.fromLast(2), part.fromLast(1), zeroByte(part));
  const job = transpose(image, from.plus(first), workshop.homes.fill(part, Order.PLANAR));
  job.rowPitch = plan.steps[1] * pixel;
  job.planePitch = plan.steps[0] * row;
  workshop.add(job);
}
