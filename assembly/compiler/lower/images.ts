import { ImagesPlan } from "../plan/plan";
import { Layout } from "./buffers";
import { LoweringContext } from "./context";

/**
 * A batch is interleaved as a whole, one image after the other. Images that an operator leaves planar
 * stay where they are, as the next operator over images takes them, and are brought into the whole only
 * where something else reads it.
 */

/** Replaces the tensors that stand for one image of each input and of the output by that image. */
export function beginImage(plan: ImagesPlan, image: i32, context: LoweringContext): void {
  const buffers = context.buffers;
  for (let i = 0; i < plan.inputs.length; i++) {
    const whole = plan.inputs[i];
    const part = plan.inputImages[i];
    const isPlanar = context.batches.has(whole.index);
    const layout = isPlanar ? Layout.PLANAR : Layout.INTERLEAVED;
    const slice = isPlanar
      ? context.batches.get(whole.index)[image]
      : context.require(whole, layout).plus(image * part.elements);
    buffers.assign(part, layout, slice);
    buffers.fill(part, layout);
  }
  const slice = buffers.sliceOf(plan.output, Layout.INTERLEAVED);
  const result = plan.outputImage;
  buffers.assign(result, Layout.INTERLEAVED, slice.plus(image * result.elements));
  context.coalescing.takeFor(plan.single);
}

/** Keeps the image that was computed, and forgets what only its jobs know. */
export function endImage(plan: ImagesPlan, image: i32, context: LoweringContext): void {
  const buffers = context.buffers;
  const whole = plan.output.index;
  if (buffers.isFilled(plan.outputImage, Layout.INTERLEAVED)) {
    buffers.fill(plan.output, Layout.INTERLEAVED);
  } else {
    if (image == 0) context.batches.set(whole, []);
    context.batches.get(whole).push(buffers.sliceOf(plan.outputImage, Layout.PLANAR));
  }
  buffers.forget(plan.own);
}
