import { MaxPoolPlan } from "../plan/max-pool";
import { Layout } from "./buffers";
import { LoweringContext } from "./context";
import { lowerConvolution } from "./convolution";
import { BufferSlice } from "./jobs";
import { keepPixels } from "./keep-pixels";
import { Frame } from "./padding";
import { ImageShape } from "./strided-copies";

export function lowerMaxPool(plan: MaxPoolPlan, context: LoweringContext): void {
  const input = context.require(plan.input, Layout.PLANAR);
  const output = context.buffers.fill(plan.output, Layout.PLANAR);
  const groupInput = plan.input.elements / plan.groups;
  const groupOutput = plan.output.elements / plan.groups;
  for (let i = 0; i < plan.groups; i++) {
    const from = input.plus(i * groupInput);
    const to = output.plus(i * groupOutput);
    const isDone = needsNoChoice(plan);
    const greatest = isDone ? to : new BufferSlice(context.buffers.create(greatestBytes(plan)));
    poolGroup(plan, from, greatest, context);
    if (!isDone) choose(plan, greatest, to, context);
  }
}

/** Rows or columns of greatest values. */
function kept(side: i32, plan: MaxPoolPlan): i32 {
  return plan.halvesSize ? side >> 1 : side;
}

function greatestBytes(plan: MaxPoolPlan): u32 {
  return kept(plan.rows, plan) * kept(plan.columns, plan) * plan.groupChannels;
}

function needsNoChoice(plan: MaxPoolPlan): bool {
  return greatestBytes(plan) * plan.groups == plan.output.elements;
}

/** Pads a group's channels, and finds the greatest of the window that begins at each pixel. */
function poolGroup(
  plan: MaxPoolPlan,
  from: BufferSlice,
  to: BufferSlice,
  context: LoweringContext,
): void {
  const image = new ImageShape(
    plan.input.fromLast(3),
    plan.input.fromLast(2),
    plan.groupChannels,
    0,
  );
  const bottom = plan.rows - plan.top - image.rows;
  const right = plan.columns - plan.left - image.columns;
  let stack = new Stack(plan, 0, context);
  new Frame(image, plan.top, bottom, plan.left, right).surround(from, stack.values, context);
  for (let i = 0; i < plan.steps.length; i++) {
    const step = plan.steps[i];
    lowerConvolution(step.difference, stack.compared, stack.differences, context);
    if (i == plan.steps.length - 1) {
      lowerConvolution(step.sum, stack.values, to, context);
      return;
    }
    const next = new Stack(plan, i + 1, context);
    lowerConvolution(step.sum, stack.values, next.values, context);
    if (next.isShifted) lowerConvolution(step.sum, stack.values, next.start, context);
    stack = next;
  }
}

/**
 * The planes of a step. Those to compare with, where they are planes of their own, are the same
 * values, written `shift` bytes before where they are read; their last few are never needed.
 *
 *     start  │ shift │ compared │ values │ differences │
 */
class Stack {
  start: BufferSlice;
  isShifted: bool;
  compared: BufferSlice;
  values: BufferSlice;
  differences: BufferSlice;

  constructor(plan: MaxPoolPlan, index: i32, context: LoweringContext) {
    const step = plan.steps[index];
    const plane = plan.planeBytes;
    const start = new BufferSlice(context.buffers.create(step.shift + step.planes * plane));
    const isShifted = step.shift > 0;
    const compared = start.plus(step.shift);
    const values = isShifted ? compared.plus(plane) : compared;
    this.start = start;
    this.isShifted = isShifted;
    this.compared = compared;
    this.values = values;
    this.differences = values.plus(plane);
  }
}

/** Every so many of the greatest values, without those past the last window. */
function choose(
  plan: MaxPoolPlan,
  from: BufferSlice,
  to: BufferSlice,
  context: LoweringContext,
): void {
  const rows = kept(plan.rows, plan);
  const columns = kept(plan.columns, plan);
  const whole = new ImageShape(rows, columns, plan.groupChannels, 0);
  const part = new ImageShape(
    plan.output.fromLast(3),
    plan.output.fromLast(2),
    plan.groupChannels,
    0,
  );
  if (plan.rowStep == 1 && plan.columnStep == 1) {
    const frame = new Frame(whole, 0, part.rows - rows, 0, part.columns - columns);
    frame.surround(from, to, context);
    return;
  }
  keepPixels(whole, part, plan.rowStep, plan.columnStep, from, to, context);
}
