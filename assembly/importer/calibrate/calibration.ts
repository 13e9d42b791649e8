import { Dtype } from "../../tflite/schema";
import { Graph } from "../graph/graph";
import { ComputedNetwork } from "../measure/network";
import { Coded } from "./coded";
import { equalize } from "./equalize";
import { Headroom, Ranges } from "./ranges";
import { Sensitivity } from "./sensitivity";
import { splitChannels } from "./split";
import { Measured } from "./statistics";
import { QuantizationNoise, Sweep } from "./sweep";

const WIDE = new Headroom(1.2, 1.5);
const NARROW = new Headroom(1.05, 1.2);
/** Fewer samples leave none to choose by. */
const LEAST_TO_CHOOSE = 8;
/** What a way must gain over the one before, in dB: few samples tell no less apart. */
const GAIN: f64 = 0.5;

/** One way to quantize. */
class Way {
  constructor(
    public isEqual: bool,
    public room: Headroom,
  ) {}

  get words(): string {
    const factors = this.isEqual ? "factors between layers" : "no factors between layers";
    return `${factors}, ranges × ${this.room.inside}`;
  }
}

/** Weights and biases of all layers, to come back to. */
class Saved {
  weights: usize[] = [];
  biases: usize[] = [];

  constructor(private network: ComputedNetwork) {
    for (let i = 0; i < network.linears.length; i++) {
      const linear = network.linears[i];
      this.weights.push(linear == null ? 0 : linear.weights);
      this.biases.push(linear == null ? 0 : copyOf(linear.bias, linear.layer.kernels));
    }
  }

  restore(): void {
    for (let i = 0; i < this.network.linears.length; i++) {
      const linear = this.network.linears[i];
      if (linear == null) continue;
      linear.setWeights(this.weights[i]);
      memory.copy(linear.bias, this.biases[i], linear.layer.kernels << 2);
    }
  }
}

function copyOf(from: usize, count: i32): usize {
  const to = heap.alloc((count as usize) << 2);
  memory.copy(to, from, (count as usize) << 2);
  return to;
}

/** What there is to do, one after the other. */
enum Task {
  MEASURE = 0,
  EQUALIZE = 1,
  SWEEP = 2,
}

class Job {
  constructor(
    public task: Task,
    /** By which way the network is swept. */
    public way: Way,
  ) {}
}

/**
 * Quantizes a network of real numbers by samples of its inputs, a small step at a time. Half of the
 * samples choose among ways to do it: factors between layers or none, wide or narrow ranges. Then all
 * calibrate the way that was best.
 */
export class Calibration {
  private coded: Coded;
  private plain: Saved;
  private plainMeasured: Measured;
  private equal: Saved | null = null;
  private equalMeasured: Measured | null = null;
  private jobs: Job[] = [];
  private at: i32 = 0;
  private step: i32 = 0;
  private best: Way = new Way(false, WIDE);
  private bestDecibels: f64 = -Infinity;
  /** Of the samples that the best way was not calibrated by. */
  private noise: QuantizationNoise[] = [];
  private sweep: Sweep | null = null;
  /** A line for each way that was tried. */
  private tried: string[] = [];
  private isChoosing: bool = true;
  private isSplit: bool = false;

  constructor(
    public network: ComputedNetwork,
    private samples: usize[][],
    /** Of each input, where it is known. */
    private inputRanges: (f64[] | null)[],
    /** Names of values that stay in real numbers. */
    private kept: string[],
    /** Of 8 bits. */
    private dtype: Dtype,
  ) {
    this.coded = new Coded(network, kept);
    this.plain = new Saved(network);
    this.plainMeasured = new Measured(network);
    this.jobs.push(new Job(Task.MEASURE, this.best));
    if (samples.length >= LEAST_TO_CHOOSE) {
      this.jobs.push(new Job(Task.SWEEP, this.best));
      this.jobs.push(new Job(Task.EQUALIZE, this.best));
      this.jobs.push(new Job(Task.SWEEP, new Way(true, WIDE)));
    }
  }

  /** Parts of the work that are done, from 0 to 1. */
  get progress(): f64 {
    const all: f64 = this.samples.length < LEAST_TO_CHOOSE ? 2 : 6;
    const steps = this.isMeasuring ? this.samples.length : this.network.graph.nodes.length;
    const part = (this.step as f64) / (max(steps, 1) as f64);
    return Math.min(((this.at as f64) + Math.min(part, 1)) / all, 1);
  }

