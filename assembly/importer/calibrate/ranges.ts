import { Activation, Builtin, Dtype } from "../../tflite/schema";
import { Node, Quantization, Value } from "../graph/graph";
import { ComputedNetwork } from "../measure/network";
import { rangeOf } from "../quantize/constants";
import { fixedScale, keepsScale } from "../quantize/settle";
import { activationSlot } from "../simplify/fuse";
import { Coded } from "./coded";
import { Measured } from "./statistics";

/** How much wider than what was seen a range is: few samples do not show all that will come. */
export class Headroom {
  constructor(
    public inside: f64,
    /** Of values that the model's caller, or operators in real numbers, read. */
    public outside: f64,
  ) {}
}

/** Below, HardSwish is 0. */
const HARD_SWISH_FLAT: f64 = -3;
/** Below, SiLU is nearer to 0 than 0.015. */
const SILU_FLAT: f64 = -6;

/**
 * The scale of each value that is stored in 8 bits. Values that an operator only moves have the same
 * one, and so have the parts of a concatenation, which would be rounded twice otherwise.
 */
export class Ranges {
  /** By value; null where it is stored in real numbers. */
  scales: (Quantization | null)[] = [];
  private group: StaticArray<i32>;
  /** By group. */
  private least: StaticArray<f64>;
  private greatest: StaticArray<f64>;
  private isSaid: StaticArray<bool>;
  private floors: StaticArray<f64>;

  constructor(
    private network: ComputedNetwork,
    private coded: Coded,
    measured: Measured,
    headroom: Headroom,
    /** The range of each input, where it is known: from its least value to its greatest. */
    said: (f64[] | null)[],
  ) {
    const values = network.values;
    this.group = new StaticArray<i32>(values.length);
    this.least = new StaticArray<f64>(values.length);
    this.greatest = new StaticArray<f64>(values.length);
    this.isSaid = new StaticArray<bool>(values.length);
    this.floors = new StaticArray<f64>(values.length);
    this.floors.fill(-Infinity);
    for (let i = 0; i < values.length; i++) this.group[i] = i;
    for (let i = 0; i < network.graph.nodes.length; i++)
      if (coded.nodes[i]) this.join(network.graph.nodes[i]);
    this.take(said);
    for (let i = 0; i < values.length; i++) this.widen(values[i], measured);
    this.addHeadroom(headroom);
    this.cutFlatEnds();
    for (let i = 0; i < values.length; i++)
      this.scales.push(coded.values[i] ? this.scaleOf(values[i]) : null);
  }

  /** Lower numbers of a value are as good as this one. */
  floorOf(value: Value): f64 {
    return this.floors[this.find(value.index)];
  }

  private addHeadroom(headroom: Headroom): void {
    const isInner = this.innerGroups();
    const isClipped = this.clippedGroups();
    const values = this.network.values;
    for (let group = 0; group < values.length; group++) {
      const isGiven = values[group].producer == null || this.isSaid[group];
      const room = isGiven ? 1 : isInner[group] ? headroom.inside : headroom.outside;
      this.least[group] = isClipped[group] ? 0 : this.least[group] * room;
      this.greatest[group] = isClipped[group] ? 6 : this.greatest[group] * room;
    }
  }

  private take(said: (f64[] | null)[]): void {
    for (let i = 0; i < said.length; i++) {
      const group = this.find(this.network.graph.inputs[i].index);
      const range = said[i];
      if (range == null) continue;
      this.isSaid[group] = true;
      this.least[group] = range[0];
      this.greatest[group] = range[1];
    }
  }

  /** Adds what was measured of a value to its group's range, unless that is known. */
  private widen(value: Value, measured: Measured): void {
    const group = this.find(value.index);
    const producer = value.producer;
    // A border below all numbers, which a maximum never takes, is not of the range.
    if (producer != null && producer.code == Builtin.PADV2) return;
    if (!this.coded.values[value.index] || this.isSaid[group]) return;
    const statistics = measured.values[value.index];
    for (let c = 0; c < statistics.channels; c++) {
      this.least[group] = Math.min(this.least[group], statistics.least[c]);
      this.greatest[group] = Math.max(this.greatest[group], statistics.greatest[c]);
    }
  }

  /** Ends ranges where operators that read a value tell lower numbers apart no more. */
  private cutFlatEnds(): void {
    const nodes = this.network.graph.nodes;
    const users = this.countUsers();
    for (let i = 0; i < nodes.length; i++) {
      const node = nodes[i];
      if (!this.coded.nodes[i]) continue;
      if (node.code == Builtin.ADD) this.cutSummands(node, users);
      if (node.code == Builtin.MUL) this.cutSilu(node, users);
      if (node.code == Builtin.HARD_SWISH) {
        this.cut((node.inputs[0] as Value).index, HARD_SWISH_FLAT, users, 1);
      }
    }
  }

