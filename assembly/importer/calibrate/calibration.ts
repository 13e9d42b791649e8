import { Graph } from "../graph/graph";
import { Network } from "../measure/network";
import { Coded } from "./coded";
import { Headroom, Ranges } from "./ranges";
import { Measured } from "./statistics";
import { Sweep } from "./sweep";

const ROOM = new Headroom(1.2, 1.5);

/** Quantizes a network of real numbers by samples of its inputs, a small step at a time. */
export class Calibration {
  private coded: Coded;
  private measured: Measured;
  private looked: i32 = 0;
  private done: i32 = 0;
  sweep: Sweep | null = null;

  constructor(
    public network: Network,
    private samples: usize[][],
    /** Of each input, where it is known. */
    private inputRanges: (f64[] | null)[],
  ) {
    this.coded = new Coded(network);
    this.measured = new Measured(network);
  }

  /** Parts of the work that are done, from 0 to 1. */
  get progress(): f64 {
    const nodes = this.network.graph.nodes.length;
    const share = (this.done as f64) / (max(nodes, 1) as f64);
    return 0.2 * ((this.looked as f64) / (this.samples.length as f64)) + 0.8 * share;
  }

  /** Does a step; false where none was left. */
  next(): bool {
    if (this.looked < this.samples.length) {
      this.measured.add(this.samples[this.looked++]);
      return true;
    }
    let sweep = this.sweep;
    if (sweep == null) {
      const ranges = new Ranges(this.network, this.coded, this.measured, ROOM, this.inputRanges);
      const count = this.samples.length;
      sweep = new Sweep(this.network, this.coded, ranges, this.samples, count);
      this.sweep = sweep;
    }
    this.done++;
    return sweep.next();
  }

  apply(): void {
    const sweep = this.sweep;
    if (sweep != null) sweep.apply();
  }

  /** A line for each output and each value in 8 bits: its noise in dB, its name. */
  report(graph: Graph): string {
    const sweep = this.sweep;
    if (sweep == null) return "";
    const lines: string[] = [];
    for (let i = 0; i < graph.outputs.length; i++) {
      const value = graph.outputs[i];
      if (value.constant == null)
        lines.push(`output\t${sweep.noise[value.index].decibels}\t${value.name}`);
    }
    for (let i = 0; i < this.network.values.length; i++) {
      if (!this.coded.values[i]) continue;
      lines.push(`value\t${sweep.noise[i].decibels}\t${this.network.values[i].name}`);
    }
    return lines.join("\n");
  }
}
