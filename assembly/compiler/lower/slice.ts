import { SlicePlan } from "../plan/plan";
import { zeroByte } from "../plan/tensors";
import { Order } from "./buffers";
import { Workshop } from "./context";
import { Image, pick } from "./strided-copies";

/**
 * Part of an interleaved image, made planar: a transposition that reads only every so many rows
 * and pixels.
 */
export function lowerSlice(plan: SlicePlan, workshop: Workshop): void {
  const zero = zeroByte(plan.input);
  const whole = plan.input;
  const output = plan.output;
  const part = new Image(output.fromLast(3), output.fromLast(2), output.fromLast(1), zero);
  const pixel = whole.fromLast(1);
  const row = whole.fromLast(2) * pixel;
  const first = plan.begins[0] * row + plan.begins[1] * pixel + plan.begins[2];
  const from = workshop.require(whole, Order.INTERLEAVED).plus(first);
  const to = workshop.homes.fill(output, Order.PLANAR);
  workshop.addAll(pick(part, plan.steps[1] * pixel, plan.steps[0] * row, from, to));
}
