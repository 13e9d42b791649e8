import { Choice } from "./choice";

/** Look-ahead in jobs: many groups may reduce the error where a few do not. */
const AHEAD = 64;
/** Mean square error that is small beside a layer's own rounding, 1/12. */
const SMALL: f64 = 0.02 * 0.02;
/** Mean square errors that change one in some hundreds, or thousands, of values. */
const SLIGHT: f64 = 0.006 * 0.006;
const TINY: f64 = 0.0005 * 0.0005;
/** An error that stands out: it moves a value by half a step, as a layer's own rounding may. */
const LARGE: f64 = 0.5 * 0.5;
/** The target for such a layer: a third of its own rounding. */
const MODEST: f64 = 0.1 * 0.1;
/** The most jobs of a layer whose error stands out. */
export const MOST_JOBS = 64;
/** The first layers may take 1/LEADING of the budget ahead of the others. */
const LEADING = 4;

/** Jobs for each layer where the caller sets no number. */
const USUAL_JOBS = 4;
/** The same for a small network with a large error. */
const MORE_JOBS = 6;
/** The most layers of a small network, which has time for more jobs. */
const FEW_LAYERS = 32;
/** A large error of a network, in steps: the root mean square over its layers. */
const LARGE_MEAN: f64 = 0.07;

/** Jobs for so many layers, where the caller sets no number. */
export function usualBudget(layers: i32): i32 {
  return USUAL_JOBS * layers;
}

/** The same where the usual budget leaves such an error. */
export function largerBudget(layers: i32, error: f64): i32 {
  return layers <= FEW_LAYERS && error > LARGE_MEAN ? MORE_JOBS * layers : usualBudget(layers);
}

/**
 * Jobs for each layer, by greedy marginal allocation (Fox, "Discrete Optimization via Marginal Analysis",
 * 1966): the next job goes where it gains most. Every layer has one. A wrong value enters many sums of the
 * next layer, so an error near the input costs more than its layer's error alone. Therefore the budget
 * is spent in this order:
 *
 * 1. up to a quarter from the input on, until these layers are nearly exact;
 * 2. one by one on the layer that gains most, until all errors are small;
 * 3. from the input on again, because less error only helps a layer whose inputs are right;
 * 4. on any layer that still gains.
 */
export function spendBudget(choices: Choice[], budget: i32): StaticArray<i32> {
  const jobs = new StaticArray<i32>(choices.length).fill(1);
  let left = budget - choices.length;
  const leading = min(budget / LEADING, left);
  left -= leading - spendInOrder(choices, jobs, leading, SLIGHT);
  left = spendWhereItPays(choices, jobs, left, SMALL);
  left = spendInOrder(choices, jobs, left, TINY);
  left = spendInOrder(choices, jobs, left, 0);
  spendWhereItPays(choices, jobs, left, 0);
  return jobs;
}

/** Whether a layer is to have more jobs than the budget gives it. */
export function standsOut(choice: Choice, jobs: i32): bool {
  return choice.error(jobs) > LARGE;
}

/**
 * The fewest jobs, but no fewer than some, that leave a modest error; where none do, those that leave
 * least of it.
 */
export function jobsToBlendIn(choice: Choice, jobs: i32): i32 {
  let best = jobs;
  for (let n = jobs; n <= min(choice.most, MOST_JOBS) && choice.error(best) > MODEST; n++) {
    if (choice.error(n) < choice.error(best)) best = n;
  }
  return best;
}

/** Brings no error below `enough`. Gives the jobs that are left, as below. */
function spendWhereItPays(
  choices: Choice[],
  jobs: StaticArray<i32>,
  budget: i32,
  enough: f64,
): i32 {
  let left = budget;
  while (left > 0) {
    let best = -1;
    let bestMore = 0;
    let bestGain: f64 = 0;
    for (let i = 0; i < choices.length; i++) {
      const choice = choices[i];
      const now = max(choice.error(jobs[i]), enough);
      const most = min(min(AHEAD, left), choice.most - jobs[i]);
      for (let more = 1; more <= most; more++) {
        const then = max(choice.error(jobs[i] + more), enough);
        const gain = (choice.weight * (now - then)) / (more as f64);
        if (gain <= bestGain) continue;
        best = i;
        bestMore = more;
        bestGain = gain;
      }
    }
    if (best < 0) break;
    jobs[best] += bestMore;
    left -= bestMore;
  }
  return left;
}

/** Brings one layer after the other to an error, until there are too few jobs for that. */
function spendInOrder(choices: Choice[], jobs: StaticArray<i32>, budget: i32, error: f64): i32 {
  let left = budget;
  for (let i = 0; i < choices.length; i++) {
    const more = jobsToReach(choices[i], jobs[i], error);
    if (more > left) break;
    jobs[i] += more;
    left -= more;
  }
  return left;
}

/** How many more jobs bring an error so low; more than any budget where none do. */
function jobsToReach(choice: Choice, jobs: i32, error: f64): i32 {
  for (let more = 0; jobs + more <= choice.most; more++) {
    if (choice.error(jobs + more) <= error) return more;
  }
  return i32.MAX_VALUE;
}
