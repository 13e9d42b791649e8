import { SlicePlan } from "../plan/plan";
import { zeroByte } from "../plan/tensors";
import { Layout } from "./buffers";
import { LoweringContext } from "./context";
import { copyStrided, ImageShape } from "./strided-copies";

/**
 * Part of an interleaved image, made planar: a transposition that reads only every so many rows
 * and pixels.
 */
export function lowerSlice(plan: SlicePlan, context: LoweringContext): void {
  const zero = zeroByte(plan.input);
  const whole = plan.input;
  const output = plan.output;
  const part = new ImageShape(output.fromLast(3), output.fromLast(2), output.fromLast(1), zero);
  const pixel = whole.fromLast(1);
  const row = whole.fromLast(2) * pixel;
  const first = plan.begins[0] * row + plan.begins[1] * pixel + plan.begins[2];
  const from = context.require(whole, Layout.INTERLEAVED).plus(first);
  const to = context.buffers.fill(output, Layout.PLANAR);
  context.addAll(copyStrided(part, plan.steps[1] * pixel, plan.steps[0] * row, from, to));
}
