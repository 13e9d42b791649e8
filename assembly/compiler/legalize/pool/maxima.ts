import { Convolution, Striding } from "../../plan/convolution";
import { MaximaStep, MaxPoolPlan } from "../../plan/max-pool";
import { zeroByte } from "../../plan/tensors";

/**
 * Greatest values of windows by max(a, b) = a + relu(b − a), which is exact in bytes. With m the
 * greatest values of the windows so far, and m′ those some pixels further on, a step gives the
 * greatest of windows that are so much larger:
 *
 *     d = relu(m′ − m)     one plane, or two: m′ and m
 *     m + d                two planes
 *
 * One pixel further on is a tap of the same plane. For more, m′ is another plane, written that
 * much further in front: so windows double with every step.
 */
export function addSteps(plan: MaxPoolPlan, windowRows: i32, windowColumns: i32): void {
  for (let reach = 1; reach < windowColumns; ) {
    const further = min(reach, windowColumns - reach);
    addStep(plan, further, further == 1 ? acrossNext(plan) : ofPlanes(plan));
    reach += further;
  }
  for (let reach = 1; reach < windowRows; ) {
    const further = min(reach, windowRows - reach);
    addStep(plan, further * plan.columns, further == 1 ? downNext(plan) : ofPlanes(plan));
    reach += further;
  }
}

function addStep(plan: MaxPoolPlan, further: i32, difference: Convolution): void {
  difference.relu = true;
  const sum = overPlane(plan, 2);
  sum.side = 1;
  sum.weights.data = changetype<usize>(SUM);
  const isNext = difference.inputChannels == 1;
  plan.steps.push(new MaximaStep(isNext ? 0 : further, difference, sum));
}

// Weights of −1 and 1, with 1 standing for 0; and of 1 and 1.
const FROM_FIRST: StaticArray<u8> = [0, 2];
const FROM_SECOND: StaticArray<u8> = [2, 0];
const SUM: StaticArray<u8> = [1, 1];

/** Against the next pixel of the row, in the middle of a 3×3 kernel. */
function acrossNext(plan: MaxPoolPlan): Convolution {
  const c = neighbours(plan);
  c.columns.kernel = 2;
  return c;
}

/** Against the same pixel of the next row. */
function downNext(plan: MaxPoolPlan): Convolution {
  const c = neighbours(plan);
  c.rows.kernel = 2;
  return c;
}

function neighbours(plan: MaxPoolPlan): Convolution {
  const c = overPlane(plan, 1);
  c.side = 3;
  c.rows.padding = c.rows.inset = 1;
  c.columns.padding = c.columns.inset = 1;
  c.weights.zero = 1;
  c.weights.data = changetype<usize>(FROM_FIRST);
  return c;
}

/** The plane in front against the one after it. */
function ofPlanes(plan: MaxPoolPlan): Convolution {
  const c = overPlane(plan, 2);
  c.side = 1;
  c.weights.zero = 1;
  c.weights.data = changetype<usize>(FROM_SECOND);
  return c;
}

/** From so many planes to one of the same size. */
function overPlane(plan: MaxPoolPlan, planes: i32): Convolution {
  const c = new Convolution();
  const rows = plan.rows * plan.groupChannels;
  c.rows.span(rows, rows, 1);
  c.columns.span(plan.columns, plan.columns, 1);
  c.inputChannels = planes;
  c.outputChannels = 1;
  c.weights.tapPitch = planes;
  c.weights.channelPitch = 1;
  return c;
}

/** The last sum also steps by two and cuts what an activation cuts. */
export function finish(plan: MaxPoolPlan, relu: bool): void {
  const last = plan.steps[plan.steps.length - 1].sum;
  if (plan.halvesSize) {
    last.step(2, 2);
    last.striding = Striding.FIRST_PIXEL;
    last.rows.output >>= 1;
    last.columns.output >>= 1;
  }
  if (!relu) return;
  last.relu = true;
  last.outputZero = zeroByte(plan.output);
  last.weights.bias = changetype<usize>(new StaticArray<i32>(1).fill(-last.outputZero));
}
