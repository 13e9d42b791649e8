import { Graph, Node, Value } from "../graph/graph";

/** Who reads what, looked up by the number that `index` gives each value. */
export class Users {
  private counts: i32[] = [];
  private lastUser: (Node | null)[] = [];

  constructor(graph: Graph) {
    for (let i = 0; i < graph.nodes.length; i++) {
      const node = graph.nodes[i];
      for (let j = 0; j < node.outputs.length; j++) node.outputs[j].index = this.add();
      for (let j = 0; j < node.inputs.length; j++) {
        const value = node.inputs[j];
        if (value == null || value.producer == null) continue;
        this.counts[value.index]++;
        this.lastUser[value.index] = node;
      }
    }
    // The caller of the model reads its outputs.
    for (let i = 0; i < graph.outputs.length; i++) {
      const value = graph.outputs[i];
      if (value.producer != null) this.counts[value.index] += 2;
    }
  }

  private add(): i32 {
    this.lastUser.push(null);
    return this.counts.push(0) - 1;
  }

  /** The one node that reads a computed value; null where several do, or the model's caller does. */
  only(value: Value): Node | null {
    return this.counts[value.index] == 1 ? this.lastUser[value.index] : null;
  }
}

/** Leaves out nodes that no output depends on. */
export function removeUnused(graph: Graph): void {
  const isNeeded = new StaticArray<bool>(graph.nodes.length);
  const order = new Map<Node, i32>();
  for (let i = 0; i < graph.nodes.length; i++) order.set(graph.nodes[i], i);
  for (let i = 0; i < graph.outputs.length; i++) mark(graph.outputs[i], order, isNeeded);
  for (let i = graph.nodes.length - 1; i >= 0; i--) {
    if (!isNeeded[i]) continue;
    const node = graph.nodes[i];
    for (let j = 0; j < node.inputs.length; j++) {
      const value = node.inputs[j];
      if (value != null) mark(value, order, isNeeded);
    }
  }
  const kept: Node[] = [];
  for (let i = 0; i < graph.nodes.length; i++) if (isNeeded[i]) kept.push(graph.nodes[i]);
  graph.nodes = kept;
}

function mark(value: Value, order: Map<Node, i32>, isNeeded: StaticArray<bool>): void {
  const producer = value.producer;
  if (producer != null) isNeeded[order.get(producer)] = true;
}
