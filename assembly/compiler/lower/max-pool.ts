import { MaxPoolPlan } from "../partition/plans";
import { convolve } from "./convolution";
import { Order } from "./homes";
import { Access } from "./jobs";
import { detranspose, Image } from "./moves";
import { Frame } from "./padding";
import { pick } from "./slice";
import { folded, Workshop } from "./workshop";

export function lowerMaxPool(plan: MaxPoolPlan, workshop: Workshop): void {
  const input = workshop.require(plan.input, Order.PLANAR);
  const output = workshop.homes.fill(plan.output, Order.PLANAR);
  const groupInput = plan.input.elements / plan.groups;
  const groupOutput = plan.output.elements / plan.groups;
  for (let i = 0; i < plan.groups; i++) {
    const from = input.plus(i * groupInput);
    const to = output.plus(i * groupOutput);
    const isDone = needsNoChoice(plan);
    const greatest = isDone ? to : new Access(workshop.homes.value(greatestBytes(plan)));
    poolGroup(plan, from, greatest, workshop);
    if (!isDone) choose(plan, greatest, to, workshop);
  }
}

/** Rows or columns of greatest values. */
function kept(side: i32, plan: MaxPoolPlan): i32 {
  return plan.halves ? side >> 1 : side;
}

function greatestBytes(plan: MaxPoolPlan): u32 {
  return kept(plan.rows, plan) * kept(plan.columns, plan) * plan.groupChannels;
}

function needsNoChoice(plan: MaxPoolPlan): bool {
  return greatestBytes(plan) * plan.groups == plan.output.elements;
}

/** Pads a group's channels, and finds the greatest of the window that begins at each pixel. */
function poolGroup(plan: MaxPoolPlan, from: Access, to: Access, workshop: Workshop): void {
  const image = new Image(plan.input.fromLast(3), plan.input.fromLast(2), plan.groupChannels, 0);
  const bottom = plan.rows - plan.top - image.rows;
  const right = plan.columns - plan.left - image.columns;
  let planes = stackOf(plan, 0, workshop);
  new Frame(image, plan.top, bottom, plan.left, right).surround(from, planes, workshop);
  for (let i = 0; i < plan.runs.length; i++) {
    const run = plan.runs[i];
    const isLast = i == plan.runs.length - 1;
    for (let j = 0; j < run.differences.length; j++) {
      convolve(run.differences[j], planes, planes.plus((j + 1) * plan.planeBytes), workshop);
    }
    const next = isLast ? to : stackOf(plan, i + 1, workshop);
    convolve(run.sum, planes, next, workshop);
    planes = next;
  }
}

/** Room for the planes of a run. */
function stackOf(plan: MaxPoolPlan, run: i32, workshop: Workshop): Access {
  const planes = plan.runs[run].differences.length + 1;
  return new Access(workshop.homes.value(planes * plan.planeBytes));
}

/** Every so many of the greatest values, without those past the last window. */
function choose(plan: MaxPoolPlan, from: Access, to: Access, workshop: Workshop): void {
  const rows = kept(plan.rows, plan);
  const columns = kept(plan.columns, plan);
  const whole = new Image(rows, columns, plan.groupChannels, 0);
  const part = new Image(plan.output.fromLast(3), plan.output.fromLast(2), plan.groupChannels, 0);
  if (plan.rowStep == 1 && plan.columnStep == 1) {
    const frame = new Frame(whole, 0, part.rows - rows, 0, part.columns - columns);
    frame.surround(from, to, workshop);
    return;
  }
  const interleaved = new Access(workshop.homes.value(whole.bytes));
  workshop.add(detranspose(folded(whole), from, interleaved));
  workshop.add(pick(whole, plan.rowStep, plan.columnStep, part, interleaved, to));
}
