import { MaximaRun, MaxPoolPlan } from "../plans";
import { zeroByte } from "../tensors";
import { Axis, Convolution, Striding } from "./geometry";

/**
 * Greatest values of windows by max(a, b) = a + relu(b − a), which is exact in bytes. A window
 * grows by one or two pixels at a time: with m the greatest values so far and m′ those one pixel
 * further on, the next are m + d, d = relu(m′ − m). Differences become planes behind the pixels,
 *
 *     plane 0: pixels   plane 1: d₁ = relu(p′ − p)   plane 2: d₂ = relu((p + d₁)′ − (p + d₁)) …
 *
 * and are added up at the end of a run; m is always the sum of all planes so far.
 */
export const DIFFERENCES_IN_RUN = 4;

/** Differences along the rows, then down the columns, a sum behind every so many of them. */
export function addRuns(plan: MaxPoolPlan, windowRows: i32, windowColumns: i32): void {
  let run = new MaximaRun();
  for (let side = 0; side < 2; side++) {
    const window = side == 0 ? windowColumns : windowRows;
    for (let reach = 1; reach < window; ) {
      if (run.differences.length == DIFFERENCES_IN_RUN) {
        plan.close(run, sumOf(plan, run));
        run = new MaximaRun();
      }
      const planes = run.differences.length + 1;
      // No window grows by more than itself; of a single plane no 5×5 kernel is wanted.
      const step = planes == 1 || reach == 1 ? 1 : min(2, window - reach);
      run.differences.push(difference(plan, planes, side == 1, step));
      reach += step;
    }
  }
  plan.close(run, sumOf(plan, run));
}

/** relu(m′ − m), m being the sum of so many planes. */
function difference(plan: MaxPoolPlan, planes: i32, isDown: bool, step: i32): Convolution {
  const c = overPlane(plan, planes);
  c.side = 2 * step + 1;
  c.relu = true;
  centre(c.rows, step);
  centre(c.columns, step);
  const axis = isDown ? c.rows : c.columns;
  axis.kernel = 2;
  axis.dilation = step;
  const taps = new StaticArray<u8>(2 * planes).fill(2);
  for (let i = 0; i < planes; i++) taps[i] = 0;
  c.weights.zero = 1;
  c.weights.data = changetype<usize>(taps);
  return c;
}

/** Puts the model's kernel's first tap into the middle of the square kernel. */
function centre(axis: Axis, half: i32): void {
  axis.padding = half;
  axis.inset = half;
}

function sumOf(plan: MaxPoolPlan, run: MaximaRun): Convolution {
  const planes = run.differences.length + 1;
  const c = overPlane(plan, planes);
  c.weights.data = changetype<usize>(new StaticArray<u8>(planes).fill(1));
  // A single tap of a single plane is set into a 3×3 kernel.
  const half = planes > 1 ? 0 : 1;
  c.side = 2 * half + 1;
  centre(c.rows, half);
  centre(c.columns, half);
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
  const last = plan.runs[plan.runs.length - 1].sum;
  if (plan.halves) {
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
