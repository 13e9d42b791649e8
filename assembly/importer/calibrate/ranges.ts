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

/**
 * The scale of each value that is stored in 8 bits. Values that an operator only moves have the same
 * one, and so have the parts of a concatenation, which would be rounded twice otherwise.
 */
export class Ranges {
  /** By value; null where it is stored in real numbers. */
  scales: (Quantization | null)[] = [];
  private group: StaticArray<i32>;

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
    for (let i = 0; i < values.length; i++) this.group[i] = i;
    for (let i = 0; i < network.graph.nodes.length; i++)
      if (coded.nodes[i]) this.join(network.graph.nodes[i]);
    const least = new StaticArray<f64>(values.length);
    const greatest = new StaticArray<f64>(values.length);
    const isInner = this.innerGroups();
    const isClipped = this.clippedGroups();
    const isSaid = new StaticArray<bool>(values.length);
    for (let i = 0; i < said.length; i++) {
      const group = this.find(network.graph.inputs[i].index);
      const range = said[i];
      if (range == null) continue;
      isSaid[group] = true;
      least[group] = range[0];
      greatest[group] = range[1];
    }
    for (let i = 0; i < values.length; i++) {
      const group = this.find(i);
      // A border below all numbers, which a maximum never takes, is not of the range.
      const producer = values[i].producer;
      if (producer != null && producer.code == Builtin.PADV2) continue;
      if (!coded.values[i] || isSaid[group]) continue;
      const statistics = measured.values[i];
      for (let c = 0; c < statistics.channels; c++) {
        least[group] = Math.min(least[group], statistics.least[c]);
        greatest[group] = Math.max(greatest[group], statistics.greatest[c]);
      }
    }
    for (let i = 0; i < values.length; i++) {
      const group = this.find(i);
      const isGiven = values[i].producer == null || isSaid[group];
      const room = isGiven ? 1 : isInner[group] ? headroom.inside : headroom.outside;
      const low = isClipped[group] ? 0 : least[group] * room;
      const high = isClipped[group] ? 6 : greatest[group] * room;
      this.scales.push(coded.values[i] ? this.scaleOf(values[i], low, high) : null);
    }
  }

  private scaleOf(value: Value, low: f64, high: f64): Quantization {
    const producer = value.producer;
    if (producer != null) {
      const fixed = fixedScale(producer, Dtype.UINT8);
      if (fixed != null) return fixed;
    }
    return rangeOf(low, high, Dtype.UINT8);
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