  /**
   * A sum that is rectified is 0 however far one operand lies below what the other one can make up for:
   * the range of an operand that nothing else reads ends there.
   */
  private cutSummands(node: Node, users: StaticArray<i32>): void {
    if (node.options[0] != Activation.RELU && node.options[0] != Activation.RELU6) return;
    for (let j = 0; j < 2; j++) {
      const value = node.inputs[j] as Value;
      const other = node.inputs[1 - j] as Value;
      if (value.constant != null || other.constant != null) continue;
      this.cut(value.index, -this.greatest[this.find(other.index)], users, 1);
    }
  }

  /** SiLU: a value times its logistic function. */
  private cutSilu(node: Node, users: StaticArray<i32>): void {
    for (let j = 0; j < 2; j++) {
      const value = node.inputs[j] as Value;
      const producer = (node.inputs[1 - j] as Value).producer;
      if (producer == null || producer.code != Builtin.LOGISTIC) continue;
      if (producer.inputs[0] == value) this.cut(value.index, SILU_FLAT, users, 2);
    }
  }

  /** Ends a value's range at `low`, if it is read as often as known here. */
  private cut(value: i32, low: f64, users: StaticArray<i32>, known: i32): void {
    const group = this.find(value);
    if (users[group] != known || this.least[group] >= low) return;
    this.least[group] = low;
    this.floors[group] = low;
  }

  /** How often the values of each group are read, and moved; the caller of the model reads its outputs. */
  private countUsers(): StaticArray<i32> {
    const counts = new StaticArray<i32>(this.group.length);
    const graph = this.network.graph;
    for (let i = 0; i < graph.nodes.length; i++) {
      const inputs = graph.nodes[i].inputs;
      for (let j = 0; j < inputs.length; j++) {
        const value = inputs[j];
        if (value != null && value.constant == null) counts[this.find(value.index)]++;
      }
    }
    for (let i = 0; i < graph.outputs.length; i++) {
      if (graph.outputs[i].constant == null) counts[this.find(graph.outputs[i].index)]++;
    }
    return counts;
  }

  private scaleOf(value: Value): Quantization {
    const producer = value.producer;
    if (producer != null) {
      const fixed = fixedScale(producer, Dtype.UINT8);
      if (fixed != null) return fixed;
    }
    const group = this.find(value.index);
    return rangeOf(this.least[group], this.greatest[group], Dtype.UINT8);
  }

  private find(value: i32): i32 {
    while (this.group[value] != value) value = this.group[value];
    return value;
  }

  private join(node: Node): void {
    const isJoin = node.code == Builtin.CONCATENATION;
    if (!isJoin && !keepsScale(node.code)) return;
    const count = isJoin ? node.inputs.length : 1;
    for (let i = 0; i < count; i++) {
      const value = node.inputs[i];
      if (value == null || value.constant != null) continue;
      const producer = value.producer;
      if (isJoin && producer != null && fixedScale(producer, Dtype.UINT8) != null) continue;
      for (let j = 0; j < node.outputs.length; j++) {
        this.group[this.find(node.outputs[j].index)] = this.find(value.index);
      }
    }
  }

  /** Groups that a layer reads. */
  private innerGroups(): StaticArray<bool> {
    const isInner = new StaticArray<bool>(this.group.length);
    const nodes = this.network.graph.nodes;
    for (let i = 0; i < nodes.length; i++) {
      if (!this.coded.nodes[i]) continue;
      if (keepsScale(nodes[i].code)) continue;
      for (let j = 0; j < nodes[i].inputs.length; j++) {
        const value = nodes[i].inputs[j];
        if (value != null && value.constant == null) isInner[this.find(value.index)] = true;
      }
    }
    return isInner;
  }

  /** Groups all of whose values an operator cuts at 6: the end of the range is the cut. */
  private clippedGroups(): StaticArray<bool> {
    const isClipped = new StaticArray<bool>(this.group.length);
    isClipped.fill(true);
    for (let i = 0; i < this.network.values.length; i++) {
      const producer = this.network.values[i].producer;
      const moved = producer != null && keepsScale(producer.code);
      if (!moved && (producer == null || !isCutAtSix(producer))) isClipped[this.find(i)] = false;
    }
    return isClipped;
  }
}

export function isCutAtSix(node: Node): bool {
  if (node.code == Builtin.RELU6) return true;
  const slot = activationSlot(node.code);
  return slot >= 0 && slot < node.options.length && node.options[slot] == Activation.RELU6;
}
