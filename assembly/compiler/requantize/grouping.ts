import { ErrorModel } from "./error-model";
import { GroupConstraints } from "./group-constraints";

/** So many cuts are tried at most. */
const MOST_UNITS = 160;
const WIDTH = MOST_UNITS + 1;

/**
 * Memory for one search at a time, by number of groups and position. Memory is never freed, so all
 * searches of a network take the same; each fills what it reads, and keeps nothing here.
 */
export class CutTable {
  costs: StaticArray<f64> = new StaticArray<f64>(WIDTH * WIDTH);
}

/**
 * The best cuts of a sequence of kernels into 1, 2, 3 … groups, by dynamic programming over the cuts
 * (Fisher, "On Grouping for Maximum Homogeneity", 1958): the least sum of costs, where every group has
 * the scale of its largest. With C(i, j) the cost of the kernels from i up to,
 * not with, j as one group, the best cost of n groups up to j is
 *
 *     B(n, j) = min over i of B(n − 1, i) + C(i, j)
 */
export class Grouping {
  /** Positions between kernels where a cut may be: the first and last included. */
  private cuts: i32[] = [];
  /** By number of groups: the sum of costs. */
  private totals: StaticArray<f64> = [];
  /** By number of groups and position: the position where the last group begins. */
  private starts: StaticArray<u8> = [];

  constructor(
    private cost: ErrorModel,
    private order: StaticArray<i32> | null,
    private sizes: GroupConstraints,
    /** The most groups that are looked at. */
    public most: i32,
    table: CutTable,
    /** Each group's residual weights have a job, too. */
    private hasResiduals: bool = false,
  ) {
    const kernels = cost.layer.channels;
    const unit = sizes.unit(kernels, MOST_UNITS);
    for (let position = 0; position < kernels; position += unit) this.cuts.push(position);
    this.cuts.push(kernels);
    this.most = min(most, this.cuts.length - 1);
    this.totals = new StaticArray<f64>(this.most + 1);
    this.starts = new StaticArray<u8>((this.most + 1) * this.cuts.length);
    const costs = table.costs;
    costs.fill(Infinity, 0, (this.most + 1) * WIDTH);
    costs[0] = 0;
    for (let start = 0; start < this.cuts.length - 1; start++) this.leave(start, costs);
    for (let n = 0; n <= this.most; n++) this.totals[n] = costs[n * WIDTH + this.cuts.length - 1];
  }

  /** The most groups that allowed cuts make; one group is always allowed. */
  get mostPossible(): i32 {
    let groups = this.most;
    while (groups > 1 && this.totals[groups] == Infinity) groups--;
    return groups;
  }

  /**
   * Mean of the kernels' costs in so many groups; infinite where no such cuts are allowed.
   */
  mean(groups: i32): f64 {
    return this.totals[groups] / (this.cost.layer.channels as f64);
  }

  /** Of kernels from a position up to, not with, another; no less than `scale`. */
  largestScale(from: i32, to: i32, scale: f64 = 0): f64 {
    for (let p = from; p < to; p++) scale = max(scale, this.cost.scale(this.kernel(p)));
    return scale;
  }

  /** How many kernels each of so many groups has, a number whose mean is finite. */
  counts(groups: i32): i32[] {
    const counts: i32[] = [];
    let end = this.cuts.length - 1;
    for (let n = groups; n > 0; n--) {
      const start = this.starts[n * this.cuts.length + end] as i32;
      counts.unshift(this.cuts[end] - this.cuts[start]);
      end = start;
    }
    return counts;
  }

  /** Tries all groups that begin at a position, where all that end there have been tried. */
  private leave(start: i32, costs: StaticArray<f64>): void {
    let scale: f64 = 0;
    let sum: f64 = 0;
    const first = this.cuts[start];
    for (let end = start + 1; end < this.cuts.length; end++) {
      const from = this.cuts[end - 1];
      const to = this.cuts[end];
      const largest = this.largestScale(from, to, scale);
      sum = largest > scale ? this.sum(first, to, largest) : sum + this.sum(from, to, largest);
      scale = largest;
      if (!this.sizes.takes(to - first)) continue;
      for (let n = 1; n <= this.most; n++) {
        const total = unchecked(costs[(n - 1) * WIDTH + start]) + sum;
        const at = n * WIDTH + end;
        if (total >= unchecked(costs[at])) continue;
        costs[at] = total;
        this.starts[n * this.cuts.length + end] = start as u8;
      }
    }
  }

  private sum(from: i32, to: i32, scale: f64): f64 {
    if (this.hasResiduals) return ((to - from) as f64) * this.cost.withResiduals(scale, 1);
    let sum: f64 = 0;
    for (let p = from; p < to; p++) sum += this.cost.of(this.kernel(p), scale);
    return sum;
  }

  private kernel(position: i32): i32 {
    const order = this.order;
    return order == null ? position : unchecked(order[position]);
  }
}
