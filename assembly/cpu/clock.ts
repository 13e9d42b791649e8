/**
 * The end of a run's time. Kernels count their steps here between rows of work, and return as soon
 * as the host says that the time is over; what they leave behind is then of no use.
 */

/** Steps between two questions to the host: about as many as a millisecond has. */
const BETWEEN: u64 = 1 << 20;

/** From the host: whether the time of this run is over. */
declare function isTimeOver(): bool;

let steps: u64 = 0;
let isOver: bool = false;

/** Begins a run. */
export function startClock(): void {
  steps = 0;
  isOver = false;
}

/** Counts steps; gives whether the time is over, and the kernel is to return. */
export function isLate(more: u64): bool {
  steps += more;
  if (steps >= BETWEEN) {
    steps = 0;
    isOver = isOver || isTimeOver();
  }
  return isOver;
}
