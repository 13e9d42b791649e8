import { Context } from "../legalize/context";
import { Convolution } from "../plan/convolution";
import { Mark } from "../plan/mark";
import { ErrorModel } from "./error-model";
import { GroupConstraints } from "./group-constraints";
import { Grouping } from "./grouping";
import { ResidualPairBuilder } from "./residual-pair";
import { ResidualWindows } from "./residual-windows";

/** Jobs of a group whose residuals have one. */
const PAIR = 2;
/** Of residuals that take no more. */
const ONE_WINDOW = new ResidualWindows(1, 1);
/** Of the copies of an image. */
const MOST_DOUBLINGS = 5;
/** More copies, or depthwise kernels spelled out, should not take much longer than a job's start. */
const MOST_MACS: u64 = 1 << 25;
/** Of bytes times weights: so many always have a sum of 32 bits. */
const MOST_SUMMED = 1 << 16;
/** Of the weights of such a layer. */
const MOST_WEIGHTS: u64 = 1 << 20;

/**
 * What a layer may do with so many jobs: split its channels into groups, or compute the residuals
 * of its weights. With residuals, a full convolution spends further jobs on copies
 * of its image, each job doubling them, and a depthwise one on smaller groups.
 */
export class Choice {
  private convolution: Convolution;
  /** By number of jobs: the mean square that is left with residuals; infinite if impossible. */
  private withResiduals: f64[] = [];
  /** By number of groups: their kernels, for depthwise layers with residuals. */
  private cuts: i32[][] = [];

  constructor(
    private cost: ErrorModel,
    private grouping: Grouping,
    /** The same where groups have residuals, for a layer that may take more work; null: equal. */
    private pairing: Grouping | null,
    /** How many times the usual work and weights residuals may take. */
    private allowance: u64,
    private sizes: GroupConstraints,
    private context: Context,
  ) {
    this.convolution = cost.layer.convolution;
    for (let jobs = 0; jobs < PAIR; jobs++) this.withResiduals.push(Infinity);
    if (this.convolution.depthwise) this.cut();
    else this.read();
  }

  /** The most jobs that reduce the error. */
  get most(): i32 {
    return max(this.grouping.most, this.withResiduals.length - 1);
  }

  /** The weight of its errors. */
  get weight(): f64 {
    return this.cost.weight;
  }

  /** The mean square, in output steps, that is added with exactly so many jobs. */
  error(jobs: i32): f64 {
    return min(this.errorInGroups(jobs), this.errorWithResiduals(jobs));
  }

  /** 0: residuals have no jobs. */
  inputCopies(jobs: i32): i32 {
    if (this.errorWithResiduals(jobs) >= this.errorInGroups(jobs)) return 0;
    return this.convolution.depthwise ? 1 : 1 << (jobs - PAIR);
  }

  /** How many kernels each of the groups has that have residuals. */
  counts(jobs: i32): i32[] {
    return this.convolution.depthwise ? this.cuts[jobs / PAIR] : [this.convolution.outputChannels];
  }

  /** How many kernels each group has where residuals have no jobs. */
  countsInGroups(jobs: i32): i32[] {
    let groups = min(jobs, this.grouping.most);
    while (this.grouping.mean(groups) == Infinity) groups--;
    return this.grouping.counts(groups);
  }

  private errorInGroups(jobs: i32): f64 {
    return jobs > this.grouping.most ? Infinity : this.grouping.mean(jobs);
  }

  private errorWithResiduals(jobs: i32): f64 {
    return jobs < this.withResiduals.length ? this.withResiduals[jobs] : Infinity;
  }

  /** Full convolutions: the image may be read so many times. */
  private read(): void {
    const c = this.convolution;
    const kernels = c.outputChannels;
    const scale = this.grouping.largestScale(0, kernels);
    for (let doublings = 0; doublings <= MOST_DOUBLINGS; doublings++) {
      const residualPairs = new ResidualPairBuilder(
        c,
        0,
        kernels,
        1 << doublings,
        ONE_WINDOW,
        this.context.core,
      );
      if (!this.mayBe(residualPairs)) return;
      if (doublings > 0 && !this.mayCopyAgain(residualPairs)) return;
      this.withResiduals.push(this.cost.withResiduals(scale, 1 << doublings));
    }
  }

  /** As often as these residual pairs do, which is twice as often as what is possible already. */
  private mayCopyAgain(residualPairs: ResidualPairBuilder): bool {
    if (this.cost.layer.fanIn * residualPairs.inputCopies > MOST_SUMMED) return false;
    if (residualPairs.weightBytes > MOST_WEIGHTS) return false;
    return (this.convolution.macs * (residualPairs.inputCopies as u64)) / 2 <= MOST_MACS;
  }

  /** Depthwise ones: the channels may be cut into so many groups. */
  private cut(): void {
    this.cuts.push([]);
    for (let jobs = PAIR; jobs <= this.grouping.most; jobs++) {
      const groups = jobs / PAIR;
      if (groups == this.cuts.length) this.cuts.push(this.cutsInto(groups));
      const counts = this.cuts[groups];
      const isWhole = counts.length * PAIR == jobs;
      this.withResiduals.push(isWhole ? this.errorOf(counts) : Infinity);
    }
  }

  /** The best cuts, or equal ones, which take least work; none where neither is possible. */
  private cutsInto(groups: i32): i32[] {
    const pairing = this.pairing;
    if (pairing != null && groups <= pairing.most && pairing.mean(groups) < Infinity) {
      const best = pairing.counts(groups);
      if (this.mayHave(best)) return best;
    }
    const equal = this.equal(groups);
    return equal.length == groups && this.mayHave(equal) ? equal : [];
  }

  private mayHave(counts: i32[]): bool {
    const allowance = this.allowance;
    let macs: u64 = 0;
    let bytes: u64 = 0;
    for (let i = 0; i < counts.length; i++) {
      if (!this.sizes.takes(counts[i])) return false;
      const residualPairs = new ResidualPairBuilder(
        this.convolution,
        0,
        counts[i],
        1,
        ONE_WINDOW,
        this.context.core,
      );
      macs += residualPairs.macs;
      bytes += residualPairs.weightBytes;
      if (macs > allowance * MOST_MACS || bytes > allowance * MOST_WEIGHTS) return false;
      if (!this.mayBe(residualPairs)) return false;
    }
    return true;
  }

  private mayBe(residualPairs: ResidualPairBuilder): bool {
    if (!residualPairs.isPossibleOn(this.context.core)) return false;
    return !this.context.settings.strict || residualPairs.markOn(this.context.core) == Mark.PROVEN;
  }

  private errorOf(counts: i32[]): f64 {
    let error: f64 = 0;
    let first = 0;
    for (let i = 0; i < counts.length; i++) {
      const scale = this.grouping.largestScale(first, first + counts[i]);
      error += (counts[i] as f64) * this.cost.withResiduals(scale, 1);
      first += counts[i];
    }
    return error / (first as f64);
  }

  /** Groups of equal size, in whole rounds of the cores, but for the last one. */
  private equal(groups: i32): i32[] {
    const channels = this.convolution.outputChannels;
    const size = this.sizes.rounds((channels + groups - 1) / groups);
    const counts: i32[] = [];
    for (let first = 0; first < channels; first += size) counts.push(min(size, channels - first));
    return counts;
  }
}
