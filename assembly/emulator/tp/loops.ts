import * as field from "./fields";
import { TpJob } from "./job";

/**
 * Where the elements of a TP job go: seven nested output loops, the innermost first, which
 * together point to `sum(index[k] * increment[k])` bytes behind the output's base.
 *
 * Every element takes the next step of the innermost loop, and a loop that reaches its count
 * starts again and hands on to the next. Two things depart from a plain counter: a loop whose
 * count is 0 never ends by itself, and at the end of a tile row or tile a *reset* may start the
 * loops up to some level again, whatever they have reached, and advance the one above.
 *
 * What follows an element is settled once: a reset takes the place of the ordinary step.
 */

const LOOPS = 7;

/** Behind any buffer, and still far from where sums overflow. */
const FAR: i64 = 1 << 40;

export class OutputLoops {
  /** Bytes from an element to the next one within a run. */
  step: i64 = 0;
  /** The innermost loop that has more than one turn; those within it always stand at 0. */
  private innermost: i32 = 0;
  private index: StaticArray<i64> = new StaticArray<i64>(LOOPS);
  private increment: StaticArray<i64> = new StaticArray<i64>(LOOPS);
  /** i64.MAX_VALUE where a loop does not end by itself. */
  private count: StaticArray<i64> = new StaticArray<i64>(LOOPS);
  /** Elements of the run at hand that have gone out, not yet counted by the loops. */
  private taken: i64 = 0;

  /** What `bound` found, in bytes from the base. */
  least: i64 = 0;
  greatest: i64 = 0;

  /** Starts at the base, with the loops of the descriptor that was read last. */
  begin(): void {
    this.taken = 0;
    this.innermost = LOOPS - 1;
    for (let k = LOOPS - 1; k >= 0; k--) {
      const count = k < LOOPS - 1 ? field.counts[k].value : 0;
      this.index[k] = 0;
      this.increment[k] = <i32>field.increments[k].value;
      this.count[k] = count == 0 ? i64.MAX_VALUE : count;
      if (count != 1) this.innermost = k;
    }
    this.step = this.increment[this.innermost];
  }

  /** Bytes from the base to the next element. */
  get offset(): i64 {
    let sum: i64 = this.taken * this.step;
    for (let k = this.innermost; k < LOOPS; k++) {
      sum += this.index[k] * this.increment[k];
    }
    return sum;
  }

  /** How many of `wanted` elements lie `step` apart from `offset` on, at least 1. */
  run(wanted: i64): i64 {
    const left = this.count[this.innermost] - this.index[this.innermost] - this.taken;
    if (left > 0) return min(wanted, left);
    this.settle();
    return min(wanted, this.count[this.innermost]);
  }

  /** `elements` of the run have gone out. */
  take(elements: i64): void {
    this.taken += elements;
  }

  /** After an element: starts loops 0 to `level` again and advances the next one. */
  reset(level: i32): void {
    this.index[this.innermost] += this.taken - 1;
    this.taken = 0;
    for (let k = 0; k <= level; k++) this.index[k] = 0;
    this.advance(level + 1);
  }

  /**
   * Finds offsets that none of the job's elements goes below or beyond, without a walk over them:
   * each loop as far as it gets between two resets, all of them at once. They are reached where the
   * loops end together, as they do but for tiles that the window cuts off.
   */
  bound(job: TpJob): void {
    this.least = this.greatest = 0;
    const width = min<i64>(job.tileWidth, job.windowWidth);
    const height = min<i64>(job.tileHeight, job.windowHeight);
    const inRow = this.spread(0, job.rowReset, width);
    const inTile = this.spread(job.rowReset + 1, job.tileReset, inRow * height);
    const inAll = min(job.elements, inTile * job.tiles);
    this.spread(max(job.rowReset, job.tileReset) + 1, LOOPS - 1, inAll);
  }

  /**
   * Bounds loops `from` to `to` over so many places of theirs; gives those of the loop behind,
   * which a reset advances once more. Where there is no reset these are all that there are.
   */
  private spread(from: i32, to: i32, places: i64): i64 {
    if (to < from) return places;
    let left = places - 1;
    for (let k = from; k <= to; k++) {
      const farthest = min(left, this.count[k] - 1);
      const way = max<i64>(-FAR, min<i64>(FAR, farthest * this.increment[k]));
      if (way < 0) this.least += way;
      else this.greatest += way;
      left /= this.count[k];
    }
    return left + 1;
  }

  /** Counts the finished run. */
  private settle(): void {
    this.taken = 0;
    this.index[this.innermost] = 0;
    this.advance(this.innermost + 1);
  }

  private advance(from: i32): void {
    for (let k = from; k < LOOPS; k++) {
      const next = this.index[k] + 1;
      if (next < this.count[k]) {
        this.index[k] = next;
        return;
      }
      this.index[k] = 0;
    }
  }
}
