import { Graph, Operator } from "../graph";
import { Placement } from "../plan/placement";
import { keepsBytes } from "./layout/views";

/**
 * Gives back to the CPU what only rearranges bytes, unless they come from the NPU's work or go
 * into it: a submission of its own would cost more than it saves.
 */
export function returnIdle(graph: Graph, placements: Placement[]): void {
  const operators = graph.operators;
  const serves = new StaticArray<bool>(operators.length);
  for (let i = 0; i < operators.length; i++) {
    const plan = placements[i].plan;
    if (plan == null) continue;
    serves[i] = !keepsBytes(plan) || followsOne(operators[i], graph, serves);
  }
  for (let i = operators.length - 1; i >= 0; i--) {
    if (!placements[i].isOnNpu || serves[i]) continue;
    serves[i] = leadsToOne(operators[i], graph, serves);
    if (!serves[i])
      placements[i] = Placement.onCpu(
        "what it rearranges neither comes from the NPU nor goes there",
      );
  }
}

/** Whether an input comes from one of the operators marked. */
function followsOne(operator: Operator, graph: Graph, marked: StaticArray<bool>): bool {
  for (let i = 0; i < operator.inputs.length; i++) {
    if (operator.inputs[i] < 0) continue;
    const producer = graph.tensors[operator.inputs[i]].producer;
    if (producer >= 0 && marked[producer]) return true;
  }
  return false;
}

/** Whether one of the operators marked reads an output. */
function leadsToOne(operator: Operator, graph: Graph, marked: StaticArray<bool>): bool {
  for (let i = 0; i < operator.outputs.length; i++) {
    const consumers = graph.tensors[operator.outputs[i]].consumers;
    for (let j = 0; j < consumers.length; j++) if (marked[consumers[j]]) return true;
  }
  return false;
}
