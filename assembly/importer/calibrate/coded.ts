import { Builtin } from "../../tflite/schema";
import { Node } from "../graph/graph";
import { isLinear } from "../measure/linear";
import { ComputedNetwork } from "../measure/network";
import { keepsScale } from "../quantize/settle";

/** Which nodes compute in 8 bits, and which values are stored in them. */
export class Coded {
  nodes: StaticArray<bool>;
  values: StaticArray<bool>;

  /**
   * A node does if a layer depends on it, or if it only moves what is stored so: what follows the last
   * layer, such as a softmax or the decoding of boxes, stays in real numbers, which costs nothing there.
   */
  constructor(
    network: ComputedNetwork,
    /** Names of values that stay in real numbers, with what makes them and what reads them. */
    kept: string[],
  ) {
    const nodes = network.graph.nodes;
    this.nodes = new StaticArray<bool>(nodes.length);
    this.values = new StaticArray<bool>(network.values.length);
    const isNeeded = new StaticArray<bool>(network.values.length);
    for (let i = nodes.length - 1; i >= 0; i--) {
      const node = nodes[i];
      let isCoded = isLinear(node.code);
      for (let j = 0; j < node.outputs.length; j++) {
        if (isNeeded[node.outputs[j].index]) isCoded = true;
      }
      if (touches(node, kept)) isCoded = false;
      this.nodes[i] = isCoded;
      if (!isCoded) continue;
      for (let j = 0; j < node.inputs.length; j++) {
        const value = node.inputs[j];
        if (value != null && value.constant == null) isNeeded[value.index] = true;
      }
    }
    for (let i = 0; i < network.values.length; i++) this.values[i] = isNeeded[i];
    for (let i = 0; i < nodes.length; i++) {
      const node = nodes[i];
      if (!this.nodes[i] && !touches(node, kept) && movesCoded(this, network, i))
        this.nodes[i] = true;
      if (!this.nodes[i]) continue;
      for (let j = 0; j < node.outputs.length; j++) this.values[node.outputs[j].index] = true;
    }
  }
}

function touches(node: Node, names: string[]): bool {
  if (names.length == 0) return false;
  for (let i = 0; i < node.inputs.length; i++) {
    const value = node.inputs[i];
    if (value != null && value.constant == null && names.includes(value.name)) return true;
  }
  for (let i = 0; i < node.outputs.length; i++) {
    if (names.includes(node.outputs[i].name)) return true;
  }
  return false;
}

function movesCoded(coded: Coded, network: ComputedNetwork, at: i32): bool {
  const node = network.graph.nodes[at];
  const input = node.inputs.length > 0 ? node.inputs[0] : null;
  if (input == null || input.constant != null || !keepsScale(node.code)) return false;
  if (node.code == Builtin.RESIZE_BILINEAR || node.code == Builtin.AVERAGE_POOL_2D) return false;
  return coded.values[input.index];
}
