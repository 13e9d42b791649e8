import { Code, LocationKind } from "../../diagnostics/codes";
import { fail } from "../../diagnostics/failure";
import { operatorName } from "../../tflite/operators";
import { Graph, Operator, Tensor } from "../graph";
import { Budgets } from "./limits";
import { quote } from "./text";

/**
 * Connects operators through their tensors: fills producers and consumers. The operators must
 * stand in an order in which each reads what is there already, which rules out cycles too,
 * and each tensor must have one producer. False with a fault recorded.
 */
export function connect(graph: Graph, sums: Budgets): bool {
  const given = new StaticArray<bool>(graph.tensors.length);
  if (!markInputs(graph, given)) return false;
  for (let i = 0; i < graph.operators.length; i++) {
    const operator = graph.operators[i];
    if (!connectInputs(graph, operator, given, sums)) return false;
    if (!connectOutputs(graph, operator, given)) return false;
  }
  return checkOutputs(graph, given);
}

/** Listing an input twice says no more than listing it once. */
function markInputs(graph: Graph, given: StaticArray<bool>): bool {
  const inputs: i32[] = [];
  for (let i = 0; i < graph.inputs.length; i++) {
    const tensor = graph.tensors[graph.inputs[i]];
    if (tensor.isConstant) {
      const expected = `${quote(tensor.name)} as an input of the model not to be constant`;
      return refuse(tensor, expected, "a constant");
    }
    if (!given[tensor.index]) inputs.push(tensor.index);
    given[tensor.index] = true;
  }
  graph.inputs = inputs;
  return true;
}

function connectInputs(
  graph: Graph,
  operator: Operator,
  given: StaticArray<bool>,
  sums: Budgets,
): bool {
  const at = operator.index;
  for (let i = 0; i < operator.inputs.length; i++) {
    if (operator.inputs[i] < 0) continue;
    const tensor = graph.tensors[operator.inputs[i]];
    if (!isThere(tensor, given)) {
      const reader = `${operatorName(operator.code)} reads it`;
      const expected = `${quote(tensor.name)} (tensor ${tensor.index}) computed before ${reader}`;
      return fail(Code.MALFORMED, LocationKind.OPERATOR, at, expected, "it later or nowhere");
    }
    if (!sums.constants.take(tensor.data.bytes, LocationKind.OPERATOR, at)) return false;
    const readers = tensor.consumers.length;
    if (readers == 0 || tensor.consumers[readers - 1] != at) tensor.consumers.push(at);
  }
  return true;
}

function connectOutputs(graph: Graph, operator: Operator, given: StaticArray<bool>): bool {
  for (let i = 0; i < operator.outputs.length; i++) {
    const tensor = graph.tensors[operator.outputs[i]];
    if (tensor.producer >= 0) {
      const found = `operators ${tensor.producer} and ${operator.index}`;
      return refuse(tensor, `one operator that computes ${quote(tensor.name)}`, found);
    }
    if (tensor.isConstant || given[tensor.index]) {
      const expected = `${quote(tensor.name)} not to be computed`;
      const what = tensor.isConstant ? "a constant" : "an input of the model";
      return refuse(tensor, expected, `${what} that operator ${operator.index} writes`);
    }
    tensor.producer = operator.index;
  }
  return true;
}

/** An output may be computed, an input or a constant, and may be listed more than once. */
function checkOutputs(graph: Graph, given: StaticArray<bool>): bool {
  for (let i = 0; i < graph.outputs.length; i++) {
    const tensor = graph.tensors[graph.outputs[i]];
    const expected = `${quote(tensor.name)}, an output of the model, to be computed`;
    if (!isThere(tensor, given)) return refuse(tensor, expected, "it nowhere");
    if (!tensor.isVariable || given[tensor.index] || tensor.producer >= 0) continue;
    return fail(Code.UNSUPPORTED_MODEL, LocationKind.TENSOR, tensor.index, expected, "a variable");
  }
  return true;
}

/** Whether a value is there to read; without elements there is nothing to wait for. */
function isThere(tensor: Tensor, given: StaticArray<bool>): bool {
  if (tensor.producer >= 0 || given[tensor.index]) return true;
  return tensor.isConstant || tensor.isVariable || tensor.elements == 0;
}

function refuse(tensor: Tensor, expected: string, found: string): bool {
  return fail(Code.MALFORMED, LocationKind.TENSOR, tensor.index, expected, found);
}
