import { WORK_OF_RUN } from "../../targets/limits";
import { spend } from "../jobs";
import * as field from "./fields";
import { TpJob } from "./job";

/**
 * Where the elements of a TP job go: seven nested output loops, the innermost first, which
 * together point to `sum(index[k] * increment[k])` elements after the output's base.
 *
 * Every element takes the next step of the innermost loop, and a loop that reaches its count
 * starts again and hands on to the next. Two things depart from a plain counter: a loop whose
 * count is 0 never ends by itself, and at the end of a tile row or tile a *reset* may start the
 * loops up to some level again, whatever they have reached, and advance the one above.
 *
 * What follows an element is settled once: a reset replaces the ordinary step.
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
  /** Elements of the current run that were written, not yet counted by the loops. */
  private taken: i64 = 0;

  /** What `bound` found, in bytes from the base. */
  least: i64 = 0;
  greatest: i64 = 0;

  /** Starts at the base, with the loops of the descriptor that was read last. */
  begin(job: TpJob): void {
    this.taken = 0;
    this.innermost = LOOPS - 1;
    for (let k = LOOPS - 1; k >= 0; k--) {
      const count = k < LOOPS - 1 ? field.counts[k].value : 0;
      this.index[k] = 0;
      this.increment[k] = <i64>(<i32>field.increments[k].value) * job.outputBytes;
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
   * loops end together, as they do except in tiles that the window clips. Those are distinguished
   * where each tile is one turn of a loop, and two loops count the columns and rows of tiles.
   */
  bound(job: TpJob): void {
    const outer = max(job.rowReset, job.tileReset) + 1;
    const columns = job.tileColumns;
    const rows = job.tileRows;
    const width = min<i64>(job.emittedTileWidth, job.windowWidth);
    const height = min<i64>(job.emittedTileHeight, job.windowHeight);
    const inTile = this.boundTile(job, width, height);
    const counted =
      job.tileReset >= 0 &&
      inTile == 1 &&
      this.count[outer] == columns &&
      this.count[outer + 1] == rows;
    if (counted) this.boundByTiles(job, outer);
    else this.spread(outer, LOOPS - 1, min(job.elements, inTile * columns * rows * job.slices));
  }

  private boundByTiles(job: TpJob, outer: i32): void {
    const columns = job.tileColumns;
    const rows = job.tileRows;
    let least = i64.MAX_VALUE;
    let greatest = i64.MIN_VALUE;
    for (let row = rows > 1 ? 0 : 1; row < 2; row++) {
      for (let column = columns > 1 ? 0 : 1; column < 2; column++) {
        this.boundTiles(job, outer, row == 1, column == 1);
        least = min(least, this.least);
        greatest = max(greatest, this.greatest);
      }
    }
    this.least = least;
    this.greatest = greatest;
  }

  /** The tiles of the last row and column, or of all the others. */
  private boundTiles(job: TpJob, outer: i32, lastRow: bool, lastColumn: bool): void {
    const columns = job.tileColumns - 1;
    const rows = job.tileRows - 1;
    const width = lastColumn
      ? job.windowWidth - columns * job.emittedTileWidth
      : job.emittedTileWidth;
    const height = lastRow
      ? job.windowHeight - rows * job.emittedTileHeight
      : job.emittedTileHeight;
    this.boundTile(job, width, height);
    this.move(outer, lastColumn ? columns : 0, lastColumn ? columns : columns - 1);
    this.move(outer + 1, lastRow ? rows : 0, lastRow ? rows : rows - 1);
    this.spread(outer + 2, LOOPS - 1, job.slices);
  }

  /** One tile; returns the steps of the next loop. */
  private boundTile(job: TpJob, width: i64, height: i64): i64 {
    this.least = this.greatest = 0;
    const inRow = this.spread(0, job.rowReset, width);
    return this.spread(job.rowReset + 1, job.tileReset, inRow * height);
  }

  /** Loop `k` from one of its turns to another. */
  private move(k: i32, from: i64, to: i64): void {
    const increment = this.increment[k];
    this.least += min(from * increment, to * increment);
    this.greatest += max(from * increment, to * increment);
  }

  /** Finds what `bound` does, but exactly, run by run; false where that takes too much work. */
  walk(job: TpJob): bool {
    this.least = i64.MAX_VALUE;
    this.greatest = i64.MIN_VALUE;
    if (job.rowReset < 0 && job.tileReset < 0) return this.walkRow(job.elements, -1);
    for (let z: i64 = 0; z < job.slices; z++) {
      for (let y: i64 = 0; y < job.windowHeight; y += job.emittedTileHeight) {
        const height = min<i64>(job.emittedTileHeight, job.windowHeight - y);
        for (let x: i64 = 0; x < job.windowWidth; x += job.emittedTileWidth) {
          const width = min<i64>(job.emittedTileWidth, job.windowWidth - x);
          for (let row: i64 = 0; row < height; row++) {
            const last = row == height - 1 && job.tileReset >= 0;
            if (!this.walkRow(width, last ? job.tileReset : job.rowReset)) return false;
          }
        }
      }
    }
    return true;
  }

  /** So many elements, then a reset up to a level if that is not -1. */
  private walkRow(elements: i64, level: i32): bool {
    for (let done: i64 = 0; done < elements; ) {
      if (!spend(WORK_OF_RUN)) return false;
      const length = this.run(elements - done);
      const first = this.offset;
      const last = first + (length - 1) * this.step;
      this.least = min(this.least, min(first, last));
      this.greatest = max(this.greatest, max(first, last));
      this.take(length);
      done += length;
    }
    if (level >= 0) this.reset(level);
    return true;
  }

  /**
   * Bounds loops `from` to `to` over so many steps of theirs; gives those of the next loop,
   * which a reset advances once more. Where there is no reset these are all that there are.
   */
  private spread(from: i32, to: i32, steps: i64): i64 {
    if (to < from) return steps;
    let left = steps - 1;
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