  private get isMeasuring(): bool {
    return this.at < this.jobs.length && this.jobs[this.at].task != Task.SWEEP;
  }

  /** Does a step; false where none was left. */
  next(): bool {
    if (this.at == this.jobs.length) return false;
    const job = this.jobs[this.at];
    const goesOn = job.task == Task.SWEEP ? this.sweepOn(job.way) : this.measureOn(job.task);
    this.step++;
    if (goesOn) return true;
    this.step = 0;
    this.at++;
    if (job.task == Task.SWEEP) this.judge(job.way);
    if (this.at == this.jobs.length) this.plan();
    return true;
  }

  private measureOn(task: Task): bool {
    let measured = this.plainMeasured;
    if (task == Task.EQUALIZE) {
      if (this.step == 0) {
        equalize(this.network, this.coded, this.plainMeasured);
        this.equal = new Saved(this.network);
        this.equalMeasured = new Measured(this.network);
      }
      measured = this.equalMeasured as Measured;
    }
    measured.add(this.samples[this.step]);
    if (this.step + 1 < this.samples.length) return true;
    if (task != Task.MEASURE || this.isSplit || !this.split()) return false;
    this.isSplit = true;
    this.step = -1;
    return true;
  }

  /** Splits values that one scale would ruin: the network is another one then, to be measured anew. */
  private split(): bool {
    const measured = this.plainMeasured;
    const ranges = new Ranges(this.network, this.coded, measured, WIDE, this.inputRanges);
    const sensitivity = new Sensitivity(this.network, this.coded, measured);
    if (!splitChannels(this.network, ranges, sensitivity, measured)) return false;
    this.network = ComputedNetwork.of(this.network.graph) as ComputedNetwork;
    this.coded = new Coded(this.network, this.kept);
    this.plain = new Saved(this.network);
    this.plainMeasured = new Measured(this.network);
    return true;
  }

  private sweepOn(way: Way): bool {
    let sweep = this.sweep;
    if (this.step == 0 || sweep == null) {
      const measured = way.isEqual ? (this.equalMeasured as Measured) : this.plainMeasured;
      if (way.isEqual) (this.equal as Saved).restore();
      else this.plain.restore();
      const ranges = new Ranges(this.network, this.coded, measured, way.room, this.inputRanges);
      const sensitivity = new Sensitivity(this.network, this.coded, measured);
      const all = this.samples.length;
      const calibrating = this.isChoosing ? (all + 1) / 2 : all;
      sweep = new Sweep(
        this.network,
        this.coded,
        ranges,
        sensitivity,
        this.samples,
        calibrating,
        this.dtype,
      );
      this.sweep = sweep;
    }
    return sweep.next();
  }

  private judge(way: Way): void {
    const sweep = this.sweep as Sweep;
    const decibels = sweep.decibels;
    const isFirst = this.noise.length == 0;
    if (this.isChoosing) this.tried.push(`way\t${decibels}\t${way.words}`);
    if (!isFirst && (!this.isChoosing || decibels < this.bestDecibels + GAIN)) return;
    this.best = way;
    this.bestDecibels = decibels;
    this.noise = sweep.noise;
  }

  /** What to do when all planned is done: try the other ranges with the best factors, then use the best way. */
  private plan(): void {
    const best = this.best;
    const done = this.jobs.length;
    const chooses = this.samples.length >= LEAST_TO_CHOOSE;
    if (chooses && done == 4) {
      this.jobs.push(new Job(Task.SWEEP, new Way(best.isEqual, NARROW)));
    } else if (this.isChoosing) {
      this.isChoosing = false;
      this.jobs.push(new Job(Task.SWEEP, best));
    }
  }

  apply(): void {
    (this.sweep as Sweep).apply();
  }

  /** A line for each output and each value in 8 bits: its noise in dB, its name. */
  report(graph: Graph): string {
    const lines: string[] = [];
    for (let i = 0; i < graph.outputs.length; i++) {
      const value = graph.outputs[i];
      if (value.constant != null) continue;
      lines.push(`output\t${this.noise[value.index].decibels}\t${value.name}`);
    }
    for (let i = 0; i < this.network.values.length; i++) {
      if (!this.coded.values[i]) continue;
      lines.push(`value\t${this.noise[i].decibels}\t${this.network.values[i].name}`);
    }
    return lines.concat(this.tried).join("\n");
  }
}
