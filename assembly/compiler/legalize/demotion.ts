import { Graph, Operator, Tensor } from "../graph";
import { Legalization } from "../plan/legalization";
import { PlanKind } from "../plan/plan";
import { keepsBytes, reorders } from "./layout/views";

/**
 * Demotes isolated operators to the CPU: those that only move data, with no neighbour that computes
 * on the NPU. A submission of their own would cost more than it saves. One that moves a model's
 * inputs cuts nothing, and stays. Conversions have a rule of their own (layout/conversion.ts).
 */
export function demoteIsolated(graph: Graph, legalizations: Legalization[]): void {
  const operators = graph.operators;
  const serves = new StaticArray<bool>(operators.length);
  const leads = new StaticArray<bool>(operators.length);
  for (let i = 0; i < operators.length; i++) {
    const plan = legalizations[i].plan;
    if (plan == null) continue;
    const isIdle = keepsBytes(plan) || reorders(plan);
    leads[i] = isIdle && followOnly(plan.inputs, leads);
    const isWork = leads[i] ? reorders(plan) : !isIdle;
    serves[i] = isWork || followsOne(operators[i], graph, serves);
  }
  for (let i = operators.length - 1; i >= 0; i--) {
    const plan = legalizations[i].plan;
    if (plan == null || plan.kind == PlanKind.CONVERSION || serves[i]) continue;
    serves[i] = leadsToOne(operators[i], graph, serves);
    if (!serves[i])
      legalizations[i] = Legalization.onCpu("it only moves data, and no neighbour runs on the NPU");
  }
}

/** Whether tensors are inputs of the model, or come from the operators marked. */
function followOnly(tensors: Tensor[], marked: StaticArray<bool>): bool {
  for (let i = 0; i < tensors.length; i++) {
    const producer = tensors[i].producer;
    if (producer >= 0 && !marked[producer]) return false;
  }
  return true;
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
