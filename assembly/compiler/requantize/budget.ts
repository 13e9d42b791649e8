import { Choice } from "./choice";

/** How far ahead a layer is looked at: many groups may pay where a few do not. */
const AHEAD = 64;
/** Mean squares of errors that hardly show beside that of a layer's own rounding, 1/12. */
const SMALL: f64 = 0.02 * 0.02;
/** Of errors that leave all but one in some hundreds, or thousands, of values as they were. */
const SLIGHT: f64 = 0.006 * 0.006;
const TINY: f64 = 0.0005 * 0.0005;
/** Of errors that stand out: they move a value by half a step, as a layer's own rounding may. */
const LARGE: f64 = 0.5 * 0.5;
/** What is left of them then: a third of a layer's own rounding. */
const MODEST: f64 = 0.1 * 0.1;
/** A layer whose error stands out has no more jobs than so many. */
export const MOST_JOBS = 64;
/** One part in so many of the budget may go to the first layers ahead of the others. */
const LEADING = 4;

/**
 * How many jobs each layer gets. Each has one. Where a value differs by one, it is in many sums of
 * the next layer, so that more and more of them do: what is off near the input counts for more
 * than its layer's error says. So some jobs go to the first layers, as far as they make these all
 * but exact. The next ones go to whoever gains most from each, until all errors are small. What is
 * left is spent from the input on again, since only of layers that are reached by right values
 * does it matter, and in the end on whoever gains from it at all.
 */
export function spend(choices: Choice[], budget: i32): StaticArray<i32> {
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

/** How many more jobs bring an error so low; more than anybody has where none do. */
function jobsToReach(choice: Choice, jobs: i32, error: f64): i32 {
  for (let more = 0; jobs + more <= choice.most; more++) {
    if (choice.error(jobs + more) <= error) return more;
  }
  return i32.MAX_VALUE;
}
