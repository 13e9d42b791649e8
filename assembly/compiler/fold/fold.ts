import { Builtin } from "../../tflite/schema";
import { Graph, Operator, Tensor } from "../graph";
import { keepNeeded } from "../read/prune";
import { Evaluation } from "./evaluation";
import { Foldable, foldableOf } from "./operators";

/**
 * Evaluates every operator over known values, so that later stages find constants instead:
 * shapes, which are static, and what is computed from them and from constants alone.
 * Operators on which no output depends go, those that were evaluated among them; the others are
 * numbered anew. A result is exact to TFLite's, or the operator stays.
 */
export function fold(graph: Graph): void {
  evaluateKnown(graph);
  keepNeeded(graph);
}

/** Makes constants of what operators over known values give; the operators stay where they are. */
export function evaluateKnown(graph: Graph): void {
  for (let i = 0; i < graph.operators.length; i++) {
    const operator = graph.operators[i];
    if (operator.code == Builtin.RESHAPE) settleShape(operator, graph);
    const foldable = foldableOf(operator.code);
    if (foldable == null || !knowsInputs(operator, foldable, graph)) continue;
    const evaluation = new Evaluation(operator, graph);
    if (foldable.fold(evaluation)) evaluation.commit();
  }
}

/** Whether all that the operator's evaluation takes is known. */
function knowsInputs(operator: Operator, foldable: Foldable, graph: Graph): bool {
  if (operator.inputs.length < foldable.inputs) return false;
  for (let i = 0; i < operator.inputs.length; i++) {
    const index = operator.inputs[i];
    if (index < 0) return false;
    if (!foldable.takesShape && !isKnown(graph.tensors[index], graph)) return false;
  }
  return operator.outputs.length > 0;
}

/** A constant, or no elements at all. */
function isKnown(tensor: Tensor, graph: Graph): bool {
  if (tensor.isConstant) return true;
  return tensor.elements == 0 && tensor.producer < 0 && !graph.inputs.includes(tensor.index);
}

/**
 * Gives the output of a RESHAPE the shape that its operand gives, as TFLite does: where the
 * operand was computed, what the model declares may be a placeholder.
 */
function settleShape(operator: Operator, graph: Graph): void {
  if (operator.inputs.length < 2 || operator.inputs[1] < 0 || operator.outputs.length != 1) return;
  if (!isKnown(graph.tensors[operator.inputs[1]], graph)) return;
  const shape = new Evaluation(operator, graph).list(1);
  const elements = graph.tensors[operator.inputs[0]].elements as i64;
  if (shape == null) return;
  let known: i64 = 1;
  let open = -1;
  for (let i = 0; i < shape.length; i++) {
    if (shape[i] < -1 || (shape[i] == -1 && open >= 0)) return;
    if (shape[i] == -1) open = i;
    else known *= shape[i];
    if (known > elements) return;
  }
  if (open >= 0) {
    if (known == 0 || elements % known != 0) return;
    shape[open] = (elements / known) as i32;
  } else if (known != elements) return;
  graph.tensors[operator.outputs[0]].shape = shape;
}
